import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readIdentities } from '../support/fixtures/selections.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

/** The keychain is not available in these tests: only a login that keeps the file store succeeds. */
let sandbox: TestSandbox;
let user: TestUser;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  user = createUser();
  await sandbox.login(user, 'alana', ['--name', 'alana']);
});

const login = (words: readonly string[], name = 'alana') =>
  user.tpks(['login', ...words], { stdin: `${name}-password\n` });

interface Config {
  readonly contexts: Readonly<Record<string, { readonly store: string; readonly caCert: string }>>;
}
const configPath = () => join(user.home, 'config.json');
const config = () => JSON.parse(readFileSync(configPath(), 'utf8')) as Config;

/** Expects that alana's context is still the only one, has the same store and CA, and works. */
async function expectRenewed(): Promise<void> {
  const { contexts } = config();
  expect(readIdentities(user.home)).toEqual({ pks: 'alana' });
  expect(Object.keys(contexts)).toEqual(['alana']);
  expect(contexts['alana']).toMatchObject({ store: 'file', caCert: sandbox.caPem });
  expect(await user.tpks(['clusters'])).toMatchObject({ code: 0 });
}

describe('a context with a custom name is renewed', () => {
  test('by the command in the hint', async () => {
    await user.tpks(['logout']);
    if (Object.keys(config().contexts).length === 0) throw new Error('the context was deleted');
    const { code, stderr } = await user.tpks(['clusters']);
    expect(code).toBe(4);
    const words = /\nHint: tpks login (.*)\n/.exec(stderr)?.[1]?.split(' ') ?? [];
    expect(words).toEqual(
      expect.arrayContaining(['-u', 'alana', '--name', 'alana', '--store', 'file']),
    );
    expect(await login([...words, '--password-stdin'])).toMatchObject({ code: 0 });
    await expectRenewed();
  });

  test.each([
    ['login --context', ['--context', 'alana'], {}],
    ['login with TPKS_CONTEXT', [], { TPKS_CONTEXT: 'alana' }],
    ['login as the same user', ['-u', 'alana'], {}],
  ])('by %s', async (_name, words, env) => {
    const stdin = 'alana-password\n';
    const all = ['login', ...words, '--password-stdin'];
    expect(await user.tpks(all, { env, stdin })).toMatchObject({ code: 0 });
    await expectRenewed();
  });

  test('only by the identity it belongs to', async () => {
    const before = readFileSync(configPath());
    const words = ['--context', 'alana', '-u', 'cody', '--password-stdin'];
    expect(await login(words, 'cody')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'Context alana belongs to alana, but cody has logged in: nothing was stored',
      ),
    });
    expect(readFileSync(configPath())).toEqual(before);
    await expectRenewed();
  });
});

test('login --context rejects a context that a uaa command created, and names that command', async () => {
  const env = { TPKS_CLIENT_SECRET: '' };
  const words = ['uaa', 'token', 'owner', 'get', 'pks_cluster_client', 'alana'];
  const name = ['--name', 'kube', '--store', 'file', '--password-stdin'];
  const stdin = 'alana-password\n';
  const secretFile = join(user.home, 'secret');
  writeFileSync(secretFile, '');
  const created = await user.tpks([...words, ...name, '--secret-file', secretFile], { env, stdin });
  expect(created).toMatchObject({ code: 0 });
  expect(await login(['--context', 'kube'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      'tpks uaa token owner get pks_cluster_client alana --name kube --store file',
    ),
  });
});

test('login rejects --context together with a different --name', async () => {
  expect(await login(['--context', 'alana', '--name', 'other'])).toMatchObject({ code: 2 });
});
