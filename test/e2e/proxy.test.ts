import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/program/cli.js';
import { createCertificates } from '../support/servers/certificates.js';
import { startConnectProxy, type ConnectProxy } from '../support/servers/connect-proxy.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

/** Through the proxy, this name leads to this machine; without it, it does not exist. */
const remoteName = 'pks.test';

let sandbox: TestSandbox;
let proxy: ConnectProxy;
let user: TestUser;
beforeAll(async () => {
  sandbox = await startTestSandbox({ uaaHostnames: [remoteName] });
  proxy = await startConnectProxy('me:p%40ss');
});
afterAll(async () => {
  await proxy.close();
  await sandbox.close();
});
beforeEach(() => {
  user = createUser();
  proxy.clearTargets();
  sandbox.clearRequests();
});

const toRemote = (url: string) => url.replace('localhost', remoteName);
const login = (env: Readonly<Record<string, string>>) => {
  const target = ['-a', toRemote(sandbox.api), '--uaa-url', toRemote(sandbox.uaa), '-k'];
  const words = ['login', ...target, '-u', 'cody', '--password-stdin', '--store', 'file'];
  return user.tpks(words, { env, stdin: 'cody-password' });
};

describe('a proxy with credentials', () => {
  test('receives one CONNECT request for each server, and the servers receive the others', async () => {
    const env = { HTTPS_PROXY: proxy.url };
    expect(await login(env)).toMatchObject({ code: 0 });
    const [apiHost, uaaHost] = [sandbox.api, sandbox.uaa].map((url) => new URL(toRemote(url)).host);
    expect(proxy.targets).toEqual([uaaHost, apiHost]);
    proxy.clearTargets();
    sandbox.clearRequests();
    expect(await user.tpks(['clusters', '-o', 'name'], { env })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('dev-1\n'),
    });
    expect(proxy.targets).toEqual([apiHost]);
    expect(sandbox.requests()).toEqual(['api GET /v1/clusters']);
  });

  test('does not prevent a logout if its address is invalid', async () => {
    expect(await login({ HTTPS_PROXY: proxy.url })).toMatchObject({ code: 0 });
    const result = await user.tpks(['logout'], { env: { HTTPS_PROXY: 'socks5://localhost' } });
    expect(result.code).toBe(0);
    expect(result.stderr).toContain('Invalid value for HTTPS_PROXY');
    expect(user.files().filter((path) => /session$|key$/.test(path))).toEqual([]);
  });

  test('is not used for this machine, nor for names in NO_PROXY', async () => {
    const env = { HTTPS_PROXY: proxy.url };
    await sandbox.login(user, 'cody', [], env);
    expect(await user.tpks(['clusters'], { env })).toMatchObject({ code: 0 });
    expect(await login({ ...env, NO_PROXY: '.test' })).toMatchObject({ code: 5 });
    expect(proxy.targets).toEqual([]);
  });
});

test('NODE_TLS_REJECT_UNAUTHORIZED does not turn off the verification of a proxy', async () => {
  const { unknownCa } = await createCertificates();
  const received: Buffer[] = [];
  const tlsProxy = createServer(unknownCa, (socket) => {
    socket.on('error', () => undefined).on('data', (bytes: Buffer) => received.push(bytes));
  });
  tlsProxy.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
  await once(tlsProxy, 'listening');
  const { port } = tlsProxy.address() as AddressInfo;
  const words = ['uaa', 'target', toRemote(sandbox.uaa), '--timeout', '5'];
  const { code, stderr } = await user.spawn(words, {
    env: {
      HTTPS_PROXY: `https://me:secret@127.0.0.1:${String(port)}`,
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    },
  });
  tlsProxy.close();
  expect({ code, stderr, received }).toEqual({
    code: 6,
    stderr: expect.stringContaining(
      `The certificate of the proxy https://127.0.0.1:${String(port)} `,
    ),
    received: [],
  });
});
