import {
  chmodSync,
  chownSync,
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
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findLeaks } from '../support/checks/leaks.js';
import { credsPath } from '../support/fixtures/old-cli-files.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { testAsRoot } from '../support/runner/as-root.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const past = '2020-01-01T00:00:00.000Z';
const context = 'cody@localhost';
const optIn = { TPKS_PKS_CREDS: '1' };

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

const login = (words: readonly string[] = [], env: Record<string, string> = {}, user = 'cody') =>
  sandbox.login(cody, user, words, env);

/** Reads one key like `bosh int FILE --path /KEY`. */
function readKey(key: string, file = path): string {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${key}: `));
  return line?.slice(key.length + 2) ?? '';
}

describe('tpks login', () => {
  test('writes no file without the option and the variable', async () => {
    expect(await login()).toMatchObject({ code: 0, stderr: '' });
    expect(await login([], { TPKS_PKS_CREDS: '0' })).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(dirname(path))).toBe(false);
  });

  test.each([
    ['--write-creds', ['--write-creds'], {}],
    ['TPKS_PKS_CREDS=1', [], optIn],
  ])('writes the file of the original CLI with %s', async (_name, words, env) => {
    const { code, stdout, stderr } = await login(words, env);
    expect(code).toBe(0);
    expect(stdout).toContain(`Plain-text copy:       ${path}`);
    expect(stderr).toContain(`the tokens are also stored in plain text in ${path}`);
    expect(stderr).toContain(`does not contain the port of the API`);
    const { accessToken, refreshToken } = await cody.readSession(context);
    const pem = sandbox.caPem.trim().replace(/^/gm, '  ');
    expect(readFileSync(path, 'utf8')).toBe(
      `api: https://localhost\nca_cert: |\n${pem}\nusername: cody\nskip_ssl_verification: false\n` +
        `access_token: ${accessToken}\nrefresh_token: ${refreshToken ?? ''}\n`,
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  });

  test('writes the username as typed, and keeps it after a renewal', async () => {
    await login(['-u', 'CODY', '--write-creds']);
    expect(readKey('username')).toBe('CODY');
    await cody.changeSession(context, { expiresAt: past });
    await cody.tpks(['clusters']);
    expect(readKey('username')).toBe('CODY');
  });

  test('writes the session of a client without a refresh token', async () => {
    const words = ['--client-name', 'admin', '--client-secret', 'adminsecret', '--write-creds'];
    const { code } = await cody.tpks([
      ...['login', ...sandbox.loginOptions, '--store', 'file'],
      ...words,
    ]);
    expect([code, readKey('username'), readKey('refresh_token')]).toEqual([0, 'admin', '""']);
  });

  test.each([
    ['a symbolic link', () => symlinkSync('/dev/null', path), 'it is a symbolic link'],
    ['a folder', () => mkdirSync(path), 'it is not a regular file'],
    [
      'in a folder that others can write to',
      () => chmodSync(dirname(path), 0o777),
      'Other users can write to',
    ],
  ])('succeeds with a warning if the file is %s', async (_name, prepare, warning) => {
    mkdirSync(dirname(path));
    prepare();
    const { code, stdout, stderr } = await login(['--write-creds']);
    expect(code).toBe(0);
    expect(stdout).not.toContain('Plain-text copy');
    expect(stderr).toContain('the plain-text copy of the session was not written: ');
    expect(stderr).toContain(warning);
    expect(await cody.tpks(['clusters'])).toMatchObject({ code: 0 });
  });
});

