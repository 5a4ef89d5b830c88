import { afterEach, expect, jest, test } from '@jest/globals';
import { createDeadline } from '../../../src/http/deadline.js';

afterEach(() => {
  jest.restoreAllMocks();
});

test('ends without a negative delay, which some runtimes warn about, if no time is left', async () => {
  const timers = jest.spyOn(globalThis, 'setTimeout');
  const now = jest.spyOn(performance, 'now').mockReturnValue(0);
  const error = await new Promise((resolve) => {
    const deadline = createDeadline({ method: 'GET', url: 'https://pks.test/' }, 1, resolve);
    now.mockReturnValue(1001);
    deadline.pause();
    deadline.resume();
  });
  expect(error).toMatchObject({ kind: 'unavailable' });
  expect(timers.mock.calls.map(([, delay]) => delay)).toEqual([1000, 0]);
});
