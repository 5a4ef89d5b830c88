import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { testAsRoot } from '../support/as-root.js';
import { createUser, type TestUser } from '../support/cli.js';
import { createNodeOnly } from '../support/node-only.js';

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
async function showHelp(user: TestUser, env: Record<string, string> = {}, cwd?: string) {
  const result = await user.spawn(['--help'], { env, ...(cwd && { cwd }) });
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
  const contents = [
    '',
    'not json',
    '{}\n',
    'null\n',
    '{"./core.cjs":5}\n',
    '{"./core.cjs":[0,5]}\nabcde',
  ];
  for (const content of [...contents, '{"./core.cjs":[0,-5]}\n', '{"./core.cjs":[0,1e99]}\n']) {
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

nodeOnly.test('a cache folder that is a link to a shared folder is not used', async () => {
  const user = createUser();
  const elsewhere = join(user.env['HOME'] ?? '', 'elsewhere');
  mkdirSync(elsewhere);
  chmodSync(elsewhere, 0o777);
  mkdirSync(join(cacheFolder(user), '..'), { recursive: true });
  symlinkSync(elsewhere, cacheFolder(user));
  await showHelp(user);
  expect(readdirSync(elsewhere)).toEqual([]);
});

nodeOnly.test('a cache file that is a link is not executed', async () => {
  const user = createUser();
  await showHelp(user);
  const file = cacheFile(user);
  const target = join(cacheFolder(user), '..', 'elsewhere');
  renameSync(file, target);
  symlinkSync(target, file);
  await showHelp(user);
  expect(lstatSync(cacheFile(user)).isFile()).toBe(true);
});

nodeOnly.test('a named pipe in place of the cache file does not block', async () => {
  const user = createUser();
  await showHelp(user);
  const file = cacheFile(user);
  rmSync(file);
  execFileSync('mkfifo', [file]);
  await showHelp(user);
  expect(lstatSync(cacheFile(user)).isFile()).toBe(true);
});

nodeOnly.test('a cache file with a changed byte is not executed', async () => {
  const user = createUser();
  await showHelp(user);
  const file = cacheFile(user);
  const good = readFileSync(file);
  // V8 would crash, or call another function.
  for (const part of [0.3, 0.5, 0.7, 0.9]) {
    const bad = Buffer.from(good);
    for (let count = 0; count < 200; count += 1) {
      const position = Math.floor(bad.length * part) + count;
      bad[position] = (bad[position] ?? 0) ^ 0xff;
    }
    writeFileSync(file, bad);
    await showHelp(user);
    expect(readFileSync(cacheFile(user)).equals(bad)).toBe(false);
  }
});

nodeOnly.test.each(['', 'relative'])(
  'XDG_CACHE_HOME "%s" does not lead to the current folder',
  async (XDG_CACHE_HOME) => {
    const user = createUser();
    const cwd = join(user.env['HOME'] ?? '', 'current');
    mkdirSync(cwd);
    await showHelp(user, { XDG_CACHE_HOME }, cwd);
    expect(readdirSync(cwd)).toEqual([]);
  },
);

nodeOnly.test('a cache is not used below a folder that other users can write to', async () => {
  const user = createUser();
  const shared = join(user.env['HOME'] ?? '', 'shared');
  mkdirSync(join(shared, 'own'), { recursive: true, mode: 0o700 });
  chmodSync(shared, 0o777);
  await showHelp(user, { XDG_CACHE_HOME: join(shared, 'own') });
  expect(readdirSync(join(shared, 'own'))).toEqual([]);
  // Other users cannot replace a folder in a folder with the sticky bit, such as /tmp.
  chmodSync(shared, 0o1777);
  await showHelp(user, { XDG_CACHE_HOME: join(shared, 'own') });
  expect(readdirSync(join(shared, 'own/tpks'))).toHaveLength(1);
});

const hasPrivateGroup = process.getuid?.() === process.getgid?.();

nodeOnly.test(
  'a cache is used in a folder that the private group of the user can write to',
  async () => {
    const user = createUser();
    const parent = join(user.env['HOME'] ?? '', 'parent');
    mkdirSync(parent);
    chmodSync(parent, 0o775);
    await showHelp(user, { XDG_CACHE_HOME: parent });
    expect(existsSync(join(parent, 'tpks'))).toBe(hasPrivateGroup);
  },
);

testAsRoot(
  'a cache is not used in a folder that another group can write to',
  async () => {
    const user = createUser();
    const parent = join(user.env['HOME'] ?? '', 'parent');
    mkdirSync(parent);
    chownSync(parent, 0, 4321);
    chmodSync(parent, 0o775);
    await showHelp(user, { XDG_CACHE_HOME: parent });
    expect(readdirSync(parent)).toEqual([]);
  },
  nodeOnly.test,
);

testAsRoot(
  'root neither uses nor creates a cache in the home of another user',
  async () => {
    const user = createUser();
    const home = user.env['HOME'] ?? '';
    chownSync(home, 4321, 4321);
    await showHelp(user);
    expect(existsSync(join(home, '.cache'))).toBe(false);
    // The other user has moved a folder of root there, and can replace it at any time.
    mkdirSync(cacheFolder(user), { recursive: true, mode: 0o700 });
    await showHelp(user);
    await showHelp(user, { HOME: '/', XDG_CACHE_HOME: join(home, '.cache') });
    expect(readdirSync(cacheFolder(user))).toEqual([]);
  },
  nodeOnly.test,
);

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
