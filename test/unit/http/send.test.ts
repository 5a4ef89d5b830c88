import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHttpsSend, type HttpsSendDeps } from '../../../src/http/https-send.js';
import { createProxy, type Proxy } from '../../../src/http/proxy.js';
import type { HttpRequest, Send } from '../../../src/http/send.js';
import { fingerprint, makeCertificates, type Certificates } from '../../support/certificates.js';
import { startConnectProxy, type ConnectProxy } from '../../support/connect-proxy.js';
import {
  answers,
  drips,
  endlessBody,
  informsForever,
  neverAnswers,
  raw,
  redirectsTo,
  resetsBeforeHeaders,
  resetsInBody,
  startFaultyServer,
  switchesProtocols,
  type FaultyServer,
} from '../../support/faulty-server.js';
import { freePort } from '../../support/free-port.js';

let certificates: Certificates;
let server: FaultyServer;
let proxy: ConnectProxy;

beforeAll(async () => {
  certificates = await makeCertificates();
  server = await startFaultyServer(certificates.good);
  proxy = await startConnectProxy();
});
afterAll(async () => {
  await Promise.all([server.close(), proxy.close()]);
});
beforeEach(() => {
  server.forget();
  server.behave(answers());
});

/** The door to the server, trusting its CA unless a test says otherwise. */
type Open = (deps?: Partial<HttpsSendDeps>) => Send;

const with_ =
  (create: (deps: HttpsSendDeps) => Send): Open =>
  (deps = {}) =>
    create({
      caCert: certificates.ca.cert,
      skipTlsVerification: false,
      timeoutSeconds: 5,
      systemRoots: () => [],
      ...deps,
    });

/** A proxy that serves this machine too, where all the servers of these tests are. */
const to = (address: string): Proxy => ({
  ...createProxy({ address, noProxy: '', systemRoots: () => [] }),
  isUsedFor: () => true,
});

