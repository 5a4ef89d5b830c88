import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readIdentities } from '../support/fixtures/selections.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import type { TpksResult } from '../support/program/headless.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let sandbox: TestSandbox;
let user: TestUser;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => {
  user = createUser();
});

/** `tpks login` at the sandbox with the file store. */
function login(
  words: readonly string[],
  { env = {}, stdin = '' }: { env?: Record<string, string>; stdin?: string } = {},
): Promise<TpksResult> {
  const all = ['login', ...sandbox.loginOptions, ...words];
  return user.tpks(all, { env: { TPKS_STORE: 'file', ...env }, stdin });
}

const warnings = ({ stderr }: TpksResult) => stderr.match(/^Warning: .*$/gm) ?? [];
const config = () => JSON.parse(user.read('config.json').toString()) as Record<string, unknown>;

describe('a password', () => {
  test('on the command line is accepted with one warning', async () => {
    const result = await login(['-u', 'cody', '-p', 'cody-password']);
    expect(result.code).toBe(0);
    expect(warnings(result)).toEqual([
      'Warning: the value of --password is visible to other users of this machine; use --password-stdin instead',
    ]);
  });

  test.each<[string, string[], Record<string, string>, string]>([
    ['from stdin', ['-u', 'cody', '--password-stdin'], {}, 'cody-password\n'],
    ['from the environment', ['-u', 'cody'], { TPKS_PASSWORD: 'cody-password' }, ''],
    [
      'from the environment with its username',
      [],
      { TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'cody-password' },
      '',
    ],
    [
      'from stdin if TPKS_PASSWORD_FILE is -',
      ['-u', 'cody'],
      { TPKS_PASSWORD_FILE: '-' },
      'cody-password\n',
    ],
  ])('is read %s', async (_name, words, env, stdin) => {
    const result = await login(words, { env, stdin });
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('\nUser: cody\n') });
    expect(warnings(result)).toEqual([]);
  });

  test('for another user is not sent', async () => {
    sandbox.clearRequests();
    const env = { TPKS_USERNAME: 'alana', TPKS_PASSWORD: 'alana-password' };
    expect(await login(['-u', 'cody'], { env })).toMatchObject({
      code: 2,
      stderr: '\nError: Missing password\nHint: use --password-stdin\n',
    });
    expect(sandbox.requests()).toEqual([]);
  });

  test('for another installation is not sent', async () => {
    sandbox.clearRequests();
    const env = {
      TPKS_API: 'other.example.com',
      TPKS_USERNAME: 'cody',
      TPKS_PASSWORD: 'cody-password',
    };
    expect(await login([], { env })).toMatchObject({
      code: 2,
      stderr:
        '\nError: Missing password\n' +
        'Hint: use --password-stdin; TPKS_PASSWORD is meant for other.example.com\n',
    });
    expect(sandbox.requests()).toEqual([]);
  });

  test('that is wrong is rejected with the message of the original, and nothing is stored', async () => {
    const result = await login(['-u', 'naomi', '--password-stdin'], { stdin: 'wrong\n' });
    expect(result).toMatchObject({
      code: 4,
      stdout: '',
      stderr: expect.stringMatching(
        /^\nError: Credentials were rejected, please try again\.\nHint: check the username \w+ and its password at /,
      ),
    });
    expect(user.files().filter((file) => !file.endsWith('.lock'))).toEqual([]);
  });

  test('is not reported as wrong if the account is locked', async () => {
    const guess = (password: string) =>
      login(['-u', 'dana', '--password-stdin'], { stdin: `${password}\n` });
    for (let failure = 0; failure < 5; failure++) await guess('wrong');
    const { code, stderr } = await guess('dana-password');
    expect(code).toBe(4);
    expect(stderr).toContain('(Your account has been locked');
    expect(stderr).toContain('can unlock it immediately: tpks uaa user unlock dana');
    expect(stderr).not.toContain('check the username');
  });
});

