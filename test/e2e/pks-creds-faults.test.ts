import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parsePksCreds } from '../../src/auth/pks-creds-file.js';
import { testAsRoot } from '../support/runner/as-root.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { credsPath } from '../support/fixtures/old-cli-files.js';
import { preloadVariables } from '../support/program/spawned.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const past = '2020-01-01T00:00:00.000Z';
const context = 'cody@localhost';

let sandbox: TestSandbox;
let cody: TestUser;
/** `~/.pks/creds.yml` */
let path: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => {
  cody = createUser();
  path = credsPath(cody);
});

const login = (user = 'cody') => sandbox.login(cody, user, ['--write-creds']);

describe('a process that is killed while it writes creds.yml', () => {
  const preload = fileURLToPath(new URL('../support/preload/kill-at.cjs', import.meta.url));
  /**
   * Runs the command in a process that is killed before the file system call with this number. If
   * `killAt` is undefined, the command is not killed.
   * @returns the number of calls, or 0 if the process was killed.
   */
  const run = async (words: readonly string[], killAt?: number, stdin = '') => {
    const countFile = join(cody.env['HOME']!, 'calls');
    const { code, signal } = await cody.spawn(words, {
      stdin,
      env: {
        ...preloadVariables(preload),
        ...(killAt === undefined
          ? { TPKS_KILL_COUNT: countFile }
          : { TPKS_KILL_AT: String(killAt) }),
      },
    });
    if (killAt !== undefined) {
      expect(signal).toBe('SIGKILL');
      return 0;
    }
    expect(code).toBe(0);
    const calls = Number(readFileSync(countFile, 'utf8'));
    rmSync(countFile);
    return calls;
  };
  const listFolder = () => readdirSync(dirname(path));

  test('leaves the old or the new file, and the next renewal removes its temporary file', async () => {
    await login();
    await cody.changeSession(context, { expiresAt: past });
    const home = cody.env['HOME']!;
    const start = `${home}-start`;
    cpSync(home, start, { recursive: true });
    const restore = () => {
      rmSync(home, { recursive: true });
      cpSync(start, home, { recursive: true });
    };
    const tokenOfFile = () => parsePksCreds(readFileSync(path, 'utf8'), path).accessToken?.reveal();
    const old = tokenOfFile();
    const calls = await run(['token']);
    const seen = new Set<string>();
    // From the last call back to the first call that belongs to the file.
    for (let call = calls; !seen.has('old'); call -= 1) {
      restore();
      await run(['token'], call);
      const isTemporaryLeft = listFolder().some((name) => name.endsWith('.tmp'));
      const token = tokenOfFile();
      seen.add(`${token === old ? 'old' : 'new'}${isTemporaryLeft ? ' and temporary' : ''}`);
      if (token !== old) expect(token).toBe((await cody.readSession(context)).accessToken);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      if (isTemporaryLeft) {
        await cody.changeSession(context, { expiresAt: past });
        expect(await cody.tpks(['token'])).toMatchObject({ code: 0 });
        expect(listFolder()).toEqual(['creds.yml']);
        expect(tokenOfFile()).toBe((await cody.readSession(context)).accessToken);
      }
    }
    rmSync(start, { recursive: true });
    expect([...seen]).toEqual(['new', 'old and temporary', 'old']);
  }, 120_000);

  test('leaves no tokens in temporary files after a logout, even if it never completed the file', async () => {
    const words = [
      ...['login', ...sandbox.loginOptions, '-u', 'cody', '--password-stdin'],
      ...['--store', 'file', '--write-creds'],
    ];
    const calls = await run(words, undefined, 'cody-password');
    await cody.tpks(['logout']);
    let call = calls;
    for (; !existsSync(dirname(path)) || !listFolder().some((n) => n.endsWith('.tmp')); call -= 1) {
      await cody.tpks(['logout']);
      expect(call).toBeGreaterThan(calls - 20);
      await run(words, call, 'cody-password');
    }
    expect(listFolder()).not.toContain('creds.yml');
    expect(await cody.tpks(['logout'])).toMatchObject({ code: 0 });
    expect(listFolder()).toEqual([]);
  }, 120_000);
});