describe.each<[string, Open]>([
  ['node:https', with_(createHttpsSend)],
  [
    'node:https through a proxy',
    with_((deps) => createHttpsSend({ ...deps, proxy: to(proxy.url) })),
  ],
])('%s', (_name, open) => {
  const get = (path = '/', more: Partial<HttpRequest> = {}): HttpRequest => ({
    method: 'GET',
    url: `${server.origin}${path}`,
    ...more,
  });

  test.each([200, 204, 301, 400, 401, 404, 500, 503])(
    'an answer with status %i is an answer, not an error',
    async (status) => {
      server.behave(answers({ status, body: status === 204 ? '' : `body of ${String(status)}` }));
      const response = await open()(get());
      expect(response.status).toBe(status);
      expect(await response.text()).toBe(status === 204 ? '' : `body of ${String(status)}`);
    },
  );

  test('method, path, query, headers and body arrive as they are', async () => {
    const response = await open()({
      method: 'PUT',
      url: `${server.origin}/v1/a%20b?count=1&q=%22`,
      headers: { 'x-test': 'yes', 'content-type': 'text/plain' },
      body: 'grüße',
    });
    await response.text();
    expect(server.requests).toEqual([
      {
        method: 'PUT',
        path: '/v1/a%20b?count=1&q=%22',
        body: 'grüße',
        headers: expect.objectContaining({ 'x-test': 'yes', 'content-length': '7' }),
      },
    ]);
  });

  test('bytes go out as bytes', async () => {
    await (await open()(get('/', { method: 'POST', body: Buffer.from('äöü') }))).text();
    expect(server.requests[0]?.body).toBe('äöü');
  });

  test('headers come back in lower case, repeated ones joined', async () => {
    server.behave(answers({ headers: { 'X-One': 'a', 'Set-Cookie': ['b=1', 'c=2'] } }));
    const { headers } = await open()(get());
    expect(headers).toMatchObject({ 'x-one': 'a', 'set-cookie': 'b=1, c=2' });
  });

  test('redirects are not followed', async () => {
    server.behave(redirectsTo('/elsewhere'));
    const response = await open()(get());
    expect(response).toMatchObject({ status: 302, headers: { location: '/elsewhere' } });
    expect(server.requests).toHaveLength(1);
  });

  test('a response to HEAD has headers and no body', async () => {
    server.behave(answers({ status: 401, headers: { 'www-authenticate': 'Bearer' } }));
    const response = await open()(get('/', { method: 'HEAD' }));
    expect(response).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(await response.text()).toBe('');
  });

  test('a body can be read as a stream', async () => {
    server.behave(answers({ body: 'streamed' }));
    const pieces: Uint8Array[] = [];
    for await (const piece of (await open()(get())).stream()) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe('streamed');
  });

  test('requests at the same time do not mix', async () => {
    server.behave((request, response) => {
      setTimeout(() => response.end(request.path), Math.random() * 20);
    });
    const send = open();
    const paths = Array.from({ length: 20 }, (_, index) => `/${String(index)}`);
    const texts = await Promise.all(paths.map(async (path) => (await send(get(path))).text()));
    expect(texts).toEqual(paths);
  });

  describe('time', () => {
    test('a missing response is an error after the timeout of the request', async () => {
      server.behave(neverAnswers);
      await expect(open()(get('/', { timeoutSeconds: 0.2 }))).rejects.toMatchObject({
        kind: 'unavailable',
        message: `127.0.0.1:${String(server.port)} did not send a complete response within 0.2 s`,
        hint: expect.stringContaining('--timeout'),
      });
    });

    test('a text that drips does not last longer than the time allowed', async () => {
      server.behave(drips(20));
      const response = await open({ timeoutSeconds: 0.3 })(get());
      const startedAt = Date.now();
      await expect(response.text()).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('did not send a complete response within 0.3 s'),
      });
      expect(Date.now() - startedAt).toBeLessThan(1000);
    });

    test('a stream may last longer than that if 16 KiB arrive within each timeout', async () => {
      server.behave((_request, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '.repeat(16 * 1024)), 50);
        setTimeout(() => {
          clearInterval(timer);
          response.end('!');
        }, 900);
      });
      const pieces: Uint8Array[] = [];
      const response = await open({ timeoutSeconds: 0.4 })(get());
      for await (const piece of response.stream()) pieces.push(piece);
      expect(Buffer.concat(pieces).toString()).toMatch(/^ +!$/);
    });

    test('a stalled stream is an error', async () => {
      server.behave((_request, response) => {
        response.writeHead(200);
        response.write('first');
      });
      const response = await open({ timeoutSeconds: 0.3 })(get());
      await expect(consume(response.stream())).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('did not send a complete response within 0.3 s'),
      });
    });
  });

  test('a stream that sends less than 16 KiB within the timeout is an error', async () => {
    server.behave(drips(50));
    const response = await open({ timeoutSeconds: 0.5 })(get());
    await expect(consume(response.stream())).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('did not send a complete response within 0.5 s'),
    });
  });

  test('the time that the reader of a stream takes does not count', async () => {
    const body = 'x'.repeat(1024 * 1024);
    server.behave(answers({ body }));
    const response = await open({ timeoutSeconds: 1 })(get());
    let size = 0;
    for await (const piece of response.stream()) {
      if (size === 0) await new Promise((resolve) => setTimeout(resolve, 1500));
      size += piece.byteLength;
    }
    expect(size).toBe(body.length);
  });

  describe('trouble on the way', () => {
    test('a connection that is closed before the response', async () => {
      server.behave(resetsBeforeHeaders);
      await expect(open()(get())).rejects.toMatchObject({
        kind: 'unavailable',
        message: `Unable to send a request to 127.0.0.1:${String(server.port)}: the connection was interrupted`,
        hint: expect.stringContaining('try again'),
      });
    });

    test('a connection that breaks off within the body', async () => {
      server.behave(resetsInBody);
      const response = await open()(get());
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('the connection was interrupted'),
      });
    });

    test('data after the announced length does not change the body', async () => {
      server.behave(raw('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[{"name":"x"}]'));
      expect(await (await open()(get())).text()).toBe('[{');
    });

    test('more than 16 MiB are not read', async () => {
      server.behave(endlessBody);
      const response = await open()(get());
      await expect(response.text()).rejects.toMatchObject({
        kind: 'unavailable',
        message: `The response from 127.0.0.1:${String(server.port)} is larger than 16 MiB`,
      });
    });

    test('just under 16 MiB are', async () => {
      server.behave(answers({ body: Buffer.alloc(16 * 1024 * 1024, 'x') }));
      expect(await (await open()(get())).text()).toHaveLength(16 * 1024 * 1024);
    });

    test('headers beyond all bounds', async () => {
      server.behave(answers({ headers: { 'x-huge': 'h'.repeat(200_000) } }));
      await expect(open()(get())).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('the response headers are too large'),
      });
    });

    test('something that does not speak HTTP', async () => {
      server.behave((_request, response) => response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n'));
      await expect(open()(get())).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('the response is not HTTP'),
      });
    });
  });

  describe('responses that are not a result', () => {
    test.each([
      ['with an Upgrade header', switchesProtocols],
      ['without an Upgrade header', raw('HTTP/1.1 101 Switching Protocols\r\n\r\n')],
    ])('a server that switches protocols %s fails the request', async (_name, behaviour) => {
      server.behave(behaviour);
      await expect(open()(get('/', { method: 'DELETE' }))).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('did not send a valid response: it switched protocols'),
      });
      expect(server.requests).toHaveLength(1);
    });

    test('a status that HTTP does not define fails the request', async () => {
      server.behave(raw('HTTP/1.1 799 Odd\r\nContent-Length: 0\r\n\r\n'));
      await expect(open()(get())).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('did not send a valid response: HTTP 799'),
      });
    });

    test('a method that opens a tunnel fails', async () => {
      server.behave(answers());
      await expect(open()(get('/', { method: 'CONNECT' }))).rejects.toMatchObject({
        kind: 'unavailable',
      });
    });

    test('a few informational responses are skipped', async () => {
      server.behave((_request, response) => {
        for (let sent = 0; sent < 3; sent += 1) response.writeProcessing();
        response.end('result');
      });
      expect(await (await open()(get())).text()).toBe('result');
    });

    test('too many informational responses fail the request', async () => {
      server.behave(informsForever);
      await expect(open()(get())).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('informational responses (HTTP 100)'),
      });
    });

    test.each(['gzip', 'br', 'x-unknown', 'gzip, gzip'])(
      'a response encoded with %s is refused, because none was requested',
      async (encoding) => {
        const body = gzipSync(Buffer.alloc(1024 * 1024));
        server.behave(answers({ headers: { 'content-encoding': encoding }, body }));
        await expect(open()(get())).rejects.toMatchObject({
          kind: 'unavailable',
          message: expect.stringContaining(`the response is encoded with ${encoding}`),
        });
      },
    );

    test('an encoding that the request asked for is passed on', async () => {
      const body = gzipSync('result');
      server.behave(answers({ headers: { 'content-encoding': 'gzip' }, body }));
      const response = await open()(get('/', { headers: { 'accept-encoding': 'gzip' } }));
      const parts: Uint8Array[] = [];
      for await (const part of response.stream()) parts.push(part);
      expect(gunzipSync(Buffer.concat(parts)).toString()).toBe('result');
    });

    test('the encoding "identity" changes nothing', async () => {
      server.behave(answers({ headers: { 'content-encoding': 'identity' }, body: 'result' }));
      expect(await (await open()(get())).text()).toBe('result');
    });
  });

  describe('trust', () => {
    const cases: [which: keyof Certificates, why: string, issuer: string][] = [
      ['unknownCa', 'is signed by an unknown certificate authority', 'Stranger CA'],
      ['wrongName', 'is issued for another host', 'Test CA'],
      ['expired', 'has expired according to the clock of this machine (20', 'Test CA'],
      ['notYetValid', 'is not valid yet according to the clock of this machine (20', 'Test CA'],
      ['selfSigned', 'is self-signed and not trusted', 'localhost'],
    ];

    test.each(cases)(
      '%s: refused with its fingerprint, and nothing is sent',
      async (which, why, issuer) => {
        const bad = await startFaultyServer(certificates[which]);
        const sent = open()({
          method: 'POST',
          url: `${bad.origin}/oauth/token`,
          headers: { authorization: 'Bearer precious' },
          body: 'password=precious',
        });
        const error = await sent.then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        await bad.close();
        expect(error).toMatchObject({
          kind: 'untrusted',
          message: expect.stringContaining(
            `The certificate of 127.0.0.1:${String(bad.port)} ${why}`,
          ),
          hint: expect.stringMatching(/no secrets were sent.*\nset TPKS_CA_CERT=FILE$/),
        });
        expect(error).toMatchObject({
          message: expect.stringContaining(`issuer CN=${issuer};`),
        });
        expect(error).toMatchObject({
          message: expect.stringContaining(`SHA-256 ${fingerprint(certificates[which])}`),
        });
        expect(bad.requests).toEqual([]);
      },
    );

    test('-k takes any certificate', async () => {
      const bad = await startFaultyServer(certificates.selfSigned);
      const { status } = await open({ caCert: undefined, skipTlsVerification: true })({
        method: 'GET',
        url: bad.origin,
      });
      await bad.close();
      expect(status).toBe(200);
    });

    test('the system’s authorities count without a CA of the context', async () => {
      const systemRoots = () => [certificates.ca.cert];
      expect((await open({ caCert: undefined, systemRoots })(get())).status).toBe(200);
    });

    test('they count beside a CA of the context', async () => {
      const systemRoots = () => [certificates.ca.cert];
      const caCert = certificates.strangerCa.cert;
      expect((await open({ caCert, systemRoots })(get())).status).toBe(200);
    });

    test('a CA of the context counts beside the system’s', async () => {
      const systemRoots = () => [bundleOfOthers()];
      expect((await open({ systemRoots })(get())).status).toBe(200);
    });
  });

  test('a port without a listener', async () => {
    const port = await freePort();
    await expect(
      open()({ method: 'GET', url: `https://127.0.0.1:${String(port)}/` }),
    ).rejects.toMatchObject({
      kind: 'unavailable',
      hint: expect.stringMatching(/try again|check/),
    });
  });
});

