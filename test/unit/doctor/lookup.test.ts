import process from 'node:process';
import { expect, jest, test } from '@jest/globals';
import { createLookup } from '../../../src/doctor/lookup.js';
import type { RunProgram } from '../../../src/doctor/run-program.js';

test('Node looks up a host in a separate process', async () => {
  const run = jest.fn<RunProgram>(() =>
    Promise.resolve({ code: 0, stdout: '[{"address":"192.0.2.7"}]', hasTimedOut: false }),
  );
  expect(await createLookup(run, true)('host.test', 1)).toEqual({ addresses: ['192.0.2.7'] });
  expect(run).toHaveBeenCalledWith(process.execPath, expect.arrayContaining(['host.test']), 1);
});

test('the standalone binary looks up a host without a separate process', async () => {
  const run = jest.fn<RunProgram>();
  const found = await createLookup(run, false)('localhost', 5);
  expect(found).toEqual({ addresses: expect.arrayContaining(['127.0.0.1']) });
  expect(run).not.toHaveBeenCalled();
});

test('a separate process that exceeds the time limit has no result', async () => {
  const run: RunProgram = () => Promise.resolve({ code: undefined, stdout: '', hasTimedOut: true });
  expect(await createLookup(run, true)('host.test', 1)).toBeUndefined();
});