test('if a login cannot write the file, the logout of another context still deletes its copy', async () => {
  await login('alana');
  const alana = readFileSync(path, 'utf8');
  const link = `${path}.moved`;
  rmSync(path);
  symlinkSync(link, path);
  expect((await login('cody')).stderr).toContain(
    `the plain-text copy of the session was not written: Cannot write ${path}: it is a symbolic link; ` +
      'to fix it: delete it, or set PKS_HOME to another folder',
  );
  rmSync(path);
  writeFileSync(path, alana, { mode: 0o600 });
  const { code, stdout } = await cody.tpks(['logout', '--context', 'alana@localhost']);
  expect([code, existsSync(path)]).toEqual([0, false]);
  expect(stdout).toContain(`Deleted the plain-text copy ${path}`);
});

describe('a link named pks', () => {
  let task: TestUser;
  let copy: string;
  let good: string;
  const pks = () =>
    task.tpks(['clusters'], {
      env: { TPKS_PKS_CREDS: '1', TPKS_API: sandbox.api, TPKS_UAA_URL: sandbox.uaa },
      programName: 'pks',
    });

  beforeEach(async () => {
    await login();
    good = readFileSync(path, 'utf8');
    task = createUser();
    copy = credsPath(task);
    mkdirSync(dirname(copy));
  });

  test.each([
    ['with Windows line endings', (text: string) => text.replaceAll('\n', '\r\n')],
    ['with a byte order mark', (text: string) => `\ufeff${text}`],
    ['with unknown keys', (text: string) => `${text}cluster: {name: a}\nrole: x\n`],
    [
      'with a token that is not a JWT, which it renews',
      (text: string) => text.replace(/^access_token: .*$/m, 'access_token: garbage'),
    ],
  ])('works with a file %s', async (_name, change) => {
    writeFileSync(copy, change(good), { mode: 0o600 });
    expect(await pks()).toMatchObject({ code: 0, stderr: '' });
  });

  test('reads a file through a symbolic link, and writes no tokens through it', async () => {
    const target = join(dirname(copy), 'target.yml');
    writeFileSync(target, good.replace(/^access_token: .*$/m, 'access_token: garbage'), {
      mode: 0o600,
    });
    symlinkSync(target, copy);
    const { code, stderr } = await pks();
    expect(code).toBe(0);
    expect(stderr).toContain(
      `the renewed token was not stored: Cannot write ${copy}: it is a symbolic link; ` +
        'to fix it: delete it, or set PKS_HOME to another folder',
    );
    expect(readFileSync(target, 'utf8')).toContain('access_token: garbage');
  });

  test.each([
    ['a folder', () => mkdirSync(copy), 7, 'it is a directory', 'mv '],
    ['a loop of links', () => symlinkSync(copy, copy), 7, 'too many symbolic links', 'PKS_HOME'],
    ['an empty file', () => writeFileSync(copy, ''), 2, 'line 1: the file is empty', 'rm '],
    ['indented with tabs', () => writeFileSync(copy, 'api: h\n\tx: y\n'), 2, 'line 2: ', 'rm '],
  ])('reports %s with a command that fixes the problem', async (_name, place, code, text, fix) => {
    place();
    const result = await pks();
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(text);
    expect(result.stderr).toMatch(new RegExp(`Hint: .*${fix}`));
    expect(result.stderr).not.toContain('TPKS_HOME');
  });

  test('does not replace the file if neither token works', async () => {
    const bad = good.replace(/^(access|refresh)_token: .*$/gm, '$1_token: garbage');
    writeFileSync(copy, bad, { mode: 0o600 });
    const { code, stderr } = await pks();
    expect(code).toBe(4);
    expect(stderr).toContain('Hint: pks login ');
    expect(readFileSync(copy, 'utf8')).toBe(bad);
  });

  testAsRoot('warns about a file of another user', async () => {
    writeFileSync(copy, good, { mode: 0o600 });
    chownSync(copy, 12_345, 12_345);
    const { code, stderr } = await pks();
    expect(code).toBe(0);
    expect(stderr).toContain(
      `${copy} belongs to another user (uid 12345); to fix it: sudo chown 0`,
    );
  });
});
