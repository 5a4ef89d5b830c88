import { describe, expect, test } from '@jest/globals';
import { scheduleUpgrade } from '../../../src/sandbox/broker/operations.js';

const none = () => false;

/** @returns the start time of each cluster; `undefined` if it is not upgraded. */
function scheduleStarts(plan: {
  canaries?: string[];
  others?: string[];
  maxInFlight?: number;
  fails?: string[];
}) {
  const { canaries = [], others = [], maxInFlight = 1, fails = [] } = plan;
  const scheduled = scheduleUpgrade(
    { canaries, others, maxInFlight, fails: (name) => fails.includes(name) },
    100,
    10,
  );
  return Object.fromEntries(scheduled.map(({ name, run }) => [name, run?.startsAt]));
}

describe('scheduleUpgrade', () => {
  test('upgrades one cluster at a time if maxInFlight is 1', () => {
    expect(scheduleStarts({ others: ['a', 'b', 'c'] })).toEqual({ a: 100, b: 110, c: 120 });
  });

  test('upgrades up to maxInFlight clusters at a time', () => {
    expect(scheduleStarts({ others: ['a', 'b', 'c', 'd', 'e'], maxInFlight: 2 })).toEqual({
      a: 100,
      b: 100,
      c: 110,
      d: 110,
      e: 120,
    });
  });

  test('upgrades canaries first, one at a time, regardless of maxInFlight', () => {
    expect(scheduleStarts({ canaries: ['x', 'y'], others: ['a', 'b'], maxInFlight: 2 })).toEqual({
      x: 100,
      y: 110,
      a: 120,
      b: 120,
    });
  });

  test('stops at a canary that fails', () => {
    const plan = { canaries: ['x', 'y', 'z'], others: ['a'], fails: ['y'] };
    expect(scheduleStarts(plan)).toEqual({ x: 100, y: 110, z: undefined, a: undefined });
  });

  test('continues after another cluster that fails', () => {
    const plan = { canaries: ['x'], others: ['a', 'b'], fails: ['a'] };
    expect(scheduleStarts(plan)).toEqual({ x: 100, a: 110, b: 120 });
  });

  test('marks the runs that fail', () => {
    const scheduled = scheduleUpgrade(
      { canaries: [], others: ['a', 'b'], maxInFlight: 1, fails: (name) => name === 'b' },
      0,
      1,
    );
    expect(scheduled.map(({ run }) => run?.fails)).toEqual([false, true]);
    expect(
      scheduleUpgrade({ canaries: [], others: [], maxInFlight: 1, fails: none }, 0, 1),
    ).toEqual([]);
  });
});
