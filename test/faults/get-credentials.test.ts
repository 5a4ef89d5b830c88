import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { createFastClock } from '../support/fakes/fast-clock.js';
import { startKubernetesSession } from '../support/fixtures/kubernetes-session.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { isNightly } from '../support/runner/nightly.js';
import { startConnectProxy } from '../support/servers/connect-proxy.js';
import { resetBeforeHeaders, respond, type Behaviour } from '../support/servers/faulty-server.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';
import { createRandom } from './seed.js';

let front: FaultyInstallation;
let user: TestUser;

const env = { PKS_USER_PASSWORD: 'cody-password' };
/** A kubeconfig of another tool. */
const existing = `# my clusters
apiVersion: v1
kind: Config
clusters: []
users:
- name: prod-admin # do not remove
  user: {username: me}
`;

beforeAll(async () => {
  [, front] = await startFaultySandbox({ provisionSeconds: 0 });
});
afterAll(() => front.close());
beforeEach(async () => {
  front.reset();
  user = createUser();
  const words = ['login', ...front.loginOptions, '-u', 'cody', '-p', 'cody-password'];
  expect(await user.tpks([...words, '--store', 'file'])).toMatchObject({ code: 0 });
  mkdirSync(dirname(kubeconfigPath()));
  writeFileSync(kubeconfigPath(), existing, { mode: 0o600 });
});

const kubeconfigPath = () => join(dirname(user.home), '.kube', 'config');
const readKubeconfig = () => readFileSync(kubeconfigPath(), 'utf8');

interface ParsedKubeconfig {
  readonly users: readonly { readonly name: string; readonly user: object }[];
  readonly clusters: readonly { readonly name: string; readonly cluster: object }[];
  readonly contexts: readonly { readonly name: string }[];
}

/** Responds to binds requests with a value, and forwards all other requests. */
function respondToBinds(body: unknown, status = 200): void {
  front.api.setBehaviour((request, response, reset) => {
    const isBind = request.path.includes('/binds');
    const behaviour = isBind ? respond({ status, body }) : front.forwardToApi;
    behaviour(request, response, reset);
  });
}

function bindOf(userEntry: object, cluster: object = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'c', cluster: { server: 'https://dev-1.example.com:8443', ...cluster } },
      { name: 'extra', cluster: { server: 'https://evil.example.com' } },
    ],
    users: [
      { name: 'cody', user: userEntry },
      { name: 'extra', user: { exec: { command: '/bin/sh' } } },
    ],
    contexts: [{ name: 'extra', context: { cluster: 'extra', user: 'extra' } }],
  };
}
const provider = { 'auth-provider': { name: 'oidc', config: {} } };

describe('the kubeconfig and the sessions stay unchanged', () => {
  const withoutIdToken: Behaviour = respond({
    body: { access_token: 'a.b.c', token_type: 'bearer', expires_in: 600 },
  });
  const rejected = respond({ status: 401, body: { error: 'invalid_grant' } });

  test.each<[string, number, RegExp, () => void]>([
    [
      'the API is unreachable',
      5,
      /Unable to send a request to 127\.0\.0\.1:\d+: the connection was interrupted/,
      () => front.api.setBehaviour(resetBeforeHeaders),
    ],
    ['the bind fails', 5, /out of order/, () => respondToBinds({ body: 'out of order' }, 500)],
    [
      'the UAA is unreachable after the bind',
      5,
      /Unable to send a request to 127\.0\.0\.1:\d+: the connection was interrupted/,
      () => front.uaa.setBehaviour(resetBeforeHeaders),
    ],
    [
      'the UAA is out of order after the bind',
      5,
      /503|maintenance/,
      () => front.uaa.setBehaviour(respond({ status: 503, body: { error: 'maintenance' } })),
    ],
    ['the UAA sends no ID token', 5, /id_token/, () => front.uaa.setBehaviour(withoutIdToken)],
    ['the password is wrong', 4, /rejected/, () => front.uaa.setBehaviour(rejected)],
  ])('if %s', async (_name, exitCode, message, fail) => {
    const settings = user.read('config.json');
    const files = user.files();
    fail();
    const { code, stderr } = await user.tpks(['get-credentials', 'dev-1'], { env });
    expect({ code, stderr }).toEqual({ code: exitCode, stderr: expect.stringMatching(message) });
    expect(stderr).toMatch(/\nHint: .+\n$/);
    expect(readKubeconfig()).toBe(existing);
    expect(user.read('config.json')).toEqual(settings);
    expect(user.files()).toEqual(files);
    front.reset();
    expect(await user.tpks(['get-credentials', 'dev-1'], { env })).toMatchObject({ code: 0 });
  });

  test('if another program holds the lock; the session is stored for the next run', async () => {
    const lock = `${kubeconfigPath()}.lock`;
    writeFileSync(lock, '');
    const clock = createFastClock();
    const { code, stderr } = await user.tpks(['get-credentials', 'dev-1'], { env, clock });
    expect({ code, stderr }).toEqual({ code: 7, stderr: expect.stringContaining(lock) });
    expect(stderr).toContain(`rm ${lock}`);
    expect(readKubeconfig()).toBe(existing);
    rmSync(lock);
    expect(await user.tpks(['get-credentials', 'dev-1'])).toMatchObject({ code: 0 });
  });
});

