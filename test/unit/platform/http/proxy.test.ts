import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { timeLimitCode } from '../../../../src/base/errors.js';
import { createHttpsSend, type HttpsSendDeps } from '../../../../src/platform/http/https-send.js';
import { isProxyBypassed, createProxy } from '../../../../src/platform/http/proxy.js';
import type { HttpRequest, Send } from '../../../../src/platform/http/send.js';
import {
  fingerprint,
  createCertificates,
  type Certificates,
  type KeyAndCertificate,
} from '../../../support/servers/certificates.js';
import { startConnectProxy, type ConnectProxy } from '../../../support/servers/connect-proxy.js';
import {
  respond,
  echoRequest,
  startFaultyServer,
  type FaultyServer,
} from '../../../support/servers/faulty-server.js';
import { freePort } from '../../../support/servers/free-port.js';

let certificates: Certificates;
let server: FaultyServer;
let proxy: ConnectProxy;
let guarded: ConnectProxy;
const cleanups: (() => void)[] = [];

beforeAll(async () => {
  certificates = await createCertificates();
  server = await startFaultyServer(certificates.good);
  proxy = await startConnectProxy();
  guarded = await startConnectProxy('me:p%40ss');
});
afterAll(() => Promise.all([server.close(), proxy.close(), guarded.close()]));
beforeEach(() => {
  server.clearRequests();
  server.setBehaviour(respond());
  proxy.clearTargets();
});
afterEach(() => {
  for (const cleanUp of cleanups.splice(0)) cleanUp();
});

/** Sends through a proxy, also to this machine, where the test servers run. */
function createProxySend(address: string, options: Partial<HttpsSendDeps> = {}): Send {
  const deps = { timeoutSeconds: 20, systemRoots: () => [], ...options };
  return createHttpsSend({
    caCert: certificates.ca.cert,
    skipTlsVerification: false,
    ...deps,
    proxy: { ...createProxy({ ...deps, address, noProxy: '' }), isUsedFor: () => true },
  });
}

const request = (url = server.origin): HttpRequest => ({ method: 'GET', url });

