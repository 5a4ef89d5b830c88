import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/program/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let a: TestSandbox;
let b: TestSandbox;
let user: TestUser;
/** Makes tpks trust the servers of both installations. */
let trust: { readonly TPKS_CA_CERT: string; readonly TPKS_STORE: string };

beforeAll(async () => {
  [a, b] = await Promise.all([startTestSandbox(), startTestSandbox()]);
  trust = { TPKS_CA_CERT: `${a.caPem}\n${b.caPem}`, TPKS_STORE: 'file' };
});
afterAll(() => Promise.all([a.close(), b.close()]));
beforeEach(async () => {
  user = createUser();
  await b.login(user, 'cody');
  a.clearRequests();
  b.clearRequests();
});

const requests = () => ({ a: a.requests(), b: b.requests() });

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

test.each([
  ['clusters', 'TPKS_UAA_URL'],
  ['login --uaa-url', '--uaa-url'],
])(
  "%s rejects a UAA that does not belong to the current context's installation",
  async (words, source) => {
    const isFlag = words.endsWith('url');
    const all = isFlag ? [...words.split(' '), a.uaa, '-u', 'cody', '--password-stdin'] : [words];
    const result = await user.tpks(all, {
      env: { ...trust, ...(isFlag ? {} : { TPKS_UAA_URL: a.uaa }) },
      stdin: 'cody-password\n',
    });
    expect(result).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`Error: ${source} (`),
    });
    expect(requests()).toEqual({ a: [], b: [] });
  },
);

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

test('one home stores sessions of two installations, selected by both addresses', async () => {
  await a.login(user, 'alana');
  a.clearRequests();
  for (const sandbox of [a, b]) {
    const env = { ...trust, TPKS_API: sandbox.api, TPKS_UAA_URL: sandbox.uaa };
    expect(await user.tpks(['clusters'], { env })).toMatchObject({ code: 0 });
  }
  expect(requests()).toEqual({ a: ['api GET /v1/clusters'], b: ['api GET /v1/clusters'] });
  const crossed = { ...trust, TPKS_API: b.api, TPKS_UAA_URL: a.uaa };
  const { code, stderr } = await user.tpks(['clusters'], { env: crossed });
  expect([code, stderr]).toEqual([2, expect.stringContaining('TPKS_UAA_URL')]);
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

test('a login at a known API needs no --uaa-url', async () => {
  const words = ['login', '-a', b.api, '-u', 'alana', '--password-stdin'];
  const result = await user.tpks(words, { env: trust, stdin: 'alana-password\n' });
  expect(result).toMatchObject({ code: 0 });
  expect(requests()).toEqual({
    a: [],
    b: ['uaa POST /oauth/token', 'api HEAD /actuator/info'],
  });
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