test('a token is written to exactly the kubeconfigs that no other user can read', async () => {
  const random = createRandom('the mode of the kubeconfig');
  for (let run = 0; run < (isNightly ? 12 : 4); run += 1) {
    const mode = 0o600 | Math.floor(random() * 0o100);
    const format = random() < 0.5 ? 'oidc' : 'token';
    writeFileSync(kubeconfigPath(), existing);
    chmodSync(kubeconfigPath(), mode);
    front.api.clearRequests();
    front.uaa.clearRequests();
    const words = ['get-credentials', 'dev-1', '--kubeconfig-format', format];
    const { code } = await user.tpks(words, { env });
    const isRejected = (mode & 0o044) !== 0;
    const label = `${format} ${mode.toString(8)}`;
    expect({ label, code }).toEqual({ label, code: isRejected ? 7 : 0 });
    if (!isRejected) continue;
    expect(readKubeconfig()).toBe(existing);
    expect([front.api.requests, front.uaa.requests]).toEqual([[], []]);
  }
});

test('a cluster that fails does not prevent the others', async () => {
  front.api.setBehaviour((request, response, reset) => {
    const isBad = request.path.includes('/dev-2/binds');
    const behaviour = isBad ? respond({ status: 500, body: {} }) : front.forwardToApi;
    behaviour(request, response, reset);
  });
  const { code, stderr } = await user.tpks(['get-credentials', 'dev-2', 'dev-1'], { env });
  expect({ code, stderr }).toEqual({
    code: 5,
    stderr: expect.stringContaining('Cannot get credentials for 1 of 2 clusters: dev-2'),
  });
  const { contexts } = parse(readKubeconfig()) as ParsedKubeconfig;
  expect(contexts.map(({ name }) => name)).toEqual(['dev-1']);
});

test('nothing in the response of the API is copied except the server, the CA and a token', async () => {
  const unsafe = {
    exec: { command: '/bin/sh', args: ['-c', 'touch /tmp/owned'] },
    'client-key': '/etc/shadow',
    tokenFile: '/etc/passwd',
    impersonate: 'admin',
  };
  const cluster = {
    'certificate-authority': '/etc/passwd',
    'insecure-skip-tls-verify': true,
    'proxy-url': 'http://evil.example.com',
  };
  for (const credential of [provider, { token: 'service-token' }]) {
    respondToBinds(bindOf({ ...credential, ...unsafe }, cluster));
    expect(await user.tpks(['get-credentials', 'dev-1'], { env })).toMatchObject({ code: 0 });
    const text = readKubeconfig();
    for (const word of ['sh', 'evil', '/etc', 'impersonate', 'insecure', 'extra']) {
      expect(text).not.toMatch(new RegExp(`\\b${word}\\b`));
    }
    const { users } = parse(text) as ParsedKubeconfig;
    expect(users.find(({ name }) => name === 'prod-admin')?.user).toEqual({ username: 'me' });
  }
});

