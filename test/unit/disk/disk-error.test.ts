import { constants } from 'node:os';
import { expect, test } from '@jest/globals';
import { withDiskErrors } from '../../../src/disk/disk-error.js';
import { TpksError } from '../../../src/errors.js';

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
] as const)('%s is told with the path, the cause and the way out', async (code, words, hint) => {
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

test('an error without a number keeps its own message', async () => {
  const odd = () => Promise.reject(new Error('odd'));
  await expect(withDiskErrors('read', '/home/x', odd)).rejects.toMatchObject({
    message: 'Cannot read /home/x: odd',
  });
});

test('an error that is explained already passes through, and so does a value', async () => {
  const explained = new TpksError('unauthenticated', 'gone');
  await expect(withDiskErrors('read', '/x', () => Promise.reject(explained))).rejects.toBe(
    explained,
  );
  expect(await withDiskErrors('read', '/x', () => Promise.resolve(1))).toBe(1);
});