describe('node:https', () => {
  const open = with_(createHttpsSend);

  test('a header Host changes nothing about whose certificate is expected', async () => {
    const send = open();
    const headers = { host: 'elsewhere.example.com' };
    expect((await send({ method: 'GET', url: server.origin, headers })).status).toBe(200);
    const wrong = await startFaultyServer(certificates.wrongName);
    await expect(send({ method: 'GET', url: wrong.origin, headers })).rejects.toMatchObject({
      kind: 'untrusted',
    });
    await wrong.close();
  });

  test('states the reason if nothing is listening', async () => {
    const port = await freePort();
    await expect(
      open()({ method: 'GET', url: `https://127.0.0.1:${String(port)}/` }),
    ).rejects.toMatchObject({
      message: `Unable to send a request to 127.0.0.1:${String(port)}: the connection was refused`,
      hint: `check the address and the network, then try again: curl -v https://127.0.0.1:${String(port)}`,
    });
  });

  test('names the reason where the host is unknown', async () => {
    await expect(
      open()({ method: 'GET', url: 'https://no-such-host.invalid:9021/' }),
    ).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(
        /^Unable to send a request to no-such-host\.invalid:9021: the host name (is unknown|cannot be looked up)/,
      ),
    });
  });

  test('names the reason where the port does not speak TLS', async () => {
    const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    await expect(
      open()({ method: 'GET', url: `https://127.0.0.1:${String(port)}/` }),
    ).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('the port does not speak TLS'),
    });
    plain.close();
  });

  test('does not look at the system’s authorities when the context’s own is enough', async () => {
    let asked = 0;
    const systemRoots = () => {
      asked += 1;
      return [];
    };
    await (await open({ systemRoots })({ method: 'GET', url: server.origin })).text();
    expect(asked).toBe(0);
  });

  test('looks at them once for many requests', async () => {
    let asked = 0;
    const systemRoots = () => {
      asked += 1;
      return [certificates.ca.cert];
    };
    const send = open({ caCert: undefined, systemRoots });
    for (let turn = 0; turn < 3; turn += 1) {
      await (await send({ method: 'GET', url: server.origin })).text();
    }
    expect(asked).toBe(1);
  });
});

async function consume(stream: AsyncIterable<Uint8Array>): Promise<void> {
  const reader = stream[Symbol.asyncIterator]();
  while ((await reader.next()).done !== true);
}

function bundleOfOthers(): string {
  return readFileSync('/etc/ssl/certs/ca-certificates.crt', 'utf8');
}
