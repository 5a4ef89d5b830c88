import { describe, expect, test } from '@jest/globals';
import { runCheck, fail, type CheckResult } from '../../../../src/domain/doctor/check.js';

describe('runCheck', () => {
  const check = (run: () => Promise<CheckResult>, seconds = 60) =>
    runCheck('locks', 'folder', seconds, run);

  test('reports a check that hangs as a failure', async () => {
    expect(await check(() => new Promise(() => undefined), 0)).toEqual([
      fail('locks', 'folder: no result within 0 s', 'tpks doctor --trace'),
    ]);
  });

  test('describes a file system error without the system call', async () => {
    const error = Object.assign(new Error("ENOTDIR: not a directory, scandir '/nowhere/a'"), {
      code: 'ENOTDIR',
      errno: -20,
      path: '/nowhere/a',
    });
    expect(await check(() => Promise.reject(error))).toEqual([
      fail('locks', 'Cannot read /nowhere/a: not a directory', 'set TPKS_HOME to another folder'),
    ]);
  });

  test('reports an unexpected error as a failure', async () => {
    const [result] = await check(() => Promise.reject(new Error('broken')));
    expect(result).toMatchObject({ status: 'fail', message: 'folder: broken' });
  });
});
