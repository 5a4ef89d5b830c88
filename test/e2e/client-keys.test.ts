import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findLeaks } from '../support/checks/leaks.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import type { TpksResult } from '../support/program/headless.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const folder = mkdtempSync(join(tmpdir(), 'tpks-keys-'));
const file = (name: string) => join(folder, name);

let sandbox: TestSandbox;
let old: TestSandbox;
let operator: TestUser;
let oldOperator: TestUser;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  old = await startTestSandbox({ uaaBehaviour: '4.30' });
  operator = await createAdmin(sandbox);
  oldOperator = await createAdmin(old);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await sandbox.close();
  await old.close();
});

async function createAdmin({ uaa, caCert }: TestSandbox): Promise<TestUser> {
  const admin = createUser();
  await admin.tpks(['uaa', 'target', uaa, '--ca-cert', caCert]);
  const token = ['token', 'client', 'get', 'admin', '--secret-file', '-', '--store', 'file'];
  expect(await admin.tpks(['uaa', ...token], { stdin: 'adminsecret' })).toMatchObject({ code: 0 });
  return admin;
}

const uaa = (...words: string[]): Promise<TpksResult> => operator.tpks(['uaa', ...words]);

/** Creates a client with a new key that may read clusters. @returns the path of the key */
async function addClient(id: string, ...words: string[]): Promise<string> {
  const key = file(`${id}.jwk`);
  const authorities = ['--authorities', 'pks.clusters.admin.read'];
  const added = await uaa('client', 'add', id, ...authorities, '--generate-key', key, ...words);
  expect(added).toMatchObject({ code: 0 });
  return key;
}

const logIn = (user: TestUser, id: string, key: string, ...words: string[]) => {
  const client = ['--client-name', id, '--client-key-file', key, '--store', 'file'];
  return user.tpks(['login', ...sandbox.loginOptions, ...client, ...words]);
};

const expire = (user: TestUser, context: string) =>
  user.changeSession(context, { expiresAt: '2020-01-01T00:00:00.000Z' });

const readJwk = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;

describe('a client with a key', () => {
  const user = createUser();
  let key: string;
  beforeAll(async () => {
    key = await addClient('ci');
  });

  test('has no secret, and its key is in a file that only its owner can read', async () => {
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(JSON.parse((await uaa('client', 'get', 'ci', '--json')).stdout)).toMatchObject({
      authorized_grant_types: ['client_credentials'],
      authorities: ['pks.clusters.admin.read'],
      scope: ['uaa.none'],
      allowpublic: false,
    });
    for (const secret of ['', 'anything']) {
      const words = ['uaa', 'token', 'client', 'get', 'ci', '--secret-file', '-'];
      const options = { stdin: secret, env: { TPKS_STORE: 'file' } };
      expect(await operator.tpks(words, options)).toMatchObject({ code: 4 });
    }
  });

  test('logs in, and stores the path of the key in the context', async () => {
    const login = await logIn(user, 'ci', key);
    expect(login).toMatchObject({ code: 0 });
    expect(login.stdout).toMatch(new RegExp(`^Renewal: +automatic, with the key in ${key}$`, 'm'));
    expect(await user.tpks(['clusters'])).toMatchObject({ code: 0 });
    expect((await user.tpks(['status'])).stdout).toMatch(new RegExp(`^Client key: +${key}$`, 'm'));
    const [context] = JSON.parse((await user.tpks(['contexts', '--json'])).stdout) as unknown[];
    expect(context).toMatchObject({ clientKeyFile: key, loggedIn: true, loggedInUntil: null });
  });

  test('renews its token with a new assertion', async () => {
    await expire(user, 'ci@localhost');
    sandbox.clearRequests();
    expect(await user.tpks(['clusters'])).toMatchObject({ code: 0 });
    expect(sandbox.requests()).toEqual(['uaa POST /oauth/token', 'api GET /v1/clusters']);
  });

  test('logs in again with the key of its context', async () => {
    expect(await user.tpks(['login', '--context', 'ci@localhost'])).toMatchObject({ code: 0 });
  });

  test('gets a token for `tpks uaa`', async () => {
    const admin = createUser();
    await admin.tpks(['uaa', 'target', sandbox.uaa, '--ca-cert', sandbox.caCert]);
    const words = ['uaa', 'token', 'client', 'get', 'ci', '--key-file', key, '--store', 'file'];
    expect(await admin.tpks(words)).toMatchObject({ code: 0 });
    await expire(admin, 'ci@localhost');
    expect(await admin.tpks(['uaa', 'token', 'refresh'])).toMatchObject({ code: 0 });
  });

  test('is not public, even if it is a copy of a public client', async () => {
    const grants = ['--authorized_grant_types', 'authorization_code'];
    const redirect = ['--redirect_uri', 'http://localhost/callback', '--scope', 'openid'];
    const words = ['client', 'add', 'public', ...grants, ...redirect, '--allowpublic', 'true'];
    expect(await uaa(...words, '-s', 'public-secret')).toMatchObject({ code: 0 });
    await addClient('copy', '--clone', 'public');
    const { stdout } = await uaa('client', 'get', 'copy', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ allowpublic: false });
    const conflict = await uaa(...words, '--generate-key', file('public.jwk'));
    expect(conflict).toMatchObject({ code: 2, stderr: expect.stringContaining('--allowpublic') });
  });

  test('is rejected with the key of another client', async () => {
    const { code, stderr } = await logIn(createUser(), 'ci', await addClient('other'));
    expect(code).toBe(4);
    expect(stderr).toContain('check that the key is registered for the client ci at ');
  });

  test.each([
    ['--client-secret-file', file('ci.jwk')],
    ['--client-secret', 's'],
    ['--save-secret', ''],
  ])('cannot be combined with %s', async (flag, value) => {
    const words = value === '' ? [flag] : [flag, value];
    expect(await logIn(createUser(), 'ci', key, ...words)).toMatchObject({ code: 2 });
  });
});

