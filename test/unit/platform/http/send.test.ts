import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { TpksError } from '../../../../src/base/errors.js';
import { createHttpsSend, type HttpsSendDeps } from '../../../../src/platform/http/https-send.js';
import { createProxy, type Proxy } from '../../../../src/platform/http/proxy.js';
import type { HttpRequest, Send } from '../../../../src/platform/http/send.js';
import { readCaCert } from '../../../../src/platform/input/ca-cert.js';
import { isOtherProgram } from '../../../support/program/spawned.js';
import { startRemoteSends } from '../../../support/programs/remote-send.js';
import {
  fingerprint,
  createCertificates,
  type Certificates,
} from '../../../support/servers/certificates.js';
import { startConnectProxy, type ConnectProxy } from '../../../support/servers/connect-proxy.js';
import {
  respond,
  drip,
  endlessBody,
  neverRespond,
  respondRaw,
  redirectTo,
  resetBeforeHeaders,
  resetInBody,
  startFaultyServer,
  type FaultyServer,
} from '../../../support/servers/faulty-server.js';
import { freePort } from '../../../support/servers/free-port.js';

let certificates: Certificates;
let server: FaultyServer;
let proxy: ConnectProxy;
const remote = isOtherProgram ? startRemoteSends() : undefined;

beforeAll(async () => {
  certificates = await createCertificates();
  server = await startFaultyServer(certificates.good);
  proxy = await startConnectProxy();
});
afterAll(async () => {
  remote?.close();
  await Promise.all([server.close(), proxy.close()]);
});
beforeEach(() => {
  server.clearRequests();
  server.setBehaviour(respond());
});

/** Creates a `Send` that trusts the CA of the test server by default. */
type CreateSend = (deps?: Partial<HttpsSendDeps>) => Send;

const withDefaults =
  (create: (deps: HttpsSendDeps) => Send): CreateSend =>
  (deps = {}) =>
    create({
      caCert: certificates.ca.cert,
      skipTlsVerification: false,
      timeoutSeconds: 5,
      systemRoots: () => [],
      ...deps,
    });

/** A proxy that is also used for this machine, where the test servers run. */
const proxyAt = (address: string): Proxy => ({
  ...createProxy({ address, noProxy: '', systemRoots: () => [] }),
  isUsedFor: () => true,
});

/** The `Send` of the program in `TPKS_TEST_BIN` if it is set, otherwise the one of Node. */
const direct: [string, CreateSend] =
  remote === undefined
    ? ['node:https', withDefaults(createHttpsSend)]
    : ['fetch', withDefaults(remote.create)];
const proxied: [string, CreateSend] =
  remote === undefined
    ? [
        'node:https through a proxy',
        withDefaults((deps) => createHttpsSend({ ...deps, proxy: proxyAt(proxy.url) })),
      ]
    : [
        'fetch through a proxy',
        withDefaults((deps) => remote.create({ ...deps, proxyUrl: proxy.url })),
      ];

const get = (path = '/', more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url: `${server.origin}${path}`,
  ...more,
});