describe('a working proxy', () => {
  test('forwards the request and sees only its host and port', async () => {
    server.setBehaviour(echoRequest);
    await (await createProxySend(proxy.url)(request())).text();
    expect(proxy.targets).toEqual([`127.0.0.1:${String(server.port)}`]);
    expect(server.requests).toHaveLength(1);
  });

  test('gets an IPv6 address in brackets', async () => {
    const send = createProxySend(proxy.url);
    await send(request(`https://[::1]:${String(server.port)}/`)).catch(() => undefined);
    expect(proxy.targets).toEqual([`[::1]:${String(server.port)}`]);
  });

  test('is not used for this machine', async () => {
    const deps = { timeoutSeconds: 20, systemRoots: () => [] };
    const plainProxy = createProxy({ ...deps, address: proxy.url, noProxy: '' });
    const trust = { caCert: certificates.ca.cert, skipTlsVerification: false };
    await (await createHttpsSend({ ...deps, ...trust, proxy: plainProxy })(request())).text();
    expect(proxy.targets).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  test('is also used to read the certificate of a server', async () => {
    const url = `https://pks.test:${String(server.port)}/`;
    await expect(createProxySend(proxy.url)(request(url))).rejects.toMatchObject({
      kind: 'untrusted',
      facts: expect.arrayContaining([['SHA-256', fingerprint(certificates.good)]]),
      host: `pks.test:${String(server.port)}`,
    });
    expect(new Set(proxy.targets)).toEqual(new Set([`pks.test:${String(server.port)}`]));
  });
});

describe('the address of a proxy', () => {
  test('can contain credentials, which the server does not receive', async () => {
    await (await createProxySend(guarded.url)(request())).text();
    expect(server.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
    expect(server.requests).toHaveLength(1);
  });

  test('can be written without a scheme', async () => {
    await (await createProxySend(guarded.url.replace('http://', ''))(request())).text();
    expect(server.requests).toHaveLength(1);
  });

  test.each(['ftp://proxy.example.com', 'http://', ' ', 'two words', 'http://me:%zz@proxy'])(
    'is rejected if it is %j, without its credentials in the error',
    (text) => {
      expect(() => createProxySend(text)).toThrow(
        expect.objectContaining({
          kind: 'usage',
          message: 'Invalid value for HTTPS_PROXY',
          hint: expect.stringContaining('HTTPS_PROXY=http://proxy.example.com:3128'),
        }),
      );
    },
  );
});

describe('a proxy that cannot connect', () => {
  test('is named if it requires credentials', async () => {
    await expect(createProxySend(guarded.bareUrl)(request())).rejects.toMatchObject({
      kind: 'unavailable',
      message: `The proxy rejected the connection to 127.0.0.1:${String(server.port)}: HTTP 407`,
      hint: expect.stringContaining('HTTPS_PROXY'),
    });
  });

  test('is named without its credentials if it is unreachable', async () => {
    const hostAndPort = `127.0.0.1:${String(await freePort())}`;
    await expect(
      createProxySend(`http://me:p%40ss@${hostAndPort}`)(request()),
    ).rejects.toMatchObject({
      kind: 'unavailable',
      message: `Unable to connect to the proxy http://${hostAndPort}: the connection was refused`,
      host: hostAndPort,
      hint: 'correct HTTPS_PROXY, or add 127.0.0.1 to NO_PROXY to connect without the proxy',
    });
  });

  test.each([
    ['switches protocols', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['accepts and closes the connection', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['closes without a response', ''],
  ])('causes an error if it %s', async (_name, bytes) => {
    const { address } = await startSocketServer((socket) =>
      socket.once('data', () => socket.end(bytes)),
    );
    await expect(createProxySend(address)(request())).rejects.toMatchObject({
      kind: 'unavailable',
    });
  });

  test.each([
    ['sends nothing', () => undefined],
    ['sends its response too slowly', sendSlowly],
  ])('is disconnected if it %s', async (_name, respond) => {
    const { address, allClosed } = await startSocketServer(respond);
    const send = createProxySend(address, { timeoutSeconds: 0.3 });
    await expect(send(request())).rejects.toMatchObject({
      kind: 'unavailable',
      message: `The proxy http://${address} did not respond within 0.3 s`,
      cause: { code: timeLimitCode },
    });
    await allClosed();
  });

  test('is disconnected after the timeout of the request', async () => {
    const { address, allClosed } = await startSocketServer(sendSlowly);
    const send = createProxySend(address);
    await expect(send({ ...request(), timeoutSeconds: 0.2 })).rejects.toMatchObject({
      kind: 'unavailable',
      message: `The proxy http://${address} did not respond within 0.2 s`,
    });
    await allClosed();
  });

  test.each([
    ['something other than HTTP', 'hello\r\n\r\n', 'the response is not HTTP'],
    [
      'headers that are too long',
      `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(99_999)}`,
      'response headers',
    ],
    ['a redirect', 'HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n<html>', 'HTTP 302'],
    [
      'a connection to a server without TLS',
      'HTTP/1.1 200 OK\r\n\r\nSSH-2.0-OpenSSH_9.6\r\n',
      'does not speak TLS',
    ],
  ])('is reported if it responds with %s', async (_name, bytes, reason) => {
    const { address } = await startSocketServer((socket) =>
      socket.once('data', () => socket.write(bytes)),
    );
    await expect(createProxySend(address)(request())).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining(reason),
    });
  });
});

describe('a proxy with TLS', () => {
  const pks = () => `https://pks.test:${String(server.port)}/`;

  test('is trusted only if the system trusts its CA', async () => {
    const address = await startTlsProxy(certificates.good);
    const send = (root: KeyAndCertificate) =>
      createProxySend(address, { systemRoots: () => [root.cert] });
    expect((await send(certificates.ca)(request())).status).toBe(200);
    await expect(send(certificates.untrustedCa)(request())).rejects.toMatchObject({
      kind: 'untrusted',
      message: `The certificate of the proxy ${address} is signed by an unknown certificate authority`,
      host: undefined,
      hint: expect.stringContaining('SSL_CERT_FILE'),
    });
  });

  test('needs a certificate for its own name, not for the host that it connects to', async () => {
    const address = await startTlsProxy(certificates.good);
    const trust = { skipTlsVerification: true, systemRoots: () => [certificates.ca.cert] };
    expect((await createProxySend(address, trust)(request(pks()))).status).toBe(200);
  });

  test('is rejected with a certificate for another host, even with -k', async () => {
    const address = await startTlsProxy(certificates.wrongName);
    const trust = { skipTlsVerification: true, systemRoots: () => [certificates.ca.cert] };
    const send = createProxySend(address, trust);
    const url = `https://elsewhere.example.com:${String(server.port)}/`;
    await expect(send(request(url))).rejects.toMatchObject({
      kind: 'untrusted',
      message: `The certificate of the proxy ${address} was issued for another host`,
    });
  });

  test('is rejected if its certificate has no subject alternative name', async () => {
    const address = (await startTlsProxy(certificates.commonName)).replace(
      '127.0.0.1',
      'localhost',
    );
    const send = createProxySend(address, { systemRoots: () => [certificates.ca.cert] });
    await expect(send(request())).rejects.toMatchObject({
      kind: 'untrusted',
      message: `The certificate of the proxy ${address} has no subject alternative name`,
      hint: 'ask the operator of the proxy for a certificate with the subject alternative name localhost; nothing was sent',
    });
    expect(proxy.targets).toEqual([]);
  });
});

/** Sends endless headers, one byte at a time. */
function sendSlowly(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
  const timer = setInterval(() => socket.write('a'), 20);
  socket.on('close', () => {
    clearInterval(timer);
  });
}

/** Starts a plain TCP server that is closed at the end of the test. */
async function startSocketServer(respond: (socket: Socket) => void) {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.on('error', () => undefined).resume());
    socket.on('close', () => open.delete(socket));
    respond(socket);
  });
  const port = await listen(server);
  cleanups.push(() => {
    for (const socket of open) socket.destroy();
  });
  return {
    address: `127.0.0.1:${String(port)}`,
    /** Resolves when the client has closed all connections. */
    allClosed: () =>
      Promise.all([...open].map((socket) => new Promise((resolve) => socket.on('close', resolve)))),
  };
}