describe('with the key in the environment', () => {
  const environment = (variables: Record<string, string>) => ({
    env: {
      TPKS_API: sandbox.api,
      TPKS_UAA_URL: sandbox.uaa,
      TPKS_CA_CERT: sandbox.caCert,
      TPKS_CLIENT_NAME: 'env-client',
      ...variables,
    },
  });
  let key: string;
  beforeAll(async () => {
    key = await addClient('env-client', '--key-type', 'rsa');
  });

  test('nothing is stored', async () => {
    const user = createUser();
    for (const variables of [
      { TPKS_CLIENT_KEY_FILE: key },
      { TPKS_CLIENT_KEY: readFileSync(key, 'utf8') },
    ]) {
      expect(await user.tpks(['clusters'], environment(variables))).toMatchObject({ code: 0 });
    }
    expect(existsSync(user.home) ? user.files() : []).toEqual([]);
  });

  test('a login stores the path of its file, and no text of a variable', async () => {
    const user = createUser();
    const words = ['login', ...sandbox.loginOptions, '--store', 'file'];
    const inFile = environment({ TPKS_CLIENT_KEY_FILE: key });
    expect(await user.tpks(words, inFile)).toMatchObject({ code: 0 });
    expect(user.read('config.json').toString()).toContain(key);
    const inText = environment({ TPKS_CLIENT_KEY: readFileSync(key, 'utf8') });
    expect(await user.tpks(words, inText)).toMatchObject({ code: 0 });
    expect(user.read('config.json').toString()).not.toContain(key);
    expect(await user.tpks([...words, '--save-secret'], inText)).toMatchObject({ code: 2 });
  });
});

test('both keys work until the old one is deleted', async () => {
  const [first, second] = [await addClient('rotated'), file('rotated-2.jwk')];
  const user = createUser();
  expect(await logIn(user, 'rotated', first)).toMatchObject({ code: 0 });
  const words = ['client', 'jwt', 'rotate', 'rotated', '--key-file', first];
  const rotated = await uaa(...words, '--generate-key', second);
  expect(rotated).toMatchObject({ code: 0 });
  const [, deletion = ''] = /run: tpks (.+)$/m.exec(rotated.stdout) ?? [];
  expect(deletion).toBe(`uaa client jwt delete rotated --kid ${readJwk(first)['kid'] ?? ''}`);
  for (const key of [first, second]) {
    expect(await logIn(createUser(), 'rotated', key)).toMatchObject({ code: 0 });
  }
  expect(await operator.tpks(deletion.split(' '))).toMatchObject({ code: 0 });
  await expire(user, 'rotated@localhost');
  expect(await user.tpks(['clusters'])).toMatchObject({ code: 4 });
  expect(await logIn(user, 'rotated', second)).toMatchObject({ code: 0 });
});

