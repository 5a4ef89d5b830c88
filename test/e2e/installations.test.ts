import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/program/cli.js';
import type { HeadlessOptions } from '../support/program/headless.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let a: TestSandbox;
let b: TestSandbox;
let user: TestUser;

beforeAll(async () => {
  [a, b] = await Promise.all([startTestSandbox(), startTestSandbox()]);
});
afterAll(() => Promise.all([a.close(), b.close()]));
beforeEach(() => {
  user = createUser();
});

const run = (words: string, options: HeadlessOptions = {}) => user.tpks(words.split(' '), options);

async function succeed(words: string, options: HeadlessOptions = {}) {
  const result = await run(words, options);
  expect({ words, ...result }).toMatchObject({ code: 0 });
  return result;
}

async function clear(work: Promise<unknown>): Promise<void> {
  await work;
  a.clearRequests();
  b.clearRequests();
}

const secret = { TPKS_CLIENT_SECRET: 'adminsecret', TPKS_STORE: 'file' };

/** Stores the token of the client `admin`, without logging in to the PKS API. */
const getAdminToken = async ({ uaa, caCert }: TestSandbox) => {
  await succeed(`uaa target ${uaa} --ca-cert ${caCert}`);
  await succeed('uaa token client get admin', { env: secret });
};

const nameOf = ({ api }: TestSandbox) => new URL(api).host;
const requests = () => ({ a: a.requests(), b: b.requests() });

describe('the current installation', () => {
  test('is selected for all commands by `context use`, which prints a note', async () => {
    await getAdminToken(a);
    await b.login(user, 'alana');
    await clear(succeed('uaa target 0'));
    const { stderr } = await succeed('context use alana@localhost');
    expect(stderr).toBe(`Now using ${nameOf(b)} (before: ${new URL(a.uaa).host})\n`);
    expect(await run('uaa member add pks.clusters.admin.read dana')).toMatchObject({
      code: 4,
      stderr:
        `\nError: There is no usable token for ${b.uaa}: the token of alana@localhost has no uaa.admin, ` +
        'scim or clients scope\nHint: tpks uaa token client get admin\n',
    });
    expect(requests()).toEqual({ a: [], b: [] });
  });

  test('is selected by each command that selects an identity', async () => {
    await a.login(user, 'cody');
    const [fromA, fromB] = [`(before: ${nameOf(a)})`, `(before: ${nameOf(b)})`];
    expect((await b.login(user, 'alana')).stderr).toBe(`Now using ${nameOf(b)} ${fromA}\n`);
    expect((await succeed(`uaa target ${a.uaa}`)).stderr).toBe(`Now using ${nameOf(a)} ${fromB}\n`);
    await succeed('uaa token client get admin', { env: secret });
    expect((await succeed('context use -')).stderr).toBe(`Now using ${nameOf(b)} ${fromA}\n`);
    expect((await succeed('uaa context admin')).stderr).toBe(`Now using ${nameOf(a)} ${fromB}\n`);
    await clear(succeed('clusters'));
    await succeed('uaa users');
    await succeed('clusters');
    expect(requests()).toEqual({ a: ['uaa GET /Users', 'api GET /v1/clusters'], b: [] });
  });

  test('never changes because of --context, TPKS_CONTEXT or TPKS_API', async () => {
    await getAdminToken(a);
    await a.login(user, 'cody');
    await b.login(user, 'alana');
    const settings = () => readFileSync(join(user.home, 'config.json'), 'utf8');
    const before = settings();
    await clear(succeed('--context admin uaa users'));
    await succeed('uaa users', { env: { TPKS_CONTEXT: 'admin@localhost' } });
    await succeed('clusters', { env: { TPKS_API: a.api } });
    await succeed('uaa users', { env: { TPKS_API: a.api } });
    expect(requests()).toEqual({
      a: ['uaa GET /Users', 'api GET /v1/clusters', 'uaa GET /Users'],
      b: [],
    });
    expect(settings()).toBe(before);
  });

  test('with TPKS_API and credentials, both roles use these', async () => {
    await a.login(user, 'cody');
    const env = { TPKS_API: b.api, TPKS_UAA_URL: b.uaa, TPKS_CA_CERT: b.caCert };
    const client = { ...env, TPKS_CLIENT_NAME: 'admin', TPKS_CLIENT_SECRET: 'adminsecret' };
    await clear(Promise.resolve());
    await succeed('clusters', { env: client });
    const { stderr } = await succeed('uaa member add pks.clusters.admin.read naomi', {
      env: client,
    });
    expect(stderr).toBe(`UAA ${b.uaa}, client admin\n`);
    expect(a.requests()).toEqual([]);
    expect(await run('clusters', { env })).toMatchObject({ code: 4 });
  });

  test('is shown with both identities by status, context and contexts', async () => {
    await getAdminToken(a);
    await a.login(user, 'cody');
    const identities = { pks: 'cody@localhost', uaa: 'admin@localhost' };
    for (const words of ['status --offline', 'context']) {
      const { stdout } = await succeed(`${words} --json`);
      expect(JSON.parse(stdout)).toMatchObject({ identities });
    }
    expect((await succeed('contexts')).stdout).toMatch(
      /^u +admin@localhost[^]*^\* +cody@localhost/m,
    );
  });
});

