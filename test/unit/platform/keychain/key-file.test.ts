import { spawnSync } from 'node:child_process';
import { chmod, readdir, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createFileKeychain } from '../../../../src/platform/keychain/key-file.js';
import { keychainContract } from '../../../support/keychain/contract.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

describe('a key file', () => {
  keychainContract((body) => withFolder((folder) => body(createFileKeychain(`${folder}/keys`))));
});

const modeOf = async (path: string): Promise<string> =>
  ((await stat(path)).mode & 0o777).toString(8);

test('stores a key in a 0600 file in a 0700 folder, regardless of the umask', async () => {
  await withFolder(async (folder) => {
    const keys = join(folder, 'deep', 'keys');
    const umask = process.umask(0);
    try {
      await createFileKeychain(keys).write('cody', 'a2V5');
    } finally {
      process.umask(umask);
    }
    const [name, ...others] = await readdir(keys);
    expect(others).toEqual([]);
    expect(await modeOf(join(keys, name!))).toBe('600');
    expect(await modeOf(keys)).toBe('700');
    expect(await modeOf(join(folder, 'deep'))).toBe('700');
  });
});

test('makes a file and a folder private at the next use if other users can read them', async () => {
  await withFolder(async (folder) => {
    const keychain = createFileKeychain(folder);
    await keychain.write('cody', 'a2V5');
    const [name] = await readdir(folder);
    await chmod(join(folder, name!), 0o644);
    expect(await keychain.read('cody')).toBe('a2V5');
    expect(await modeOf(join(folder, name!))).toBe('600');

    await chmod(folder, 0o755);
    await keychain.write('cody', 'bmV3');
    expect(await modeOf(folder)).toBe('700');
  });
});

test('reports the path and the cause if the folder cannot be created', async () => {
  await withFolder(async (folder) => {
    await writeFile(join(folder, 'file'), '');
    const keys = join(folder, 'file', 'keys');
    await expect(createFileKeychain(keys).probe()).rejects.toMatchObject({
      kind: 'storage',
      message: expect.stringMatching(/^Cannot write .*\/file\/keys: not a directory$/),
      hint: 'set TPKS_HOME to another folder',
    });
  });
});

test('reports a key file that is too large or not a regular file, and does not change it', async () => {
  await withFolder(async (folder) => {
    const keychain = createFileKeychain(folder);
    await keychain.write('cody', 'a2V5');
    const path = join(folder, (await readdir(folder))[0]!);
    await truncate(path, 5000);
    await expect(keychain.read('cody')).rejects.toMatchObject({
      kind: 'storage',
      message: `Cannot read ${path}: it is too large (limit 4 KiB)`,
      hint: `move the file away: mv '${path}' '${path}.bad'`,
    });
    await rm(path);
    const elsewhere = join(folder, 'pipe');
    expect(spawnSync('mkfifo', ['-m', '644', elsewhere]).status).toBe(0);
    await symlink(elsewhere, path);
    await expect(keychain.read('cody')).rejects.toMatchObject({
      kind: 'storage',
      message: `Cannot read ${path}: it is not a regular file`,
    });
    expect(await modeOf(elsewhere)).toBe('644');
  });
});

test('rejects a key folder that other users can write to', async () => {
  await withFolder(async (folder) => {
    const keychain = createFileKeychain(folder);
    await keychain.write('cody', 'a2V5');
    await chmod(folder, 0o777);
    const rejected = { kind: 'storage', message: `Other users can write to ${folder}` };
    await expect(keychain.read('cody')).rejects.toMatchObject(rejected);
    await expect(keychain.write('cody', 'bmV3')).rejects.toMatchObject(rejected);
  });
});