/** Starts a TLS server in front of the proxy. @returns its address. */
async function startTlsProxy(certificate: KeyAndCertificate): Promise<string> {
  const inner = new URL(proxy.bareUrl);
  const tlsServer = createTlsServer(certificate, (socket) => {
    const upstream = connect(Number(inner.port), inner.hostname);
    socket.pipe(upstream).pipe(socket);
    socket.on('error', () => upstream.destroy());
    upstream.on('error', () => socket.destroy());
  });
  return `https://127.0.0.1:${String(await listen(tlsServer))}`;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

describe('isProxyBypassed', () => {
  test.each(['localhost', '127.0.0.1', '127.1.2.3', '::1'])(
    'is true for this machine (%s)',
    (host) => {
      expect(isProxyBypassed(host, 9021, '')).toBe(true);
    },
  );

  test.each([
    ['pks.example.com', '*'],
    ['pks.example.com', 'pks.example.com'],
    ['pks.example.com', 'PKS.Example.com'],
    ['pks.example.com', 'example.com'],
    ['pks.example.com', '.example.com'],
    ['pks.example.com', '*.example.com'],
    ['pks.example.com', 'other.org, example.com'],
    ['pks.example.com', 'other.org example.com'],
    ['pks.example.com', 'pks.example.com:9021'],
    ['10.1.2.3', '10.1.2.3'],
    ['10.1.2.3', '10.0.0.0/8'],
    ['10.1.2.3', '10.1.2.3:9021'],
    ['fd00::5', 'fd00::5'],
    ['fd00::5', 'FD00:0:0::5'],
    ['fd00::5', 'fd00::/8'],
    ['fd00::5', '[fd00::5]'],
    ['fd00::5', '[fd00::5]:9021'],
  ])('is true for %s if NO_PROXY is %j', (host, list) => {
    expect(isProxyBypassed(host, 9021, list)).toBe(true);
  });

  test.each([
    ['pks.example.com', ''],
    ['pks.example.com', ' , '],
    ['pks.example.com', '.'],
    ['pks.example.com', 'ample.com'],
    ['example.com', '.example.com'],
    ['example.com', '*.example.com'],
    ['pks.example.com', 'pks.example.com:443'],
    ['pks.example.com', 'com.example.pks'],
    ['notlocalhost', ''],
    ['10.1.2.3', '10.1.2.4'],
    ['10.1.2.3', '10.0.0.0/33'],
    ['10.1.2.3', '10.0.0.0/x'],
    ['10.1.2.3', '11.0.0.0/8'],
    ['10.1.2.3', '2.3'],
    ['10.1.2.3', '::/0'],
    ['fd00::5', 'fd00::6'],
    ['fd00::5', '[fd00::5]:443'],
  ])('is false for %s if NO_PROXY is %j', (host, list) => {
    expect(isProxyBypassed(host, 9021, list)).toBe(false);
  });
});
