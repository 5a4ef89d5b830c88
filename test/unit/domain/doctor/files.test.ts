import { describe, expect, test } from '@jest/globals';
import {
  checkFiles,
  checkLocks,
  checkPlainTextFiles,
} from '../../../../src/domain/doctor/files.js';

describe('checkFiles', () => {
  const file = (mode: number, kind: 'key' | 'session' | 'settings' = 'key', uid = 1000) => ({
    path: `/nowhere/a.${kind}`,
    kind,
    mode,
    uid,
    gid: 1000,
  });

  test.each([
    ['private', file(0o600), 'pass', undefined],
    ['readable by others', file(0o644), 'fail', "chmod 600 '/nowhere/a.key'"],
    ['a readable session', file(0o640, 'session'), 'fail', "chmod 600 '/nowhere/a.session'"],
    ['readable settings', file(0o644, 'settings'), 'warn', "chmod 600 '/nowhere/a.settings'"],
    ['writable settings', file(0o666, 'settings'), 'fail', "chmod 600 '/nowhere/a.settings'"],
    ['of another user', file(0o600, 'key', 0), 'fail', "sudo chown 1000 '/nowhere/a.key'"],
  ])('a file that is %s', (_name, stored, status, fix) => {
    expect(checkFiles([stored], 1000)).toEqual([expect.objectContaining({ status })]);
    expect(checkFiles([stored], 1000)[0]?.fix).toBe(fix);
  });
});

test.each([
  ['a private file', 'uaac', 0o600, false, 'warn'],
  ['a file that others can read', 'pks', 0o644, true, 'fail'],
  ['a file that the user asked for', 'pks', 0o600, true, 'pass'],
] as const)('checkPlainTextFiles reports %s', (_name, tool, mode, isOptedIn, status) => {
  const files = [{ path: '/home/a/file', tool, mode, uid: 1000, gid: 1000 }];
  expect(checkPlainTextFiles(files, isOptedIn, 1000)).toMatchObject([{ status }]);
});

test('checkPlainTextFiles reports a file of another user, whose mode this user cannot change', () => {
  const files = [{ path: '/home/a/file', tool: 'uaac', mode: 0o644, uid: 0, gid: 0 } as const];
  expect(checkPlainTextFiles(files, false, 1000)).toMatchObject([
    { status: 'fail', fix: "sudo chown 1000 '/home/a/file'" },
  ]);
});

test.each([
  ['no lock', [], 'pass'],
  [
    'a lock of a process that has ended',
    [{ ageSeconds: 1, owner: { pid: 7, hasEnded: true } }],
    'warn',
  ],
  [
    'a lock that was just acquired',
    [{ ageSeconds: 1, owner: { pid: 7, hasEnded: false } }],
    'pass',
  ],
  ['a lock held for a long time', [{ ageSeconds: 99, owner: { pid: 7, hasEnded: false } }], 'fail'],
  ['a lock of another host', [{ ageSeconds: 99, owner: { pid: 7, hasEnded: undefined } }], 'fail'],
  ['a damaged lock', [{ ageSeconds: 99, owner: undefined }], 'fail'],
])('checkLocks reports %s', (_name, locks, status) => {
  const results = checkLocks(locks.map((lock) => ({ path: '/nowhere/a.lock', ...lock })));
  expect(results).toMatchObject([{ status }]);
});