describe.each([direct, proxied])('%s', (_name, createSend) => {
  test('sends method, path, query, headers and body unchanged', async () => {
    const response = await createSend()({
      method: 'PUT',
      url: `${server.origin}/v1/a%20b?count=1&q=%22`,
      headers: { 'x-test': 'yes', 'content-type': 'text/plain', 'user-agent': 'test/1' },
      body: 'grüße',
    });
    await response.text();
    expect(server.requests).toEqual([
      {
        method: 'PUT',
        path: '/v1/a%20b?count=1&q=%22',
        body: 'grüße',
        headers: expect.objectContaining({
          ...{ 'x-test': 'yes', 'content-length': '7', 'user-agent': 'test/1' },
        }),
      },
    ]);
  });

  test('fails if no response arrives within the timeout', async () => {
    server.setBehaviour(neverRespond);
    await expect(createSend()(get('/', { timeoutSeconds: 0.2 }))).rejects.toMatchObject({
      kind: 'unavailable',
      message: `127.0.0.1:${String(server.port)} did not send a complete response within 0.2 s`,
      hint: expect.stringContaining('--timeout'),
    });
  });

  test('reports a connection that is closed before the response', async () => {
    server.setBehaviour(resetBeforeHeaders);
    await expect(createSend()(get())).rejects.toMatchObject({
      kind: 'unavailable',
      message: `Unable to send a request to 127.0.0.1:${String(server.port)}: the connection was interrupted`,
      hint: expect.stringContaining('try again'),
    });
  });

  describe('a server certificate', () => {
    const toTrust = `to trust the server, get its CA certificate from the operator of the installation, then set the variable:
export TPKS_CA_CERT=FILE`;
    const notIssued = 'the given CA CN=Test CA did not issue this certificate; ';
    const toRenew =
      'check the clock of this machine: date -u; if it is correct, ask the operator of the installation for a valid certificate';
    const instant = String.raw`20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ`;
    const clock = `; the clock of this machine shows ${instant}`;
    const certificateErrors: [
      which: keyof Certificates,
      why: string,
      issuer: string,
      hint: string,
    ][] = [
      [
        'unknownCa',
        'is signed by an unknown certificate authority',
        'Stranger CA',
        notIssued + toTrust,
      ],
      [
        'wrongName',
        'was issued for another host: elsewhere\\.example\\.com',
        'Test CA',
        'if elsewhere.example.com is the same server, use that name in the address',
      ],
      ['expired', `expired on ${instant}${clock}`, 'Test CA', toRenew],
      ['notYetValid', `is not valid before ${instant}${clock}`, 'Test CA', toRenew],
      [
        'expiredCa',
        `was issued by CN=Old CA, whose certificate expired on ${instant}${clock}`,
        'Old CA',
        toRenew,
      ],
      ['selfSigned', 'is self-signed and not trusted', 'localhost', notIssued + toTrust],
    ];

    test.each(certificateErrors)(
      'of the kind %s is rejected with its fingerprint, and nothing is sent',
      async (which, why, issuer, hint) => {
        const bad = await startFaultyServer(certificates[which]);
        const caCert = which === 'expiredCa' ? certificates.oldCa.cert : certificates.ca.cert;
        const sent = createSend({ caCert })({
          method: 'POST',
          url: `${bad.origin}/oauth/token`,
          headers: { authorization: 'Bearer test-token' },
          body: 'password=test-password',
        });
        const error = await sent.then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        await bad.close();
        expect(error).toMatchObject({
          kind: 'untrusted',
          message: expect.stringMatching(
            `^The certificate of 127\\.0\\.0\\.1:${String(bad.port)} ${why}$`,
          ),
          hint: `${hint}\n(no secrets were sent)`,
          facts: [
            ['Issuer', `CN=${issuer}`],
            ['Issued for', expect.stringContaining(which === 'wrongName' ? 'elsewhere' : '127')],
            ['Valid', expect.stringMatching(`^${instant} to ${instant}$`)],
            ['SHA-256', fingerprint(certificates[which])],
          ],
        });
        expect(bad.requests).toEqual([]);
      },
    );

    test('names the variable with a CA that did not issue it', async () => {
      const bad = await startFaultyServer(certificates.unknownCa);
      const { cert } = certificates.ca;
      await expect(
        createSend({ caCert: readCaCert(cert), caVariable: cert })({
          method: 'GET',
          url: bad.origin,
        }),
      ).rejects.toMatchObject({
        kind: 'untrusted',
        message: `The certificate of 127.0.0.1:${String(bad.port)} was not issued by the CA in TPKS_CA_CERT (CN=Test CA)`,
        hint: expect.stringMatching(/\nunset TPKS_CA_CERT\n/),
      });
      await bad.close();
    });

    test('is not verified with -k', async () => {
      const bad = await startFaultyServer(certificates.selfSigned);
      const { status } = await createSend({ caCert: undefined, skipTlsVerification: true })({
        method: 'GET',
        url: bad.origin,
      });
      await bad.close();
      expect(status).toBe(200);
    });

    test('is trusted if the system trusts its CA and the context has none', async () => {
      const systemRoots = () => [certificates.ca.cert];
      expect((await createSend({ caCert: undefined, systemRoots })(get())).status).toBe(200);
    });

    test('is trusted if the system trusts its CA and the context has another CA', async () => {
      const systemRoots = () => [certificates.ca.cert];
      const caCert = certificates.untrustedCa.cert;
      expect((await createSend({ caCert, systemRoots })(get())).status).toBe(200);
    });

    test('is trusted if the context has its CA and the system has others', async () => {
      const systemRoots = () => [readSystemBundle()];
      expect((await createSend({ systemRoots })(get())).status).toBe(200);
    });
  });
});