describe('a client', () => {
  const admin = ['--client-name', 'admin'];

  test.each<[string, string[], Record<string, string>, string, number]>([
    [
      'with a secret on the command line and a warning',
      ['--client-secret', 'adminsecret'],
      {},
      '',
      1,
    ],
    ['with --client-secret - and no warning', ['--client-secret', '-'], {}, 'adminsecret\n', 0],
    ['with --client-secret-file -', ['--client-secret-file', '-'], {}, 'adminsecret\n', 0],
    ['with a secret from the environment', [], { TPKS_CLIENT_SECRET: 'adminsecret' }, '', 0],
  ])('logs in %s', async (_name, words, env, stdin, count) => {
    const result = await login([...admin, ...words], { env, stdin });
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('\nUser: admin\n') });
    expect(warnings(result)).toHaveLength(count);
    expect(result.stdout).toContain('none: log in again when the token has expired');
  });

  test('stores its secret only with --save-secret, and then renews its token', async () => {
    const name = 'admin@localhost';
    const stdin = 'adminsecret';
    await login([...admin, '--client-secret', '-'], { stdin });
    expect((await user.readSession(name)).clientSecret).toBeUndefined();
    await user.changeSession(name, { expiresAt: '2020-01-01T00:00:00.000Z' });
    expect(await user.tpks(['clusters'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(
        'the token of client admin has expired, and its secret is not available',
      ),
    });

    const { stdout } = await login([...admin, '--client-secret', '-', '--save-secret'], { stdin });
    expect(stdout).toMatch(/^Renewal: +automatic, with the stored client secret$/m);
    expect((await user.readSession(name)).clientSecret).toBe('adminsecret');
    await user.changeSession(name, { expiresAt: '2020-01-01T00:00:00.000Z' });
    sandbox.clearRequests();
    expect(await user.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    expect(sandbox.requests()).toEqual(['uaa POST /oauth/token', 'api GET /v1/clusters']);
    expect((await user.readSession(name)).clientSecret).toBe('adminsecret');
  });

  test('with a wrong secret is rejected', async () => {
    const result = await login([...admin, '--client-secret', '-'], { stdin: 'wrong' });
    expect(result.code).toBe(4);
    expect(result.stderr).toContain('Hint: check the client admin and its secret at ');
  });

  test('can have its name from the environment', async () => {
    const env = { TPKS_CLIENT_NAME: 'admin', TPKS_CLIENT_SECRET: 'adminsecret' };
    expect(await login(['--save-secret'], { env })).toMatchObject({ code: 0 });
  });
});

describe('single sign-on', () => {
  test('reads the code from a pipe', async () => {
    const stdin = `${await sandbox.passcode('naomi')}\n`;
    sandbox.clearRequests();
    const result = await login(['--sso'], { stdin });
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('\nUser: naomi\n') });
    expect(sandbox.requests()).toEqual(['uaa POST /oauth/token', 'api HEAD /actuator/info']);
    expect(config()).toMatchObject({
      contexts: { 'naomi@localhost': { identity: 'naomi', grant: 'passcode' } },
    });
  });

  test('reports a used code and where to get a new one', async () => {
    const code = await sandbox.passcode('cody');
    await login(['--sso-passcode', code]);
    expect(await login(['--sso-passcode', code])).toMatchObject({
      code: 4,
      stderr:
        '\nError: Credentials were rejected, please try again. (Invalid passcode)\n' +
        `Hint: check the passcode, which works only once and expires after five minutes (${sandbox.uaa}/passcode)\n`,
    });
  });

  test('reports where to get a missing code', async () => {
    expect(await login(['--sso'])).toMatchObject({
      code: 2,
      stderr:
        '\nError: Missing one-time code: use --sso-passcode or pipe it in\n' +
        `Hint: get a code at ${sandbox.uaa}/passcode\n`,
    });
  });
});