describe('using the identity of the other role', () => {
  test('`uaa me` accepts a user without administrator scopes, and other uaa commands require one', async () => {
    await a.login(user, 'cody');
    expect((await succeed('uaa me')).stdout).toContain('user_name: cody');
    expect(await run('uaa groups')).toMatchObject({ code: 4 });
    const login = ['login', ...a.loginOptions, '--client-name', 'admin'];
    expect(await user.tpks(login, { env: secret })).toMatchObject({ code: 0 });
    await succeed('uaa groups');
  });

  test('PKS commands check the API of a uaa token once and store it', async () => {
    await clear(getAdminToken(a));
    const env = { TPKS_API: a.api, TPKS_UAA_URL: a.uaa };
    await succeed('clusters', { env });
    await succeed('clusters');
    expect(a.requests()).toEqual([
      'api HEAD /actuator/info',
      'api GET /v1/clusters',
      'api GET /v1/clusters',
    ]);
    const { stdout } = await succeed('contexts --json');
    expect(JSON.parse(stdout)).toMatchObject([{ api: a.api, current: true, currentUaa: true }]);
  });

  test('the token is not sent to an API that belongs to another UAA', async () => {
    await clear(getAdminToken(a));
    expect(await run('clusters', { env: { TPKS_API: b.api } })).toMatchObject({ code: 4 });
    const crossed = { TPKS_API: b.api, TPKS_UAA_URL: b.uaa };
    expect(await run('clusters', { env: crossed })).toMatchObject({ code: 4 });
    expect(requests()).toEqual({ a: [], b: [] });
  });

  test('PKS commands reject a uaa token without a scope for the PKS API', async () => {
    await getAdminToken(a);
    const add = 'uaa client add reader --authorized_grant_types client_credentials --authorities';
    const env = { TPKS_NEW_SECRET: 'reader-secret' };
    await succeed(`${add} scim.read`, { env });
    await succeed('uaa token client get reader', {
      env: { ...secret, TPKS_CLIENT_SECRET: 'reader-secret' },
    });
    await clear(Promise.resolve());
    expect(await run('clusters')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('the token of reader@localhost has no pks.clusters scope'),
    });
    expect((await succeed('token')).stdout).toMatch(/^ey/);
    expect((await succeed('status')).stdout).toContain('not checked (no scope for the PKS API)');
    expect(requests()).toEqual({ a: [], b: [] });
  });

  test('a context without an API is reported as logged out, not as lacking a scope', async () => {
    await a.login(user, 'cody');
    await getAdminToken(a);
    await succeed('logout --context admin@localhost');
    await succeed('context delete cody@localhost');
    expect(await run('status')).toMatchObject({ code: 4 });
    const loginCommand = 'tpks uaa token client get admin';
    expect(await run('clusters')).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(`admin@localhost is logged out\nHint: .*${loginCommand}`),
    });
    expect(await run('clusters --context admin@localhost')).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(`Please log in to continue\nHint: .*${loginCommand}`),
    });
  });
});

