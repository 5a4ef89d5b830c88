import { expect, test } from '@jest/globals';
import { poll } from '../../../../src/commands/waiting/poll.js';
import { TpksError } from '../../../../src/errors.js';
import { fixedClock } from '../../../support/fixed-clock.js';

const unavailable = new TpksError('unavailable', 'refused');

test('looks at once, then at distances that grow to ten seconds', async () => {
  const clock = fixedClock();
  const startedAt = clock.now().getTime();
  const at: number[] = [];
  const look = async () => {
    at.push((clock.now().getTime() - startedAt) / 1000);
  };
  const looks = poll(look, { clock, isStopped: () => at.length === 10 });
  while ((await looks.next()).done !== true);
  const pauses = at.slice(1).map((second, index) => second - (at[index] ?? 0));
  expect(at[0]).toBe(0);
  expect(pauses[0]).toBe(1);
  expect(pauses.slice(0, 6)).toEqual([...pauses.slice(0, 6)].sort((a, b) => a - b));
  expect(pauses.slice(-3)).toEqual([10, 10, 10]);
  expect(Math.max(...pauses)).toBe(10);
});

test('trouble with network or server is news like any other', async () => {
  const answers = [unavailable, 'a', unavailable, 'b'];
  const look = async () => {
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  const seen: unknown[] = [];
  const deps = { clock: fixedClock(), isStopped: () => answers.length === 0 };
  for await (const { seen: value, trouble } of poll(look, deps))
    seen.push(value ?? trouble?.message);
  expect(seen).toEqual(['refused', 'a', 'refused', 'b']);
});

test.each(['unauthenticated', 'forbidden', 'notFound', 'untrusted', 'keychain'] as const)(
  '%s ends it: waiting does not help',
  async (kind) => {
    const error = new TpksError(kind, 'no');
    const looks = poll(() => Promise.reject(error), {
      clock: fixedClock(),
      isStopped: () => false,
    });
    await expect(looks.next()).rejects.toBe(error);
  },
);

test('a bug ends it too', async () => {
  const looks = poll(() => Promise.reject(new TypeError('x')), {
    clock: fixedClock(),
    isStopped: () => false,
  });
  await expect(looks.next()).rejects.toThrow(TypeError);
});
