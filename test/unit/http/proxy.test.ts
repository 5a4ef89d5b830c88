import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHttpsSend, type HttpsSendDeps } from '../../../src/http/https-send.js';
import { createProxy } from '../../../src/http/proxy.js';
import type { HttpRequest, Send } from '../../../src/http/send.js';
import {
  fingerprint,
  makeCertificates,
  type Certificates,
  type KeyAndCertificate,
} from '../../support/certificates.js';
import { startConnectProxy, type ConnectProxy } from '../../support/connect-proxy.js';
import {
  answers,
  echoes,
  startFaultyServer,
  webPage,
  type FaultyServer,
} from '../../support/faulty-server.js';
import { freePort } from '../../support/free-port.js';

let certificates: Certificates;
let server: FaultyServer;
let proxy: ConnectProxy;
let guarded: ConnectProxy;
const endings: (() => void)[] = [];

beforeAll(async () => {
  certificates = await makeCertificates();
  server = await startFaultyServer(certificates.good);
  proxy = await startConnectProxy();
  guarded = await startConnectProxy('me:p%40ss');
});
afterAll(() => Promise.all([server.close(), proxy.close(), guarded.close()]));
beforeEach(() => {
  server.forget();
  server.behave(answers());
  proxy.forget();
});
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

/** The door through a proxy that serves this machine too, where all these servers are. */
function through(address: string, more: Partial<HttpsSendDeps> = {}): Send {
  const deps = { timeoutSeconds: 1, systemRoots: () => [], ...more };
  return createHttpsSend({
    caCert: certificates.ca.cert,
    skipTlsVerification: false,
    ...deps,
    proxy: { ...createProxy({ ...deps, address, noProxy: '' }), isUsedFor: () => true },
  });
}

const request = (url = server.origin): HttpRequest => ({ method: 'GET', url });