// Only `fetch` reads responses differently through a proxy. With node:https, the proxy only opens the connection.
describe.each(remote === undefined ? [direct] : [direct, proxied])('%s', (_name, createSend) => {
  test.each([200, 204, 301, 400, 401, 404, 500, 503])(
    'returns a response with status %i',
    async (status) => {
      server.setBehaviour(
        respond({ status, body: status === 204 ? '' : `body of ${String(status)}` }),
      );
      const response = await createSend()(get());
      expect(response.status).toBe(status);
      expect(await response.text()).toBe(status === 204 ? '' : `body of ${String(status)}`);
    },
  );

  test('sends a body of bytes unchanged', async () => {
    await (await createSend()(get('/', { method: 'POST', body: Buffer.from('äöü') }))).text();
    expect(server.requests[0]?.body).toBe('äöü');
  });

  test('returns header names in lower case and joins repeated headers', async () => {
    server.setBehaviour(respond({ headers: { 'X-One': 'a', 'Set-Cookie': ['b=1', 'c=2'] } }));
    const { headers } = await createSend()(get());
    expect(headers).toMatchObject({ 'x-one': 'a', 'set-cookie': 'b=1, c=2' });
  });

  test('does not follow redirects', async () => {
    server.setBehaviour(redirectTo('/elsewhere'));
    const response = await createSend()(get());
    expect(response).toMatchObject({ status: 302, headers: { location: '/elsewhere' } });
    expect(server.requests).toHaveLength(1);
  });

  test('returns headers and an empty body for HEAD', async () => {
    server.setBehaviour(respond({ status: 401, headers: { 'www-authenticate': 'Bearer' } }));
    const response = await createSend()(get('/', { method: 'HEAD' }));
    expect(response).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(await response.text()).toBe('');
  });

  test('returns the body as a stream', async () => {
    server.setBehaviour(respond({ body: 'streamed' }));
    const pieces: Uint8Array[] = [];
    for await (const piece of (await createSend()(get())).stream()) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe('streamed');
  });

  describe('the timeout', () => {
    test.each<[method: string, path: string, hint: string]>([
      ['GET', '/Users', 'try again, or allow more time with --timeout SECONDS'],
      ['POST', '/oauth/token', 'try again, or allow more time with --timeout SECONDS'],
      [
        'POST',
        '/oauth/clients',
        'the server may have accepted the request; check before trying again\n' +
          'allow more time with --timeout SECONDS',
      ],
    ])('has a hint that fits %s %s', async (method, path, hint) => {
      server.setBehaviour(neverRespond);
      const sending = createSend()({ ...get(path, { timeoutSeconds: 0.2 }), method });
      await expect(sending).rejects.toMatchObject({
        hint,
        host: `127.0.0.1:${String(server.port)}`,
      });
    });

    test('limits the total time of a text that arrives slowly', async () => {
      server.setBehaviour(drip(20));
      const readText = async () => (await createSend({ timeoutSeconds: 0.3 })(get())).text();
      await expect(readText()).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('did not send a complete response within 0.3 s'),
      });
    });

    test('is not exceeded by a stream that sends 16 KiB within each timeout', async () => {
      server.setBehaviour((_request, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '.repeat(16 * 1024)), 50);
        setTimeout(() => {
          clearInterval(timer);
          response.end('!');
        }, 1500);
      });
      const pieces: Uint8Array[] = [];
      const response = await createSend({ timeoutSeconds: 1 })(get());
      for await (const piece of response.stream()) pieces.push(piece);
      expect(Buffer.concat(pieces).toString()).toMatch(/^ +!$/);
    });

    test('is exceeded by a stream that stalls', async () => {
      server.setBehaviour((_request, response) => {
        response.writeHead(200);
        response.write('first');
      });
      const read = async () => consume((await createSend({ timeoutSeconds: 0.3 })(get())).stream());
      await expect(read()).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('did not send a complete response within 0.3 s'),
      });
    });
  });

  test('fails if a stream sends less than 16 KiB within the timeout', async () => {
    server.setBehaviour(drip(50));
    const read = async () => consume((await createSend({ timeoutSeconds: 0.5 })(get())).stream());
    await expect(read()).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('did not send a complete response within 0.5 s'),
    });
  });

  test('does not count the time that the reader of a stream takes', async () => {
    const body = 'x'.repeat(1024 * 1024);
    server.setBehaviour(respond({ body }));
    const response = await createSend({ timeoutSeconds: 1 })(get());
    let size = 0;
    for await (const piece of response.stream()) {
      if (size === 0) await new Promise((resolve) => setTimeout(resolve, 1500));
      size += piece.byteLength;
    }
    expect(size).toBe(body.length);
  });

  describe('a faulty connection', () => {
    test('is reported if it is closed within the body', async () => {
      server.setBehaviour(resetInBody);
      const response = await createSend()(get());
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('the connection was interrupted'),
      });
    });

    test('is reported if the body is larger than 16 MiB', async () => {
      server.setBehaviour(endlessBody);
      const response = await createSend()(get());
      await expect(response.text()).rejects.toMatchObject({
        kind: 'unavailable',
        message: `The response from 127.0.0.1:${String(server.port)} is larger than 16 MiB`,
      });
    });

    test('is reported if the headers are too large', async () => {
      server.setBehaviour(respond({ headers: { 'x-huge': 'h'.repeat(200_000) } }));
      await expect(createSend()(get())).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('the response headers are too large'),
      });
    });

    test('is reported if the server does not speak HTTP', async () => {
      server.setBehaviour((_request, response) => response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n'));
      await expect(createSend()(get())).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('the response is not HTTP'),
      });
    });
  });

  describe('an unusual response', () => {
    test.each(['gzip', 'br', 'x-unknown', 'gzip, gzip'])(
      'that is encoded with %s is an error if no encoding was requested',
      async (encoding) => {
        const body = gzipSync(Buffer.alloc(1024 * 1024));
        server.setBehaviour(respond({ headers: { 'content-encoding': encoding }, body }));
        await expect(createSend()(get())).rejects.toMatchObject({
          kind: 'unavailable',
          message: expect.stringContaining(`the response is encoded with ${encoding}`),
        });
      },
    );

    test('in a requested encoding is returned without decoding', async () => {
      const body = gzipSync('result');
      server.setBehaviour(respond({ headers: { 'content-encoding': 'gzip' }, body }));
      const response = await createSend()(get('/', { headers: { 'accept-encoding': 'gzip' } }));
      const parts: Uint8Array[] = [];
      for await (const part of response.stream()) parts.push(part);
      expect(gunzipSync(Buffer.concat(parts)).toString()).toBe('result');
    });
  });
});