describe('without a terminal, login reports', () => {
  test.each<[string, string[], string, string]>([
    ['the address', ['login', '-u', 'cody'], 'Missing API address', 'TPKS_API'],
    [
      'the user',
      ['login', '-a', 'api.example.com'],
      'Missing username',
      '--username or TPKS_USERNAME',
    ],
    [
      'the password',
      ['login', '-a', 'api.example.com', '-u', 'cody'],
      'Missing password',
      '--password-stdin, TPKS_PASSWORD or TPKS_PASSWORD_FILE',
    ],
    [
      'the secret',
      ['login', '-a', 'api.example.com', '--client-name', 'ci'],
      'Missing client secret',
      '--client-secret-file, TPKS_CLIENT_SECRET or TPKS_CLIENT_SECRET_FILE',
    ],
    [
      'the client',
      ['login', '-a', 'api.example.com', '--client-secret', '-'],
      'Missing client name: use --client-name or TPKS_CLIENT_NAME',
      'a client secret or key was given',
    ],
  ])('that %s is missing', async (_name, words, message, hint) => {
    const { code, stdout, stderr } = await user.tpks([...words], {
      env: { TPKS_STORE: 'file' },
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`\nError: ${message}\nHint: `);
    expect(stderr).toContain(hint);
  });
});

describe('login sends nothing and rejects', () => {
  test.each<[string, string[], Record<string, string>, string]>([
    ['user and client', ['-u', 'cody', '--client-name', 'ci'], {}, '--username and --client-name'],
    ['user and single sign-on', ['-u', 'cody', '--sso'], {}, '--username and --sso'],
    [
      'client and single sign-on',
      ['--client-name', 'ci', '--sso-passcode', 'x'],
      {},
      '--client-name and --sso',
    ],
    [
      'user and client in the environment',
      [],
      { TPKS_USERNAME: 'cody', TPKS_CLIENT_NAME: 'ci', TPKS_PASSWORD: 'x' },
      'TPKS_USERNAME and TPKS_CLIENT_NAME',
    ],
    [
      '--save-secret for a user',
      ['-u', 'cody', '-p', 'x', '--save-secret'],
      {},
      '--save-secret works only for clients',
    ],
    [
      'two sources of the password',
      ['-u', 'cody', '-p', 'x', '--password-stdin'],
      {},
      '--password',
    ],
    [
      'two sources of the client secret',
      ['--client-name', 'ci', '--client-secret', 'x', '--client-secret-file', 'y'],
      {},
      '--client-secret',
    ],
    [
      'a store that stores nothing',
      ['-u', 'cody', '-p', 'x'],
      { TPKS_STORE: 'none' },
      'would not store the session',
    ],
    ['an unknown store', ['-u', 'cody', '-p', 'x'], { TPKS_STORE: 'disk' }, 'Unknown store: disk'],
    [
      'an empty context name',
      ['-u', 'cody', '-p', 'x', '--name', ''],
      {},
      'cannot be the name of a context',
    ],
    [
      'a CA file that does not exist',
      ['-u', 'cody', '-p', 'x', '--ca-cert', '/absent.pem'],
      {},
      'file does not exist',
    ],
  ])('%s', async (_name, words, env, message) => {
    sandbox.clearRequests();
    const { code, stdout, stderr } = await login(words, { env });
    expect({ code, stdout, asked: sandbox.requests() }).toEqual({ code: 2, stdout: '', asked: [] });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/\nHint: /);
  });
});