test('a service account does not replace a user entry of another tool', async () => {
  respondToBinds({ ...bindOf({}), users: [{ name: 'prod-admin', user: { token: 'service' } }] });
  expect(await user.tpks(['get-credentials', 'dev-1'], { env })).toMatchObject({ code: 0 });
  const { users } = parse(readKubeconfig()) as ParsedKubeconfig;
  expect(users).toContainEqual({ name: 'prod-admin', user: { username: 'me' } });
  expect(users).toContainEqual({ name: expect.anything(), user: { token: 'service' } });
});

test.each([
  ['file:///etc/passwd'],
  ['http://dev-1.example.com:8443'],
  ['https://cody:secret@dev-1.example.com'],
  [7],
  [{}],
])('the server %j in the response leads to an error', async (server) => {
  respondToBinds(bindOf(provider, { server }));
  const { code, stderr } = await user.tpks(['get-credentials', 'dev-1'], { env });
  expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining('kubeconfig') });
  expect(readKubeconfig()).toBe(existing);
});

test('a kubeconfig that would be too large for the next command is not written', async () => {
  respondToBinds(bindOf({ token: 'x'.repeat(5 * 1024 * 1024) }));
  const { code, stderr } = await user.tpks(['get-credentials', 'dev-1'], { env });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('MiB') });
  expect(readKubeconfig()).toBe(existing);
});

test.each([
  'a/b',
  '../x',
  '100%',
  'a\nb',
  '\u001b[31mred\u0007',
  "it's",
  ': a - b',
  '#x',
  '~',
  'null',
])(
  'the name %j is sent encoded, printed without control characters and stored unchanged',
  async (name) => {
    respondToBinds(bindOf(provider));
    front.api.clearRequests();
    const result = await user.tpks(['get-credentials', name, '--namespace', name], { env });
    expect(result).toMatchObject({ code: 0 });
    expect(front.api.requests.map(({ path }) => path)).toEqual([
      `/v1/clusters/${encodeURIComponent(name)}/binds`,
    ]);
    const { contexts, clusters } = parse(readKubeconfig()) as ParsedKubeconfig;
    expect(contexts.map((each) => each.name)).toEqual([name]);
    expect(clusters.map((each) => each.name)).toEqual([name]);
    const list = await user.tpks(['kubeconfig', 'list']);
    const removal = await user.tpks(['kubeconfig', 'remove', name]);
    expect([list.code, removal.code]).toEqual([0, 0]);
    for (const { stdout, stderr } of [result, list, removal]) {
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
    }
    expect(list.stdout.trim().split('\n')).toHaveLength(2);
    expect(readKubeconfig()).not.toContain('127.0.0.1');
    expect(existsSync(`${kubeconfigPath()}.lock`)).toBe(false);
  },
);

test('kube-credential renews the token through a proxy', async () => {
  const name = 'alana@pks.test';
  const { api, uaa: direct, certificates } = front;
  const target = { api: api.origin, uaa: direct.origin, caPem: certificates.ca.cert };
  // The certificate does not contain the name that only the proxy can resolve.
  const trust = { caCert: undefined, skipTlsVerification: true };
  await startKubernetesSession(user, target, name, trust);
  await user.changeSession(`kubernetes:${name}`, { expiresAt: '2020-01-01T00:00:00.000Z' });
  const path = join(user.home, 'config.json');
  // Loopback addresses bypass a proxy.
  const uaa = `https://pks.test:${String(front.uaa.port)}`;
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(front.uaa.origin, uaa));
  const proxy = await startConnectProxy('me:proxy-password');
  const plugin = ['kube-credential', '--context', name];
  try {
    const options = { env: { HTTPS_PROXY: proxy.url } };
    const { code, stdout, stderr } = await user.spawn([...plugin, '--trace'], options);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('POST https') });
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'ExecCredential' });
    expect(stderr).not.toContain('proxy-password');
    expect(proxy.targets).toEqual([`pks.test:${String(front.uaa.port)}`]);
  } finally {
    await proxy.close();
  }
});
