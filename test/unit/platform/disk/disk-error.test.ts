import { constants } from 'node:os';
import { expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import { withDiskErrors } from '../../../../src/platform/disk/disk-error.js';

const systemError = (code: keyof typeof constants.errno): Error =>
  Object.assign(new Error(`${code}: something, open '/elsewhere'`), {
    code,
    errno: -constants.errno[code],
  });

test.each([
  ['ENOSPC', 'no space left on device', /^free some space.*TPKS_HOME/],
  ['EDQUOT', 'disk quota exceeded|EDQUOT: .*', /^free some space/],
  ['EROFS', 'read-only file system', /^set TPKS_HOME to a writable folder.*TPKS_API/],
  ['EACCES', 'permission denied', /^change its owner.*TPKS_HOME/],
  ['EPERM', 'operation not permitted', /^change its owner/],
  ['EIO', 'i/o error', /^set TPKS_HOME to another folder$/],
] as const)('reports %s with the path, the cause and a hint', async (code, words, hint) => {
  const cause = systemError(code);
  await expect(
    withDiskErrors('write', '/home/x', () => Promise.reject(cause)),
  ).rejects.toMatchObject({
    kind: 'storage',
    message: expect.stringMatching(new RegExp(`^Cannot write /home/x: (${words})$`)),
    hint: expect.stringMatching(hint),
    cause,
  });
});

test('keeps the message of an error without an error number', async () => {
  const failingRead = () => Promise.reject(new Error('unexpected'));
  await expect(withDiskErrors('read', '/home/x', failingRead)).rejects.toMatchObject({
    message: 'Cannot read /home/x: unexpected',
  });
});

test('passes on results and errors that are already explained', async () => {
  const explainedError = new TpksError('unauthenticated', 'gone');
  await expect(withDiskErrors('read', '/x', () => Promise.reject(explainedError))).rejects.toBe(
    explainedError,
  );
  expect(await withDiskErrors('read', '/x', () => Promise.resolve(1))).toBe(1);
});