describe('a link', () => {
  test('keeps its own installation and identity, and prints no notes', async () => {
    const uaac = { programName: 'uaac' };
    await succeed(`target ${a.uaa} --ca-cert ${a.caCert}`, uaac);
    await succeed('token client get admin -s adminsecret', { ...uaac, env: secret });
    await b.login(user, 'alana');
    await clear(Promise.resolve());
    expect(await run('users', uaac)).toMatchObject({ code: 0 });
    expect(await run('member add pks.clusters.admin.read dana', uaac)).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(b.requests()).toEqual([]);
    await a.login(user, 'cody');
    const login = ['login', ...b.loginOptions, '-u', 'alana', '-p', 'alana-password'];
    const linked = await user.tpks(login, { programName: 'pks', env: { TPKS_STORE: 'file' } });
    expect(linked.stderr).not.toContain('Now using');
    await clear(Promise.resolve());
    expect(await run('clusters', { programName: 'pks' })).toMatchObject({ code: 0 });
    expect(await run('clusters')).toMatchObject({ code: 0 });
    expect(requests()).toEqual({ a: ['api GET /v1/clusters'], b: ['api GET /v1/clusters'] });
  });
});

test('settings with two pointers are migrated, and the first affected command says so once', async () => {
  await getAdminToken(b);
  await a.login(user, 'alana');
  const path = join(user.home, 'config.json');
  const { contexts, targets } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  const pointers = { current: 'alana@localhost', currentUaa: 'admin@localhost', uaaTarget: b.uaa };
  writeFileSync(path, JSON.stringify({ version: 1, ...pointers, contexts, targets }));
  await clear(succeed('clusters'));
  const note = `tpks uaa now uses ${nameOf(a)}, the current installation (before: ${new URL(b.uaa).host}); to use ${new URL(b.uaa).host} for all commands: tpks uaa target ${b.uaa}\n`;
  expect(await run('uaa me')).toMatchObject({ code: 0, stderr: note });
  expect(await run('uaa me')).toMatchObject({ code: 0, stderr: '' });
  expect(b.requests()).toEqual([]);
  // The link keeps the target that it used, and the other identity is remembered.
  expect(await run('users', { programName: 'uaac' })).toMatchObject({ code: 0 });
  await succeed(`uaa target ${b.uaa}`);
  await succeed('uaa users');
  expect(a.requests()).toEqual(['uaa GET /userinfo', 'uaa GET /userinfo']);
});

