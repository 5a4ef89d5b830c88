import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import { poll } from '../../../../src/commands/waiting/poll.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';

test('poll reads immediately, then after pauses that grow to ten seconds', async () => {
  const clock = fixedClock();
  const startedAt = clock.now().getTime();
  const readTimes: number[] = [];
  const read = async () => {
    readTimes.push((clock.now().getTime() - startedAt) / 1000);
  };
  const updates = poll(read, { clock, isStopped: () => readTimes.length === 10 });
  while ((await updates.next()).done !== true);
  const pauses = readTimes.slice(1).map((time, index) => time - (readTimes[index] ?? 0));
  expect(readTimes[0]).toBe(0);
  expect(pauses[0]).toBe(1);
  expect(pauses.slice(0, 6)).toEqual([...pauses.slice(0, 6)].sort((a, b) => a - b));
  expect(pauses.slice(-3)).toEqual([10, 10, 10]);
  expect(Math.max(...pauses)).toBe(10);
});

test.each(['unauthenticated', 'forbidden', 'notFound', 'untrusted', 'keychain'] as const)(
  'poll throws a %s error, which waiting cannot resolve',
  async (kind) => {
    const error = new TpksError(kind, 'no');
    const updates = poll(() => Promise.reject(error), {
      clock: fixedClock(),
      isStopped: () => false,
    });
    await expect(updates.next()).rejects.toBe(error);
  },
);

describe('poll with malformed responses', () => {
  const malformed = () => new TpksError('unavailable', 'broken JSON', { status: 200 });

  /** Polls with these outcomes. @returns the number of reads, and the error that stopped it. */
  async function pollWith(outcomes: readonly (TpksError | string)[]) {
    let count = 0;
    const read = async () => {
      const outcome = outcomes[count] ?? 'end';
      count += 1;
      if (outcome instanceof TpksError) throw outcome;
      return outcome;
    };
    try {
      for await (const { state } of poll(read, { clock: fixedClock(), isStopped: () => false })) {
        if (state === 'end') break;
      }
    } catch (error) {
      return { count, error };
    }
    return { count };
  }

  test('stops after five identical ones in a row', async () => {
    const outcomes = Array.from({ length: 9 }, malformed);
    expect(await pollWith(outcomes)).toEqual({ count: 5, error: outcomes[4] });
  });
});