describe('a proxy', () => {
  test('carries the request and sees no more than the host', async () => {
    server.behave(echoes);
    await (await through(proxy.url)(request())).text();
    expect(proxy.targets).toEqual([`127.0.0.1:${String(server.port)}`]);
    expect(server.requests).toHaveLength(1);
  });

  test('keeps one connection for requests that follow each other', async () => {
    const send = through(proxy.url);
    for (let turn = 0; turn < 3; turn += 1) await (await send(request())).text();
    expect(proxy.targets).toHaveLength(1);
  });

  test('is asked for an IPv6 address in brackets', async () => {
    const send = through(proxy.url);
    await send(request(`https://[::1]:${String(server.port)}/`)).catch(() => undefined);
    expect(proxy.targets).toEqual([`[::1]:${String(server.port)}`]);
  });

  test('is left out for this machine', async () => {
    const deps = { timeoutSeconds: 1, systemRoots: () => [] };
    const asItIs = createProxy({ ...deps, address: proxy.url, noProxy: '' });
    const trust = { caCert: certificates.ca.cert, skipTlsVerification: false };
    await (await createHttpsSend({ ...deps, ...trust, proxy: asItIs })(request())).text();
    expect(proxy.targets).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  test('is on the way of the look at a certificate as well', async () => {
    const url = `https://pks.test:${String(server.port)}/`;
    await expect(through(proxy.url)(request(url))).rejects.toMatchObject({
      kind: 'untrusted',
      message: expect.stringContaining(`SHA-256 ${fingerprint(certificates.good)}`),
    });
    expect(new Set(proxy.targets)).toEqual(new Set([`pks.test:${String(server.port)}`]));
  });

  test('that responds in place of the server is not mistaken for it', async () => {
    server.behave(webPage);
    expect(await (await through(proxy.url)(request())).text()).toContain('guest network');
  });
});

describe('the address of a proxy', () => {
  test('may hold credentials, which the server does not get', async () => {
    await (await through(guarded.url)(request())).text();
    expect(server.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
    expect(server.requests).toHaveLength(1);
  });

  test('may be written without its scheme', async () => {
    await (await through(guarded.url.replace('http://', ''))(request())).text();
    expect(server.requests).toHaveLength(1);
  });

  test.each(['ftp://proxy.example.com', 'http://', ' ', 'two words', 'http://me:%zz@proxy'])(
    'that is written as %j is a mistake, and its credentials are not repeated',
    (text) => {
      expect(() => through(text)).toThrow(
        expect.objectContaining({
          kind: 'usage',
          message: 'Invalid value for HTTPS_PROXY',
          hint: expect.stringContaining('HTTPS_PROXY=http://proxy.example.com:3128'),
        }),
      );
    },
  );
});

describe('a proxy that does not connect', () => {
  test('because it wants credentials is named', async () => {
    await expect(through(guarded.bareUrl)(request())).rejects.toMatchObject({
      kind: 'unavailable',
      message: `The proxy rejected the connection to 127.0.0.1:${String(server.port)}: HTTP 407`,
      hint: expect.stringContaining('HTTPS_PROXY'),
    });
  });

  test('because it is not there is named without its credentials', async () => {
    const at = `127.0.0.1:${String(await freePort())}`;
    await expect(through(`http://me:p%40ss@${at}`)(request())).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('the connection was refused'),
      hint: `check the address, the network and the proxy http://${at} (HTTPS_PROXY and NO_PROXY), then try again`,
    });
  });

  test('because it hangs up is asked once', async () => {
    let asked = 0;
    const { at } = await listening((socket) => {
      asked += 1;
      socket.once('data', () => socket.destroy());
    });
    await expect(through(at)(request())).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('the connection was interrupted'),
      hint: expect.stringContaining(`the proxy http://${at}`),
    });
    expect(asked).toBe(1);
  });

  test.each([
    ['switches protocols', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['accepts and hangs up', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['closes without a response', ''],
  ])('because it %s fails the request', async (_how, bytes) => {
    const { at } = await listening((socket) => socket.once('data', () => socket.end(bytes)));
    await expect(through(at)(request())).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test.each([
    ['says nothing', () => undefined],
    ['drips its answer', dripping],
  ])('because it %s is given up and let go', async (_how, answer) => {
    const { at, allGone } = await listening(answer);
    await expect(through(at)(request())).rejects.toMatchObject({
      kind: 'unavailable',
      message: `The proxy http://${at} did not respond in time`,
    });
    await allGone();
  });

  test('within the time of the request is let go as well', async () => {
    const { at, allGone } = await listening(dripping);
    const send = through(at, { timeoutSeconds: 30 });
    await expect(send({ ...request(), timeoutSeconds: 0.2 })).rejects.toMatchObject({
      kind: 'unavailable',
      message: `The proxy http://${at} did not respond in time`,
    });
    await allGone();
  });

  test.each([
    ['something other than HTTP', 'hello\r\n\r\n', 'the response is not HTTP'],
    ['headers without end', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(99_999)}`, 'response headers'],
    ['an answer of its own', 'HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n<html>', 'HTTP 302'],
    ['no TLS behind it', 'HTTP/1.1 200 OK\r\n\r\nSSH-2.0-OpenSSH_9.6\r\n', 'does not speak TLS'],
  ])('because it answers with %s is told', async (_what, bytes, said) => {
    const { at } = await listening((socket) => socket.once('data', () => socket.write(bytes)));
    await expect(through(at)(request())).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining(said),
    });
  });
});

describe('a proxy that speaks TLS itself', () => {
  const pks = () => `https://pks.test:${String(server.port)}/`;

  test('is only trusted through the system’s CAs', async () => {
    const address = await covered(certificates.good);
    const send = (root: KeyAndCertificate) => through(address, { systemRoots: () => [root.cert] });
    expect((await send(certificates.ca)(request())).status).toBe(200);
    await expect(send(certificates.strangerCa)(request())).rejects.toMatchObject({
      kind: 'untrusted',
      message: `The certificate of the proxy ${address} is signed by an unknown certificate authority`,
      hint: expect.stringContaining('SSL_CERT_FILE'),
    });
  });

  test('must have a certificate for its own name, no matter which host is behind it', async () => {
    const address = await covered(certificates.good);
    const trust = { skipTlsVerification: true, systemRoots: () => [certificates.ca.cert] };
    expect((await through(address, trust)(request(pks()))).status).toBe(200);
  });

  test('is refused with a certificate of the host behind it, even after -k', async () => {
    const address = await covered(certificates.wrongName);
    const trust = { skipTlsVerification: true, systemRoots: () => [certificates.ca.cert] };
    const send = through(address, trust);
    const url = `https://elsewhere.example.com:${String(server.port)}/`;
    await expect(send(request(url))).rejects.toMatchObject({
      kind: 'untrusted',
      message: `The certificate of the proxy ${address} is issued for another host`,
    });
  });
});

/** Headers that never end, a byte at a time. */
function dripping(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
  const timer = setInterval(() => socket.write('a'), 20);
  socket.on('close', () => {
    clearInterval(timer);
  });
}

/** A server of bare sockets, until the test ends. */
async function listening(answer: (socket: Socket) => void) {
  const open = new Set<Socket>();
  const bare = createServer((socket) => {
    open.add(socket.on('error', () => undefined).resume());
    socket.on('close', () => open.delete(socket));
    answer(socket);
  });
  const port = await listen(bare);
  endings.push(() => {
    for (const socket of open) socket.destroy();
  });
  return {
    at: `127.0.0.1:${String(port)}`,
    /** Resolves when the other end has closed all connections. */
    allGone: () =>
      Promise.all([...open].map((socket) => new Promise((resolve) => socket.on('close', resolve)))),
  };
}

/** The proxy behind TLS. @returns its address. */
async function covered(certificate: KeyAndCertificate): Promise<string> {
  const inner = new URL(proxy.bareUrl);
  const cover = createTlsServer(certificate, (socket) => {
    const on = connect(Number(inner.port), inner.hostname);
    socket.pipe(on).pipe(socket);
    socket.on('error', () => on.destroy());
    on.on('error', () => socket.destroy());
  });
  return `https://127.0.0.1:${String(await listen(cover))}`;
}

async function listen(bare: Server): Promise<number> {
  bare.listen(0, '127.0.0.1');
  await once(bare, 'listening');
  endings.push(() => bare.close());
  return (bare.address() as AddressInfo).port;
}