describe('TLS verification', () => {
  const target = () => ['login', '-a', sandbox.api, '--uaa-url', sandbox.uaa, '-u', 'cody'];
  const run = (words: string[], env: Record<string, string> = {}) =>
    user.tpks([...target(), '--password-stdin', ...words], {
      env: { TPKS_STORE: 'file', ...env },
      stdin: 'cody-password',
    });

  test('rejects an unknown authority, shows the fingerprint and sends nothing', async () => {
    sandbox.clearRequests();
    const { code, stderr } = await run([]);
    expect(code).toBe(6);
    expect(stderr).toMatch(/Error: The certificate of localhost:\d+ is signed by an unknown/);
    expect(stderr).toMatch(/\n {7}SHA-256: +([\dA-F]{2}:){31}[\dA-F]{2}\n/);
    expect(stderr).toContain(
      `\n      tpks login -a ${sandbox.api} --uaa-url ${sandbox.uaa} -u cody --password-stdin --ca-cert FILE\n`,
    );
    expect(sandbox.requests()).toEqual([]);
  });

  test.each(['-k', '--skip-ssl-validation'])(
    'is disabled by %s, with a warning for each server that is called',
    async (flag) => {
      const warningOf = (url: string) => `Warning: The TLS certificate of ${url} is not verified`;
      const result = await run([flag]);
      expect(result.code).toBe(0);
      expect(warnings(result)).toEqual([warningOf(sandbox.uaa), warningOf(sandbox.api)]);
      const clusters = await user.tpks(['clusters']);
      expect(clusters.code).toBe(0);
      expect(warnings(clusters)).toEqual([warningOf(sandbox.api)]);
      const info = await user.tpks(['uaa', 'info']);
      expect(info.code).toBe(0);
      expect(warnings(info)).toEqual([warningOf(sandbox.uaa)]);
      const status = await user.tpks(['status', '--offline']);
      expect(warnings(status)).toEqual([]);
      expect(status.stdout).toContain('NOT verified (--skip-ssl-validation)');
    },
  );

  test('is disabled by the deprecated option, with a note', async () => {
    const { code, stderr } = await run(['--skip-ssl-verification']);
    expect(code).toBe(0);
    expect(stderr).toContain(
      'Flag --skip-ssl-verification has been deprecated, use --skip-ssl-validation\n',
    );
  });

  test.each<[string, () => Record<string, string>]>([
    ['the CA in SSL_CERT_FILE', () => ({ SSL_CERT_FILE: sandbox.caCert })],
    ['the CA in NODE_EXTRA_CA_CERTS', () => ({ NODE_EXTRA_CA_CERTS: sandbox.caCert })],
    ['a path in TPKS_CA_CERT', () => ({ TPKS_CA_CERT: sandbox.caCert })],
    ['PEM text in TPKS_CA_CERT', () => ({ TPKS_CA_CERT: sandbox.caPem })],
  ])('uses %s', async (_name, env) => {
    expect(await run([], env())).toMatchObject({ code: 0 });
  });
});

describe('contexts', () => {
  test('are created by each login, or reused for the same identity', async () => {
    await sandbox.login(user, 'cody');
    await sandbox.login(user, 'alana');
    await sandbox.login(user, 'cody', ['--name', 'work']);
    await sandbox.login(user, 'cody');
    expect(readIdentities(user.home)).toEqual({ pks: 'cody@localhost' });
    expect(config()).toMatchObject({
      contexts: { 'cody@localhost': {}, 'alana@localhost': {}, work: {} },
    });
    expect(user.files().filter((file) => file.endsWith('.session'))).toHaveLength(3);
  });

  test('of simultaneous logins are all stored', async () => {
    const names = Array.from({ length: 4 }, (_, index) => `c${String(index)}`);
    const words = [
      ...['login', ...sandbox.loginOptions, '-u', 'cody', '--password-stdin', '--store', 'file'],
    ];
    const logins = names.map((name) =>
      user.spawn([...words, '--name', name], { stdin: 'cody-password' }),
    );
    for (const { code, stderr } of await Promise.all(logins))
      expect({ code, stderr }).toMatchObject({ code: 0 });
    const { contexts } = config() as { contexts: object };
    expect(Object.keys(contexts).sort()).toEqual(names);
    expect(user.files().filter((file) => file.endsWith('.session'))).toHaveLength(names.length);
    expect(user.files().filter((file) => /\.(lock|tmp)$/.test(file))).toEqual([]);
    for (const name of [names[0] ?? '', names.at(-1) ?? '']) {
      expect(await user.tpks(['clusters', '--context', name])).toMatchObject({ code: 0 });
    }
  });

  test('contain no secret', async () => {
    await login(['--client-name', 'admin', '--client-secret', '-', '--save-secret'], {
      stdin: 'adminsecret',
    });
    expect(readFileSync(join(user.home, 'config.json'), 'utf8')).not.toMatch(/adminsecret|eyJ/);
  });

  test('are printed by login --json, with times in ISO 8601', async () => {
    const { stdout, stderr } = await sandbox.login(user, 'cody', ['--json']);
    expect(stderr).toMatch(/^Warning: the session is stored in a file, not the keychain: .*\n$/);
    const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
    expect(JSON.parse(stdout)).toEqual({
      context: 'cody@localhost',
      identity: 'cody',
      grant: 'password',
      plainTextCopy: null,
      api: sandbox.api,
      uaa: sandbox.uaa,
      store: 'file',
      scopes: expect.arrayContaining(['openid', 'pks.clusters.manage']),
      accessTokenExpiresAt: expect.stringMatching(iso),
      refreshTokenExpiresAt: null,
    });
  });
});