describe.each([direct])('%s without a proxy', (name, createSend) => {
  const tlsFailed = 'the TLS connection failed, or the port does not speak TLS';

  test('verifies the certificate against the URL, not against the Host header', async () => {
    const send = createSend();
    const headers = { host: 'elsewhere.example.com' };
    expect((await send({ method: 'GET', url: server.origin, headers })).status).toBe(200);
    const wrong = await startFaultyServer(certificates.wrongName);
    await expect(send({ method: 'GET', url: wrong.origin, headers })).rejects.toMatchObject({
      kind: 'untrusted',
    });
    await wrong.close();
  });

  test.each([
    ['good', 'localhost', true],
    ['looseNames', 'localhost', false],
    ['looseNames', '127.0.0.1', false],
    ['commonName', 'localhost', false],
    ['addressOnly', 'localhost', false],
    ['addressOnly', '127.0.0.1', true],
  ] as const)(
    'with the certificate %s and the host %s: accepted %s',
    async (which, host, accepts) => {
      const other = await startFaultyServer(certificates[which]);
      const url = `https://${host}:${String(other.port)}/`;
      const sent = createSend()({ method: 'GET', url }).then(
        ({ status }) => status,
        (error: unknown) => (error as TpksError).kind,
      );
      expect(await sent).toBe(accepts ? 200 : 'untrusted');
      expect(other.requests).toHaveLength(accepts ? 1 : 0);
      await other.close();
    },
  );

  test.each(['localhost', '127.0.0.1'])(
    'explains that a certificate for %s has no subject alternative name',
    async (host) => {
      const other = await startFaultyServer(certificates.commonName);
      const url = `https://${host}:${String(other.port)}/`;
      const error: unknown = await createSend()({ method: 'GET', url }).catch(
        (thrown: unknown) => thrown,
      );
      await other.close();
      expect(error).toMatchObject({
        kind: 'untrusted',
        message: expect.stringMatching(/^The certificate of \S+ has no subject alternative name$/),
        hint: `ask the operator of the server for a certificate with the subject alternative name ${host}\n(no secrets were sent)`,
      });
    },
  );

  test('does not reuse a connection that was opened without verification', async () => {
    const bad = await startFaultyServer(certificates.selfSigned);
    const request = { method: 'POST', url: `${bad.origin}/`, body: 'secret' };
    const first = await createSend({ skipTlsVerification: true })(request);
    await first.text();
    await expect(createSend()(request)).rejects.toMatchObject({ kind: 'untrusted' });
    expect(bad.requests).toHaveLength(1);
    await bad.close();
  });

  test('does not reuse a connection that another CA has verified', async () => {
    const request = { method: 'POST', url: `${server.origin}/`, body: 'secret' };
    await (await createSend()(request)).text();
    const caCert = certificates.untrustedCa.cert;
    await expect(createSend({ caCert })(request)).rejects.toMatchObject({ kind: 'untrusted' });
    expect(server.requests).toHaveLength(1);
  });

  // A GET request may be repeated.
  const changes = ['POST', 'PATCH', 'PUT', 'DELETE'].flatMap((method) => [
    { method, how: 'resets', behaviour: resetBeforeHeaders },
    { method, how: 'ends', behaviour: respondRaw('') },
  ]);
  test.each(changes)(
    'sends a $method request once if the server $how a reused connection',
    async ({ method, behaviour }) => {
      const send = createSend();
      const request = { method, url: server.origin, body: 'x' };
      await (await send(request)).text();
      server.clearRequests();
      server.setBehaviour(behaviour);
      await expect(send(request)).rejects.toMatchObject({ kind: 'unavailable' });
      expect(server.requests).toHaveLength(1);
    },
  );

  test.each(['TLSv1', 'TLSv1.1'] as const)('does not accept %s', async (version) => {
    let connections = 0;
    const options = { ...certificates.good, minVersion: version, maxVersion: version };
    const old = createTlsServer({ ...options, ciphers: 'DEFAULT@SECLEVEL=0' }, () => {
      connections += 1;
    });
    const url = `https://${await listen(old)}/`;
    await expect(createSend()({ method: 'GET', url })).rejects.toMatchObject({
      kind: 'unavailable',
    });
    old.close();
    expect(connections).toBe(0);
  });

  test('states the reason if nothing is listening', async () => {
    const port = await freePort();
    await expect(
      createSend()({ method: 'GET', url: `https://127.0.0.1:${String(port)}/` }),
    ).rejects.toMatchObject({
      message: `Unable to send a request to 127.0.0.1:${String(port)}: the connection was refused`,
      hint: `check the address and the network, then try again: curl -v https://127.0.0.1:${String(port)}`,
    });
  });

  test('states the reason if the host is unknown', async () => {
    await expect(
      createSend()({ method: 'GET', url: 'https://no-such-host.invalid:9021/' }),
    ).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(
        /^Unable to send a request to no-such-host\.invalid:9021: the hostname (is unknown|cannot be looked up)/,
      ),
    });
  });

  test.each([
    {
      what: 'supports no cipher of the client',
      options: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' },
      reason: tlsFailed,
    },
    {
      what: 'requires a client certificate',
      options: { minVersion: 'TLSv1.3', requestCert: true },
      // `fetch` does not report which TLS error occurred.
      reason:
        name === 'fetch'
          ? tlsFailed
          : 'the server requires a client certificate, which tpks does not support',
    },
  ] as const)('states the reason if the server $what', async ({ options, reason }) => {
    const strict = createTlsServer({ ...certificates.good, ...options });
    const host = await listen(strict);
    await expect(createSend()({ method: 'GET', url: `https://${host}/` })).rejects.toMatchObject({
      message: `Unable to send a request to ${host}: ${reason}`,
    });
    strict.close();
  });

  test('states the reason if the port does not speak TLS', async () => {
    const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const url = `https://${await listen(plain)}/`;
    await expect(createSend()({ method: 'GET', url })).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('the port does not speak TLS'),
    });
    plain.close();
  });
});

/**
 * Starts a server on loopback. It ignores connections that the client resets, which would otherwise make
 * the tests fail.
 * @returns its host and port.
 */
async function listen(server: Server): Promise<string> {
  for (const event of ['connection', 'secureConnection']) {
    server.on(event, (socket: Socket) => socket.on('error', () => undefined));
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

async function consume(stream: AsyncIterable<Uint8Array>): Promise<void> {
  const reader = stream[Symbol.asyncIterator]();
  while ((await reader.next()).done !== true);
}

function readSystemBundle(): string {
  return readFileSync('/etc/ssl/certs/ca-certificates.crt', 'utf8');
}
