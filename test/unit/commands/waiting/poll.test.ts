import { describe, expect, test } from '@jest/globals';
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

describe('a response that was received but not understood', () => {
  const malformed = () => new TpksError('unavailable', 'broken JSON', { status: 200 });

  /** @returns how often it looked until it ended, and with what. */
  async function lookThrough(outcomes: readonly (TpksError | string)[]) {
    let count = 0;
    const look = async () => {
      const outcome = outcomes[count] ?? 'end';
      count += 1;
      if (outcome instanceof TpksError) throw outcome;
      return outcome;
    };
    try {
      for await (const { seen } of poll(look, { clock: fixedClock(), isStopped: () => false })) {
        if (seen === 'end') break;
      }
    } catch (error) {
      return { count, error };
    }
    return { count };
  }

  test('ends it after five identical ones in a row', async () => {
    const outcomes = Array.from({ length: 9 }, malformed);
    expect(await lookThrough(outcomes)).toEqual({ count: 5, error: outcomes[4] });
  });

  test.each([
    ['a success', 'a'],
    ['trouble with the network', unavailable],
    ['a failure of the server', new TpksError('unavailable', 'no', { status: 503 })],
    ['another such response', new TpksError('unavailable', 'a web page', { status: 200 })],
  ])('is counted from one again after %s', async (_what, between) => {
    const four = Array.from({ length: 4 }, malformed);
    expect(await lookThrough([...four, between, ...four])).toEqual({ count: 10 });
  });

  test.each([
    ['trouble with the network', unavailable],
    ['a failure of the server', new TpksError('unavailable', 'no', { status: 503 })],
  ])('is not %s, which may last', async (_what, error) => {
    const outcomes = Array.from({ length: 20 }, () => error);
    expect(await lookThrough(outcomes)).toEqual({ count: 21 });
  });
});

test('a bug ends it too', async () => {
  const looks = poll(() => Promise.reject(new TypeError('x')), {
    clock: fixedClock(),
    isStopped: () => false,
  });
  await expect(looks.next()).rejects.toThrow(TypeError);
});