describe('a renewal', () => {
  const renew = async (name = context, env: Record<string, string> = {}) => {
    await cody.changeSession(name, { expiresAt: past });
    return cody.tpks(['clusters', '--context', name], { env });
  };
  const isCurrent = async () =>
    readKey('access_token') === (await cody.readSession(context)).accessToken;

  test('updates the file after --write-creds, even after another login without it', async () => {
    await login(['--write-creds']);
    expect(await login()).toMatchObject({ code: 0 });
    const before = readKey('access_token');
    expect(await renew()).toMatchObject({ code: 0, stderr: '' });
    expect(readKey('access_token')).not.toBe(before);
    expect(await isCurrent()).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('updates the file after TPKS_PKS_CREDS=1 only while it is set', async () => {
    await login([], optIn);
    await renew();
    expect(await isCurrent()).toBe(false);
    await renew(context, optIn);
    expect(await isCurrent()).toBe(true);
  });

  test('creates the file for the current context if the variable was set after the login', async () => {
    await login();
    expect(await renew(context, optIn)).toMatchObject({ code: 0, stderr: '' });
    expect(await isCurrent()).toBe(true);
    const { stdout } = await cody.tpks(['status']);
    expect(stdout).toContain(`Plain-text copy:        ${path}`);
  });

  test('does not overwrite the session of a context that logged in later', async () => {
    await login(['--write-creds']);
    await login(['--write-creds'], {}, 'alana');
    const before = readFileSync(path, 'utf8');
    expect(await renew(context, optIn)).toMatchObject({ code: 0 });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('does not overwrite the session of another user that the original CLI wrote', async () => {
    await login(['--write-creds']);
    const foreign = readFileSync(path, 'utf8').replace('username: cody', 'username: alana');
    writeFileSync(path, foreign);
    const { code, stderr } = await renew();
    expect(code).toBe(0);
    expect(stderr).toContain(
      `was not written to ${path}, which contains the session of another user`,
    );
    expect(readFileSync(path, 'utf8')).toBe(foreign);
  });

  test('replaces a damaged file', async () => {
    await login(['--write-creds']);
    writeFileSync(path, 'api: [');
    expect(await renew()).toMatchObject({ code: 0, stderr: '' });
    expect(await isCurrent()).toBe(true);
  });

  test('succeeds with a warning if the file cannot be written', async () => {
    await login(['--write-creds']);
    rmSync(path);
    mkdirSync(path);
    const { code, stderr } = await renew();
    expect(code).toBe(0);
    expect(stderr).toContain('the plain-text copy of the session was not written');
  });

  test('leaves tokens in plain text in no other file', async () => {
    const { env, home } = cody;
    await login(['--write-creds']);
    expect((await renew()).code).toBe(0);
    const { accessToken, refreshToken = '' } = await cody.readSession(context);
    const root = env['HOME'] ?? '';
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .map((name) => join(root, name))
      .filter((file) => statSync(file).isFile());
    const leaking = files.filter(
      (file) => findLeaks(readFileSync(file, 'latin1'), { accessToken, refreshToken }).length > 0,
    );
    expect(files.some((file) => file.startsWith(home))).toBe(true);
    expect(leaking).toEqual([path]);
  });

  test('by 4 processes at the same time sends one request and leaves one valid file', async () => {
    await login(['--write-creds']);
    await cody.changeSession(context, { expiresAt: past });
    sandbox.clearRequests();
    const results = await Promise.all(
      Array.from({ length: 4 }, () => cody.spawn(['token'], { limitSeconds: 60 })),
    );
    expect(results.map(({ code, stderr }) => [code, stderr])).toEqual(results.map(() => [0, '']));
    expect(sandbox.refreshRequests()).toHaveLength(1);
    expect(await isCurrent()).toBe(true);
  });
});

describe('tpks doctor', () => {
  const diagnose = async (env: Record<string, string> = {}) => {
    const { stdout } = await cody.tpks(['doctor', '--json'], { env });
    const { checks } = JSON.parse(stdout) as {
      readonly checks: readonly { readonly check: string }[];
    };
    return checks.filter(({ check }) => check === 'plainText');
  };

  test('names the context of a copy, even in a folder other than PKS_HOME', async () => {
    const folder = join(cody.env['HOME'] ?? '', 'job');
    await login(['--write-creds'], { PKS_HOME: folder });
    const copy = join(folder, 'creds.yml');
    const message = `${copy} contains tokens of context ${context} in plain text, because of login --write-creds`;
    expect(await diagnose()).toMatchObject([{ status: 'pass', message }]);
    chmodSync(copy, 0o640);
    expect(await diagnose()).toMatchObject([{ status: 'fail', fix: `chmod 600 '${copy}'` }]);
  });

  test('warns about a copy that is no longer written', async () => {
    await login([], optIn);
    expect(await diagnose()).toMatchObject([{ status: 'warn', fix: `rm '${path}'` }]);
    expect(await diagnose(optIn)).toMatchObject([{ status: 'pass' }]);
  });
});

describe('tpks logout', () => {
  test('deletes the copy and turns --write-creds off', async () => {
    await login(['--write-creds']);
    const { code, stdout } = await cody.tpks(['logout']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Deleted the plain-text copy ${path}`);
    expect(existsSync(path)).toBe(false);
    await login();
    expect(existsSync(path)).toBe(false);
  });

  test('keeps the copy of another context', async () => {
    await login();
    await login(['--write-creds'], {}, 'alana');
    expect((await cody.tpks(['logout', '--context', context])).code).toBe(0);
    expect(readKey('username')).toBe('alana');
  });

  test('reports a copy that could not be deleted', async () => {
    await login(['--write-creds']);
    rmSync(path);
    mkdirSync(path);
    const { code, stderr } = await cody.tpks(['logout']);
    expect(code).toBe(0);
    expect(stderr).toContain(`the plain-text copy ${path} was not deleted: `);
  });

  test('follows a renamed context', async () => {
    await login(['--write-creds']);
    await cody.tpks(['context', 'rename', context, 'box']);
    const { stdout } = await cody.tpks(['context', 'delete', 'box']);
    expect(stdout).toContain('Deleted context box');
    expect(existsSync(path)).toBe(false);
  });
});

describe('a link named pks', () => {
  /** Another home with a copy of the file, as scripts copy it between CI tasks. */
  const copyToNewUser = (change = (text: string) => text) => {
    const task = createUser();
    const copy = credsPath(task);
    mkdirSync(dirname(copy));
    writeFileSync(copy, change(readFileSync(path, 'utf8')), { mode: 0o600 });
    const addresses = { TPKS_API: sandbox.api, TPKS_UAA_URL: sandbox.uaa };
    const pks = (words: readonly string[], env: Record<string, string> = optIn) =>
      task.tpks(words, { env: { ...addresses, ...env }, programName: 'pks' });
    return { task, copy, pks };
  };
  /** Makes the API reject the access token. */
  const withBadToken = (text: string) => text.replace(/^(access_token: .*)\..*$/m, '$1.AAAA');

  beforeEach(() => login(['--write-creds']));

  test('uses the copied session and stores nothing else', async () => {
    const { task, pks } = copyToNewUser();
    expect(await pks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    expect(task.files()).toEqual([]);
    expect((await pks(['status'])).stdout).toContain('creds.yml');
  });

  test('renews a rejected token and writes the new tokens back', async () => {
    const { copy, pks } = copyToNewUser(withBadToken);
    const before = readFileSync(copy, 'utf8');
    sandbox.clearRequests();
    expect(await pks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    expect(sandbox.refreshRequests()).toMatchObject([{ client: 'pks_cli' }]);
    expect(readFileSync(copy, 'utf8')).not.toBe(before);
    sandbox.clearRequests();
    await pks(['clusters']);
    expect(sandbox.refreshRequests()).toEqual([]);
  });

  test('does not read the file without the variable, but mentions it', async () => {
    const { copy, pks } = copyToNewUser();
    const { code, stderr } = await pks(['clusters'], {});
    expect(code).toBe(4);
    expect(stderr).toContain(`to use the session in ${copy}: set TPKS_PKS_CREDS=1, or pks import`);
  });

  test('warns if other users can read the file, and corrects its mode when it renews a token', async () => {
    const { copy, pks } = copyToNewUser();
    chmodSync(copy, 0o644);
    const { code, stderr } = await pks(['clusters']);
    expect(code).toBe(0);
    expect(stderr).toContain(`other users can access the tokens in ${copy}; to fix it: chmod 600`);
    writeFileSync(copy, withBadToken(readFileSync(copy, 'utf8')));
    expect(await pks(['clusters'])).toMatchObject({ code: 0 });
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(await pks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
  });

  test('by 4 processes at the same time sends one request to renew the token', async () => {
    const { task, copy } = copyToNewUser(withBadToken);
    const env = { ...optIn, TPKS_API: sandbox.api, TPKS_UAA_URL: sandbox.uaa };
    const link = task.link('pks');
    sandbox.clearRequests();
    const results = await Promise.all(
      Array.from({ length: 4 }, () => task.spawn(['clusters'], { env, link, limitSeconds: 60 })),
    );
    expect(results.map(({ code, stderr }) => [code, stderr])).toEqual(results.map(() => [0, '']));
    expect(sandbox.refreshRequests()).toHaveLength(1);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
  });

  test('does not send the token to the API of another host', async () => {
    const { pks } = copyToNewUser();
    expect(await pks(['clusters'], { ...optIn, TPKS_API: 'api.example.com' })).toMatchObject({
      code: 4,
    });
  });

  test('names the line of an invalid file', async () => {
    const { copy, pks } = copyToNewUser(() => 'api: h\nusername: 12\n');
    const { code, stderr } = await pks(['clusters']);
    expect([code, stderr.includes(`${copy}, line 2: username`)]).toEqual([2, true]);
  });

  test('deletes the file at logout', async () => {
    const { copy, pks } = copyToNewUser();
    const { code, stderr } = await pks(['logout']);
    expect(code).toBe(0);
    expect(stderr).toContain('the UAA cannot revoke tokens that it does not store');
    expect(existsSync(copy)).toBe(false);
  });

  test('revokes tokens that the UAA stores at logout', async () => {
    const { copy, pks } = copyToNewUser((text) =>
      text.replace(/^access_token: .*$/m, 'access_token: an-opaque-token'),
    );
    sandbox.clearRequests();
    expect((await pks(['logout'])).stderr).toContain('the UAA did not revoke the access token');
    // The refresh token and the access token.
    expect(sandbox.requests()).toEqual([
      'uaa DELETE /oauth/token/revoke/\u2022\u2022\u2022',
      'uaa DELETE /oauth/token/revoke/\u2022\u2022\u2022',
    ]);
    expect(existsSync(copy)).toBe(false);
  });
});

test('if a login cannot write the file, the logout of another context still deletes its copy', async () => {
  await login(['--write-creds'], {}, 'alana');
  const alana = readFileSync(path, 'utf8');
  const link = `${path}.moved`;
  rmSync(path);
  symlinkSync(link, path);
  expect((await login(['--write-creds'])).stderr).toContain(
    `the plain-text copy of the session was not written: Cannot write ${path}: it is a symbolic link; ` +
      'to fix it: delete it, or set PKS_HOME to another folder',
  );
  rmSync(path);
  writeFileSync(path, alana, { mode: 0o600 });
  const { code, stdout } = await cody.tpks(['logout', '--context', 'alana@localhost']);
  expect([code, existsSync(path)]).toEqual([0, false]);
  expect(stdout).toContain(`Deleted the plain-text copy ${path}`);
});

describe('a link named pks with an unusual file', () => {
  let task: TestUser;
  let copy: string;
  let good: string;
  const pks = () =>
    task.tpks(['clusters'], {
      env: { TPKS_PKS_CREDS: '1', TPKS_API: sandbox.api, TPKS_UAA_URL: sandbox.uaa },
      programName: 'pks',
    });

  beforeEach(async () => {
    await login(['--write-creds']);
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
