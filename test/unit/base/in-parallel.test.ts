import { expect, test } from '@jest/globals';
import { mapInParallel } from '../../../src/base/in-parallel.js';
import { errorMessage } from '../../../src/base/errors.js';

/** Creates work that the test finishes item by item, and records the started items. */
function createControlledWork() {
  const started: number[] = [];
  const finish = new Map<number, (error?: Error) => void>();
  const run = (item: number) =>
    new Promise<string>((resolve, reject) => {
      started.push(item);
      finish.set(item, (error) => (error === undefined ? resolve(`r${item}`) : reject(error)));
    });
  return { started, run, finish: (item: number, error?: Error) => finish.get(item)?.(error) };
}

/** Waits until settled promises have called their handlers. */
const runPendingHandlers = () => new Promise((resolve) => setImmediate(resolve));

test('runs at most the given number of items at the same time, started in order', async () => {
  const { started, run, finish } = createControlledWork();
  const all = mapInParallel([1, 2, 3, 4, 5], run, 2);
  await runPendingHandlers();
  expect(started).toEqual([1, 2]);
  finish(2);
  await runPendingHandlers();
  expect(started).toEqual([1, 2, 3]);
  for (const item of [3, 1, 4, 5]) {
    finish(item);
    await runPendingHandlers();
  }
  expect(await all).toEqual(['r1', 'r2', 'r3', 'r4', 'r5']);
});

test('starts nothing new after a rejection, and rejects when the rest has finished', async () => {
  const { started, run, finish } = createControlledWork();
  let outcome = 'pending';
  const all = mapInParallel([1, 2, 3, 4], run, 2).catch((error: unknown) => {
    outcome = errorMessage(error);
  });
  await runPendingHandlers();
  finish(1, new Error('first'));
  await runPendingHandlers();
  expect({ started, outcome }).toEqual({ started: [1, 2], outcome: 'pending' });
  finish(2, new Error('second'));
  await all;
  expect({ started, outcome }).toEqual({ started: [1, 2], outcome: 'first' });
});