describe('a generated key', () => {
  test('is added to a client that has a secret', async () => {
    await uaa(
      ...['client', 'add', 'both', '--authorities', 'pks.clusters.admin.read'],
      ...['--authorized_grant_types', 'client_credentials', '-s', 'both-secret'],
    );
    const key = file('both.jwk');
    const { code, stdout } = await uaa(
      ...['client', 'jwt', 'add', 'both', '--generate-key', key, '--json'],
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kid: readJwk(key)['kid'], keyFile: key });
    expect(await logIn(createUser(), 'both', key)).toMatchObject({ code: 0 });
    const withSecret = ['uaa', 'token', 'client', 'get', 'both', '--secret-file', '-'];
    const user = await createAdmin(sandbox);
    const options = { stdin: 'both-secret', env: { TPKS_STORE: 'file' } };
    expect(await user.tpks(withSecret, options)).toMatchObject({ code: 0 });
  });

  test.each([
    ['client add', ['client', 'add', 'new-client']],
    ['client jwt add', ['client', 'jwt', 'add', 'admin']],
  ])('of %s never replaces a file', async (_name, words) => {
    const path = file('precious');
    writeFileSync(path, 'precious');
    expect(await uaa(...words, '--generate-key', path)).toMatchObject({ code: 2 });
    expect(readFileSync(path, 'utf8')).toBe('precious');
    expect(await uaa('client', 'get', 'new-client')).toMatchObject({ code: 1 });
  });

  test('left by an interrupted command: the error says how to continue', async () => {
    const path = file('interrupted.jwk');
    await addClient('interrupted');
    const words = ['client', 'add', 'interrupted', '--generate-key', path];
    const { code, stderr } = await uaa(...words);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `test the key: tpks uaa token client get interrupted --key-file ${path}`,
    );
  });

  test('is never printed', async () => {
    expect(await uaa('client', 'add', 'printed', '--generate-key', '-')).toMatchObject({ code: 2 });
    expect(existsSync('-')).toBe(false);
  });

  test('in a folder that does not exist: the hint is about the file', async () => {
    const path = file('no-such-folder/key.jwk');
    expect(await uaa('client', 'add', 'no-folder', '--generate-key', path)).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('Hint: choose another file'),
    });
  });

  test.each([
    ['a client that exists', ['client', 'add', 'admin']],
    ['a client that does not exist', ['client', 'jwt', 'add', 'missing']],
  ])('is deleted if the UAA rejects %s', async (_name, words) => {
    const path = file('rejected.jwk');
    expect(await uaa(...words, '--generate-key', path)).toMatchObject({ code: 1 });
    expect(existsSync(path)).toBe(false);
  });

  test('is deleted with the client if the UAA rejects an attribute', async () => {
    const path = file('invalid.jwk');
    const grants = ['--authorized_grant_types', 'no-such-grant'];
    const words = ['client', 'add', 'invalid', ...grants, '--generate-key', path];
    expect(await uaa(...words)).toMatchObject({ code: 1 });
    expect(existsSync(path)).toBe(false);
    expect(await uaa('client', 'get', 'invalid')).toMatchObject({ code: 1 });
  });

  test('is not created if the client exists', async () => {
    await addClient('existing');
    const path = file('not-needed.jwk');
    const words = ['client', 'add', 'existing', '--generate-key', path, '--if-missing'];
    expect(await uaa(...words)).toMatchObject({ code: 0 });
    expect(existsSync(path)).toBe(false);
  });
});

describe('UAA 4.30', () => {
  const needsRelease = { code: 1, stderr: expect.stringContaining('76.23') };

  test.each([
    ['client add', ['client', 'add', 'ci']],
    ['client jwt add', ['client', 'jwt', 'add', 'admin']],
  ])('is reported by %s, which leaves nothing behind', async (_name, words) => {
    const path = file('old.jwk');
    expect(await oldOperator.tpks(['uaa', ...words, '--generate-key', path])).toMatchObject(
      needsRelease,
    );
    expect(existsSync(path)).toBe(false);
    expect(await oldOperator.tpks(['uaa', 'client', 'get', 'ci'])).toMatchObject({ code: 1 });
  });

  test('is reported by a login, which sends no assertion', async () => {
    const key = await addClient('for-old');
    old.clearRequests();
    const words = ['--client-name', 'for-old', '--client-key-file', key, '--store', 'file'];
    expect(await createUser().tpks(['login', ...old.loginOptions, ...words])).toMatchObject(
      needsRelease,
    );
    expect(old.requests()).toEqual(['uaa GET /.well-known/openid-configuration']);
  });
});

test('no part of a private key or an assertion is printed or stored by tpks', async () => {
  const key = file('secret.jwk');
  const runs: string[] = [];
  const user = await createAdmin(sandbox);
  const run = async (...words: string[]) => {
    const { stdout, stderr } = await user.tpks([...words, '--trace'], {
      env: { TPKS_STORE: 'file' },
    });
    runs.push(stdout, stderr);
  };
  const authorities = ['--authorities', 'pks.clusters.admin.read'];
  await run('uaa', 'client', 'add', 'leaky', ...authorities, '--generate-key', key);
  const rotation = ['--key-file', key, '--generate-key', file('secret-2.jwk')];
  await run('uaa', 'client', 'jwt', 'rotate', 'leaky', ...rotation);
  const client = ['--client-name', 'leaky', '--client-key-file', key];
  await run('login', ...sandbox.loginOptions, ...client);
  await run('clusters');
  await run('login', ...sandbox.loginOptions, '--client-name', 'both', '--client-key-file', key);
  writeFileSync(key, readFileSync(key, 'utf8').replace('"kty":"EC"', '"kty":"EC2"'));
  await run('login', ...sandbox.loginOptions, ...client);
  const files = user.files().filter((name) => !/\.(session|key)$/.test(name));
  const all = [...runs, ...files.map((name) => user.read(name).toString('latin1'))].join('\n');
  expect(runs.join('\n').match(/client_assertion=•••/g)).toHaveLength(2);
  const secrets = {
    'first key': readJwk(key)['d'] ?? '',
    'second key': readJwk(file('secret-2.jwk'))['d'] ?? '',
  };
  expect(findLeaks(all, secrets)).toEqual([]);
  // Header and claims of a JWT.
  expect(all).not.toMatch(/eyJ[\w-]{5,}\.eyJ/);
});
