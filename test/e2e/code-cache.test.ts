import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { createUser, type TestUser } from '../support/cli.js';
import { createNodeOnly } from '../support/node-only.js';
import { preloadVariables } from '../support/spawned.js';

const nodeOnly = createNodeOnly('reads the code cache of the Node bundle');

const helpText = 'Use "tpks <command> --help"';

/** @returns the folder with the cache of a user. */
const cacheFolder = (user: TestUser) => join(user.env['HOME'] ?? '', '.cache/tpks');

/** @returns the path of the only file in the cache. */
function cacheFile(user: TestUser): string {
  const files = readdirSync(cacheFolder(user));
  expect(files).toHaveLength(1);
  return join(cacheFolder(user), files[0] ?? '');
}

/** Runs `tpks --help`, which prints the same with every state of the cache. */
async function showHelp(user: TestUser, env: Record<string, string> = {}) {
  const result = await user.spawn(['--help'], { env });
  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(result.stdout).toContain(helpText);
}

nodeOnly.test('compiled code is cached in files that other users cannot access', async () => {
  const user = createUser();
  await showHelp(user);
  const file = cacheFile(user);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(cacheFolder(user)).mode & 0o777).toBe(0o700);
  const { mtimeMs, ino } = statSync(file);
  await showHelp(user);
  expect(statSync(cacheFile(user))).toMatchObject({ mtimeMs, ino });
});

nodeOnly.test('the cache also stores the code of other commands', async () => {
  const user = createUser();
  await showHelp(user);
  const { size } = statSync(cacheFile(user));
  await user.spawn(['clusters', '--help']);
  expect(statSync(cacheFile(user)).size).toBeGreaterThan(size);
  await showHelp(user);
});

nodeOnly.test('the cache is not written while another process writes it', async () => {
  const user = createUser();
  await showHelp(user);
  const file = cacheFile(user);
  const { ino } = statSync(file);
  const lock = `${file}.lock`;
  writeFileSync(lock, '');
  await user.spawn(['clusters', '--help']);
  expect(statSync(file).ino).toBe(ino);
  expect(existsSync(lock)).toBe(true);
});

nodeOnly.test('the lock of a killed process prevents only one write', async () => {
  const user = createUser();
  await showHelp(user);
  const file = cacheFile(user);
  const { size } = statSync(file);
  const lock = `${file}.lock`;
  writeFileSync(lock, '');
  const hourAgo = Date.now() / 1000 - 3600;
  utimesSync(lock, hourAgo, hourAgo);
  await user.spawn(['clusters', '--help']);
  await user.spawn(['clusters', '--help']);
  expect(statSync(cacheFile(user)).size).toBeGreaterThan(size);
});

nodeOnly.test('a cache that another process wrote during the run is kept', async () => {
  const user = createUser();
  await showHelp(user);
  const file = cacheFile(user);
  const { ino } = statSync(file);
  const script = join(user.env['HOME'] ?? '', 'write.cjs');
  const touch = `require('node:fs').utimesSync(${JSON.stringify(file)}, new Date(), new Date())`;
  writeFileSync(script, `process.on('exit', () => ${touch});`);
  await user.spawn(['clusters', '--help'], { env: preloadVariables(script) });
  expect(statSync(cacheFile(user)).ino).toBe(ino);
  await user.spawn(['clusters', '--help']);
  expect(statSync(cacheFile(user)).ino).not.toBe(ino);
});

nodeOnly.test('--version does not use the cache', async () => {
  const user = createUser();
  expect(await user.spawn(['--version'])).toMatchObject({ code: 0 });
  expect(existsSync(cacheFolder(user))).toBe(false);
});

nodeOnly.test('a damaged cache is replaced', async () => {
  const user = createUser();
  await showHelp(user);
  const file = cacheFile(user);
  const { size } = statSync(file);
  for (const content of ['', 'not json', '[["./core.cjs",5]]\nabcde', '{}\n']) {
    writeFileSync(file, content);
    await showHelp(user);
    expect(statSync(cacheFile(user)).size).toBeGreaterThan(size / 2);
  }
});

nodeOnly.test('a cache file that other users can write to is not executed', async () => {
  const user = createUser();
  await showHelp(user);
  const file = cacheFile(user);
  const { ino } = statSync(file);
  chmodSync(file, 0o666);
  await showHelp(user);
  // It was compiled again and replaced.
  expect(statSync(cacheFile(user)).ino).not.toBe(ino);
  expect(statSync(cacheFile(user)).mode & 0o777).toBe(0o600);
});

nodeOnly.test('a cache folder that other users can write to is not used', async () => {
  const user = createUser();
  mkdirSync(cacheFolder(user), { recursive: true });
  chmodSync(cacheFolder(user), 0o777);
  await showHelp(user);
  expect(readdirSync(cacheFolder(user))).toEqual([]);
});

nodeOnly.test('a cache folder that is a link is not used', async () => {
  const user = createUser();
  const elsewhere = join(user.env['HOME'] ?? '', 'elsewhere');
  mkdirSync(elsewhere);
  mkdirSync(join(cacheFolder(user), '..'), { recursive: true });
  symlinkSync(elsewhere, cacheFolder(user));
  await showHelp(user);
  expect(readdirSync(elsewhere)).toEqual([]);
});

nodeOnly.test('a home directory that cannot be written is not an error', async () => {
  const user = createUser();
  await showHelp(user, { XDG_CACHE_HOME: '/proc/no-such-folder' });
  await showHelp(user, { HOME: '/no-such-home' });
});

nodeOnly.test('a read-only home directory stays unchanged, even for root', async () => {
  const user = createUser();
  const home = join(user.env['HOME'] ?? '', 'read-only');
  mkdirSync(home, { mode: 0o500 });
  await showHelp(user, { HOME: home });
  expect(readdirSync(home)).toEqual([]);
});

nodeOnly.test('NODE_DISABLE_COMPILE_CACHE switches the cache off', async () => {
  const user = createUser();
  await showHelp(user, { NODE_DISABLE_COMPILE_CACHE: '1' });
  expect(existsSync(cacheFolder(user))).toBe(false);
});