describe('with a session at B', () => {
  /** Makes tpks trust the servers of both installations. */
  let trust: { readonly TPKS_CA_CERT: string; readonly TPKS_STORE: string };
  beforeEach(async () => {
    trust = { TPKS_CA_CERT: `${a.caPem}\n${b.caPem}`, TPKS_STORE: 'file' };
    await clear(b.login(user, 'cody'));
  });

  test('login sends nothing if TPKS_UAA_URL belongs to A and the current context to B', async () => {
    const result = await user.tpks(['login', '-u', 'cody', '--password-stdin'], {
      env: { ...trust, TPKS_UAA_URL: a.uaa },
      stdin: 'cody-password\n',
    });
    expect(result).toMatchObject({
      code: 2,
      stdout: '',
      stderr:
        `\nError: TPKS_UAA_URL (${a.uaa}) and the API of context cody@localhost (${b.api}) ` +
        'do not belong to the same installation\n' +
        'Hint: unset TPKS_UAA_URL, or specify both addresses: tpks login -a API --uaa-url URL\n',
    });
    expect(requests()).toEqual({ a: [], b: [] });
  });

  test('the refresh token of B is not sent to the UAA in TPKS_UAA_URL', async () => {
    const result = await user.tpks(['uaa', 'token', 'refresh', '--scope', 'openid'], {
      env: { ...trust, TPKS_UAA_URL: a.uaa },
    });
    expect(result).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(`There is no token for ${a.uaa}`),
    });
    expect(requests()).toEqual({ a: [], b: [] });
  });

  test('after `uaa target` at A, no command uses B', async () => {
    const uaa = (...words: string[]) => user.tpks(['uaa', ...words], { env: trust });
    expect(await uaa('target', a.uaa)).toMatchObject({ code: 0 });
    const env = { ...trust, TPKS_CLIENT_SECRET: 'adminsecret' };
    expect(await user.tpks(['uaa', 'token', 'client', 'get', 'admin'], { env })).toMatchObject({
      code: 0,
    });
    a.clearRequests();
    expect(await uaa('users')).toMatchObject({ code: 0 });
    const env2 = { ...trust, TPKS_API: a.api, TPKS_UAA_URL: a.uaa };
    expect(await user.tpks(['clusters'], { env: env2 })).toMatchObject({ code: 0 });
    expect(await user.tpks(['clusters'], { env: trust })).toMatchObject({ code: 0 });
    const list = 'api GET /v1/clusters';
    expect(requests()).toEqual({
      a: ['uaa GET /Users', 'api HEAD /actuator/info', list, list],
      b: [],
    });
  });

  test('logout ends only the session that the variables select', async () => {
    await a.login(user, 'alana');
    const logout = (env: Readonly<Record<string, string>>) =>
      user.tpks(['logout'], { env: { ...trust, ...env } });
    const atB = { TPKS_API: b.api, TPKS_UAA_URL: b.uaa };
    const withCredentials = { ...atB, TPKS_USERNAME: 'erin', TPKS_PASSWORD: 'erin-password' };
    expect(await logout(withCredentials)).toMatchObject({
      code: 0,
      stdout: 'No changes: not logged in\n',
    });
    expect(await logout({ TPKS_API: b.api, TPKS_UAA_URL: a.uaa })).toMatchObject({ code: 2 });
    const { code, stdout } = await logout(atB);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Logged out of cody@localhost')]);
    const remaining = await user.tpks(['contexts', '--json']);
    expect(JSON.parse(remaining.stdout)).toEqual([
      expect.objectContaining({ identity: 'cody', loggedIn: false }),
      expect.objectContaining({ identity: 'alana', loggedIn: true }),
    ]);
  });

  test('get-credentials keeps the kubeconfig entries of both installations, and each command finds its own', async () => {
    await a.login(user, 'alana');
    const env = { ...trust, PKS_USER_PASSWORD: 'alana-password' };
    const get = async (sandbox: TestSandbox, words: string) => {
      const { api: TPKS_API, uaa: TPKS_UAA_URL } = sandbox;
      const result = await user.tpks(words.split(' '), { env: { ...env, TPKS_API, TPKS_UAA_URL } });
      expect(result).toMatchObject({ code: 0 });
      return result;
    };
    const kubeconfig = async () => {
      const { stdout } = await user.tpks(['kubeconfig', 'list', '--json'], { env });
      return (JSON.parse(stdout) as { name: string; api: string; current: boolean }[]).map(
        ({ name, api, current }) => [name, api, current],
      );
    };
    await b.login(user, 'alana');
    const name = `dev-1@${new URL(b.api).host}`;
    await get(a, 'get-credentials dev-1');
    const getAtB = async () => {
      const { stdout, stderr } = await get(b, 'get-credentials dev-1 --json');
      expect(JSON.parse(stdout)).toMatchObject({
        currentContext: name,
        clusters: [{ cluster: 'dev-1', context: name }],
      });
      expect(stderr).toContain(
        `The kubeconfig context of cluster dev-1 is named ${name}, because dev-1`,
      );
      expect(await kubeconfig()).toEqual([
        ['dev-1', a.api, false],
        [name, b.api, true],
      ]);
    };
    await getAtB();
    await getAtB();
    await get(b, 'delete-cluster dev-1 --non-interactive --prune-kubeconfig');
    expect(await kubeconfig()).toEqual([['dev-1', a.api, false]]);
  });
});
