import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createPksCredsStore } from '../../../src/auth/pks-creds.js';
import { readPksCreds, writePksCreds, type PksCreds } from '../../../src/auth/pks-creds-file.js';
import { temporaryPathFor } from '../../../src/disk/temporary-files.js';
import { aSession } from '../../support/fixtures/fixtures.js';
import { plain, withSecrets, type Plain } from '../../support/checks/plain-tokens.js';
import { withFolder } from '../../support/runner/temporary-folder.js';

const fileOfCody: Plain<PksCreds> = {
  api: 'https://api.example.com',
  caCert: undefined,
  username: 'cody',
  skipSslVerification: false,
  accessToken: 'access-0',
  refreshToken: 'refresh-0',
};

/** Runs a test with a store whose file contains the session of cody. */
const withStore = (
  body: (input: {
    readonly store: ReturnType<typeof createPksCredsStore>;
    readonly path: string;
    readonly overwrite: (changes: Partial<Plain<PksCreds>>) => Promise<void>;
  }) => Promise<void>,
) =>
  withFolder(async (folder) => {
    const path = join(folder, 'creds.yml');
    const overwrite = (changes: Partial<Plain<PksCreds>>) =>
      writePksCreds(path, withSecrets<PksCreds>({ ...fileOfCody, ...changes }));
    await overwrite({});
    const context = { pksCredsPath: path, api: 'https://api.example.com:9021', identity: 'cody' };
    const store = createPksCredsStore(context, (text) => {
      throw new Error(text);
    });
    await body({ store, path, overwrite });
  });

describe('createPksCredsStore', () => {
  test('writes a renewed token to the file', () =>
    withStore(async ({ store, path }) => {
      const reservation = await store.reserve();
      await reservation.write(withSecrets(aSession()));
      expect(plain(readPksCreds(path) ?? {})).toEqual({
        ...fileOfCody,
        accessToken: 'access-1',
        refreshToken: 'refresh-1',
      });
    }));

  describe.each([
    ['of another user', { username: 'dana' }],
    ['of another installation', { api: 'https://other.example.com' }],
  ])('if another program has written the session %s', (_case, changes) => {
    test('does not replace its tokens with a renewed one, which it uses in memory', () =>
      withStore(async ({ store, path, overwrite }) => {
        const reservation = await store.reserve();
        await overwrite(changes);
        const before = await readFile(path, 'utf8');
        await reservation.write(withSecrets(aSession()));
        expect(await readFile(path, 'utf8')).toBe(before);
        expect((await store.read())?.accessToken.reveal()).toBe('access-1');
      }));

    test('does not use its tokens', () =>
      withStore(async ({ store, overwrite }) => {
        await overwrite(changes);
        expect(await store.read()).toBeUndefined();
      }));

    test('does not delete it at logout', () =>
      withStore(async ({ store, path, overwrite }) => {
        await overwrite(changes);
        expect(await store.remove()).toBe(false);
        expect(readPksCreds(path)).toMatchObject(changes);
      }));
  });

  test('also deletes tokens at logout that a killed process left in a temporary file', () =>
    withStore(async ({ store, path }) => {
      // The same process ID with another start time means that the process has ended.
      const leftover = temporaryPathFor(path).replace(/\d*(-\w+\.tmp)$/, '1$1');
      await writeFile(leftover, 'access_token: a\n');
      expect(await store.remove()).toBe(true);
      expect(await readdir(dirname(path))).toEqual([]);
    }));

  test('deletes a damaged file at logout, because it may contain tokens', () =>
    withStore(async ({ store, path, overwrite }) => {
      await overwrite({ api: 'http://not-https' });
      expect(await store.remove()).toBe(true);
      expect(readPksCreds(path)).toBeUndefined();
    }));
});
