import { execFile, execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { listen } from '../../src/sandbox/listen.js';
import { json } from '../../src/sandbox/router.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.js';
import { programWords } from '../support/program/spawned.js';
import { rawRequest } from '../support/servers/raw-request.js';
import {
  addCleanup,
  readLog,
  runSandbox,
  temporaryFolder,
  type RawResponse,
  type RunningSandbox,
} from './running-sandbox.js';

const day = 86_400;
let now = Date.UTC(2026, 0, 2);
const log = join(temporaryFolder(), 'log.jsonl');
const folder = join(temporaryFolder(), 'sandbox');
/** A sandbox whose clock is a day behind, and one that starts faster because its folder exists. */
let sandbox: RunningSandbox;
let first: Sandbox;
let files: readonly string[];
beforeAll(async () => {
  const clock = { now: () => now, clockOffsetSeconds: -day };
  sandbox = await runSandbox({ ...clock, log, tokenSeconds: 60, provisionSeconds: 120 });
  first = await startSandbox({ apiPort: 0, uaaPort: 0, dir: folder });
  await first.close();
  files = readdirSync(folder).sort();
});

/** Starts a sandbox in the folder of the first one, and expects that it fails. */
const failToStart = (options: SandboxOptions, error: object) =>
  expect(startSandbox({ apiPort: 0, uaaPort: 0, dir: folder, ...options })).rejects.toMatchObject(
    error,
  );

/** A kubeconfig as the API returns it. */
interface Kubeconfig {
  readonly clusters: readonly [
    { cluster: { server: string; 'certificate-authority-data': string } },
  ];
  readonly users: readonly [{ user: { token?: string } }];
}

const passwordForm = {
  grant_type: 'password',
  client_secret: '',
  username: 'cody',
  password: 'cody-password',
};
const names = ({ text }: RawResponse) =>
  (JSON.parse(text) as { name: unknown }[]).map(({ name }) => name);
const portOf = (url: string) => Number(new URL(url).port);

describe('startSandbox', () => {
  test('returns the URLs, users and clients', () => {
    const { api, uaa, caCert, caPem, users, clients } = sandbox;
    expect(api).toMatch(/^https:\/\/localhost:\d+$/);
    expect(uaa).toMatch(/^https:\/\/localhost:\d+$/);
    expect(readFileSync(caCert, 'utf8')).toBe(caPem);
    expect(users).toEqual([
      { name: 'alana', password: 'alana-password', scopes: ['pks.clusters.admin'] },
      { name: 'cody', password: 'cody-password', scopes: ['pks.clusters.manage'] },
      { name: 'naomi', password: 'naomi-password', scopes: ['pks.clusters.admin.read'] },
      { name: 'dana', password: 'dana-password', scopes: [] },
    ]);
    expect(clients).toEqual([
      { id: 'admin', secret: 'adminsecret' },
      { id: 'pks_cli', secret: '' },
      { id: 'pks_cluster_client', secret: '' },
      { id: 'cf', secret: '' },
    ]);
  });

  test('logs the requests of all servers in the order of their responses', async () => {
    const before = readLog(log).length;
    const { send, fetchToken } = sandbox;
    const bearer = await fetchToken('cody');
    await send('/actuator/info', { method: 'HEAD', bearer });
    expect(names(await send('/v1/clusters?password=x', { bearer }))).toContain('dev-1');
    const lines = readLog(log).slice(before);
    expect(lines.map((line) => [line.server, line.method, line.path, line.client])).toEqual([
      ['uaa', 'POST', '/oauth/token', 'pks_cli'],
      ['uaa', 'POST', '/check_token', 'pks_client'],
      ['api', 'HEAD', '/actuator/info', 'pks_cli'],
      ['uaa', 'POST', '/check_token', 'pks_client'],
      ['api', 'GET', '/v1/clusters', 'pks_cli'],
    ]);
  });

  test('expires tokens and finishes operations according to its own clock', async () => {
    const { send, login } = sandbox;
    const response = await login('cody');
    expect(response.headers['date']).toBe('Thu, 01 Jan 2026 00:00:00 GMT');
    const bearer = String(response.json()['access_token']);
    const state = async (token: string) =>
      (await send('/v1/clusters/dev-2', { bearer: token })).json()['last_action_state'];
    expect(await state(bearer)).toBe('in progress');
    now += 121_000;
    const stale = await send('/v1/clusters/dev-2', { bearer });
    expect(stale.status).toBe(401);
    expect(stale.json()).toEqual({
      error: 'invalid_token',
      error_description: 'Token has expired',
    });
    expect(await state(await sandbox.fetchToken('cody'))).toBe('succeeded');
  });

  test('handles requests that bypass the network in the same way', async () => {
    const before = readLog(log).length;
    const { host } = new URL(sandbox.uaa);
    const internal = await sandbox.respondAsUaa?.({
      method: 'GET',
      url: '/info?x=1',
      headers: { host, accept: 'application/json' },
      body: Buffer.alloc(0),
    });
    expect(internal?.body).toBe((await sandbox.sendToUaa('/info?x=1')).text);
    const lines = readLog(log).slice(before);
    expect(lines.map(({ path, status }) => [path, status])).toEqual([
      ['/info', 200],
      ['/info', 200],
    ]);
  });

  test('rejects clients that do not trust its CA or do not use TLS', async () => {
    const { api } = sandbox;
    await expect(fetch(`${api}/actuator/health`)).rejects.toMatchObject({
      cause: { code: expect.stringMatching(/UNABLE_TO_VERIFY|SELF_SIGNED/) },
    });
    await expect(fetch(`${api.replace('https', 'http')}/actuator/health`)).rejects.toThrow();
  });

  test.each(['oidc', 'token'] as const)(
    'starts a Kubernetes API for a cluster whose owner gets credentials (%s)',
    async (kubeAuth) => {
      const log = join(temporaryFolder(), 'log.jsonl');
      const { send, fetchToken, sendToUaa, close } = await runSandbox({
        dir: folder,
        log,
        kubeAuth,
      });
      const bearer = await fetchToken('cody');
      const bound = await send('/v1/clusters/dev-1/binds', { method: 'POST', bearer });
      const {
        clusters: [{ cluster }],
        users: [{ user }],
      } = bound.json() as unknown as Kubeconfig;
      const form = { ...passwordForm, client_id: 'pks_cluster_client' };
      const idToken = String((await sendToUaa('/oauth/token', { form })).json()['id_token']);
      const ca = Buffer.from(cluster['certificate-authority-data'], 'base64').toString();
      const url = `${cluster.server}/api/v1/namespaces`;
      const list = async (bearer: string) => (await rawRequest({ url, ca, bearer })).status;
      expect(await list(idToken)).toBe(kubeAuth === 'oidc' ? 200 : 401);
      if (kubeAuth === 'token') expect(await list(user.token ?? '')).toBe(200);
      const lines = readLog(log).map(({ server, path, client }) =>
        [server, path, client].join(' '),
      );
      if (kubeAuth === 'oidc') {
        expect(lines).toContain('kubernetes /api/v1/namespaces pks_cluster_client');
        expect(lines).toContain('uaa /token_keys pks_client');
      }
      await close();
    },
  );
});

describe('a sandbox with an external UAA', () => {
  test('checks tokens at that UAA, and writes one CA file for both servers', async () => {
    const { uaa, caCert: uaaCa, pksClientSecret } = sandbox;
    const ours = await runSandbox({ uaa: `${uaa}/`, uaaCa, pksClientSecret });
    expect(ours).toMatchObject({ uaa, users: [], clients: [], respondAsUaa: undefined });
    expect(readFileSync(ours.caCert, 'utf8')).toBe(ours.caPem);
    const bearer = String((await ours.login('cody')).json()['access_token']);
    expect(names(await ours.send('/v1/clusters', { bearer }))).toEqual(['dev-1', 'dev-2', 'dev-3']);
  });

  test('does not start if the certificate of the UAA is not trusted', async () => {
    const { uaa } = sandbox;
    for (const uaaCa of [undefined, first.caPem]) {
      await failToStart(
        { uaa, uaaCa },
        {
          kind: 'untrusted',
          message: expect.stringMatching(/^Cannot connect to the UAA https:.*: .*certificate/),
          advice: `check the address and the CA certificate of the UAA: tpks sandbox --uaa ${uaa} --uaa-ca FILE`,
        },
      );
    }
  });

  test('does not start if NODE_TLS_REJECT_UNAUTHORIZED turns off the verification of certificates', async () => {
    const [command, ...words] = programWords();
    const options = ['--api-port', '0', '--uaa', sandbox.uaa];
    const before = readLog(log).length;
    // Only the environment of a process can contain the variable, not that of a test.
    const started = promisify(execFile)(command, [...words, 'sandbox', ...options], {
      env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    });
    await expect(started).rejects.toMatchObject({
      stderr: expect.stringMatching(/Cannot connect to the UAA .*: .*certificate/),
    });
    expect(readLog(log)).toHaveLength(before);
  });

  test('does not start if the secret of pks_client is wrong', async () => {
    const { uaa, caPem: uaaCa } = sandbox;
    await failToStart(
      { uaa, uaaCa },
      {
        kind: 'unauthenticated',
        message: `The UAA ${uaa} rejected the client pks_client, its secret or its authorities`,
        advice: expect.stringContaining('tpks uaa secret set pks_client -s pks_client-secret'),
      },
    );
  });

  test('does not start if nothing listens at the URL', async () => {
    await failToStart(
      { uaa: 'http://localhost:1' },
      {
        kind: 'unavailable',
        message: expect.stringMatching(/^Cannot connect to the UAA http:.*ECONNREFUSED/),
      },
    );
  });

  test.each([
    [403, 'unauthenticated', /rejected the client pks_client, its secret or its authorities/],
    [404, 'failed', / responded to \/check_token with status 404$/],
    [503, 'unavailable', / responded to \/check_token with status 503$/],
  ])('does not start if the UAA responds with status %i', async (status, kind, message) => {
    const createService = () => ({ handle: async () => json(status, {}) });
    const { origin, close } = await listen({ port: 0, now: Date.now, createService });
    await failToStart({ uaa: origin }, { kind, message: expect.stringMatching(message) });
    await close();
  });

  test('names the invalid URL or the unreadable CA file', async () => {
    const message = '--uaa must be a URL such as https://uaa.example.com:8443, not uaa.example.com';
    await failToStart({ uaa: 'uaa.example.com' }, { message });
    const pipe = join(temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    // Pipes and devices are not read, because they may never end.
    for (const uaaCa of [join(temporaryFolder(), 'no-such.pem'), pipe, '/dev/zero']) {
      await failToStart(
        { uaa: 'https://uaa.example.com', uaaCa },
        { message: expect.stringContaining(`Cannot read the --uaa-ca file: ${uaaCa}`) },
      );
    }
  });
});

test('does not start with an external Kubernetes API that cannot be used', async () => {
  const kubernetes = { server: 'https://kubernetes.invalid', ca: first.caPem, adminToken: 'x' };
  await failToStart(
    { kubernetes },
    { message: expect.stringMatching(/^Cannot connect to the Kubernetes API https:.*ENOTFOUND/) },
  );
});

describe('starting and closing a sandbox', () => {
  test('keeps certificates and sessions when it restarts in the same folder and on the same ports', async () => {
    const dir = temporaryFolder();
    const before = await runSandbox({ dir });
    const bearer = await before.fetchToken('cody');
    await before.close();
    const ports = { apiPort: portOf(before.api), uaaPort: portOf(before.uaa) };
    const { send, caPem } = await runSandbox({ dir, ...ports });
    expect(caPem).toBe(before.caPem);
    expect(names(await send('/v1/clusters', { bearer }))).toEqual(['dev-1', 'dev-2', 'dev-3']);
  });

  test('creates a private folder with its files', () => {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(files).toEqual([
      ...['ca-key.pem', 'ca.pem', 'server-key.pem', 'server.pem', 'state.json'],
    ]);
  });

  test('releases the lock on a folder whose data it cannot read', async () => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'state.json'), '{}');
    await failToStart({ dir }, { message: expect.stringContaining('Cannot read') });
    expect(readdirSync(dir)).toEqual(['state.json']);
  });

  test('does not read data from a device', async () => {
    const dir = join(temporaryFolder(), 'state');
    mkdirSync(dir);
    symlinkSync('/dev/zero', join(dir, 'state.json'));
    const message = expect.stringContaining('state.json is not a regular file');
    await failToStart({ dir }, { message });
  });

  test.each([
    ['apiPort', '--api-port'],
    ['uaaPort', '--uaa-port'],
  ] as const)('reports an %s that is in use and closes what it opened', async (option, flag) => {
    const port = portOf(sandbox.api);
    const ports = { apiPort: portOf(first.api), uaaPort: portOf(first.uaa) };
    const message = `Port ${String(port)} is already in use; choose another with ${flag}`;
    const advice = 'add --api-port 0 --uaa-port 0 to use free ports';
    await failToStart({ ...ports, [option]: port }, { message, advice });
    // The other port, which may have been opened before the failure, is free again.
    await (await startSandbox({ ...ports, dir: folder })).close();
  });

  test('closes without waiting for open connections, and then deletes its files if no folder is given', async () => {
    const { api, caCert, caPem, close } = await startSandbox({ apiPort: 0, uaaPort: 0 });
    addCleanup(close);
    expect(dirname(dirname(caCert))).toBe(tmpdir());
    const sent = request(`${api}/actuator/health`, { ca: caPem, method: 'POST' });
    const end = new Promise((resolve) => sent.once('error', resolve));
    sent.flushHeaders();
    await new Promise((resolve) => sent.once('socket', (s) => s.once('secureConnect', resolve)));
    await Promise.all([close(), close()]);
    await end;
    expect(existsSync(dirname(caCert))).toBe(false);
  });
});
