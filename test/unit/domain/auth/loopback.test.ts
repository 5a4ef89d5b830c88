import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { createServer, connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, test } from '@jest/globals';
import { listenOnLoopback, type Loopback } from '../../../../src/domain/auth/loopback.js';

const openLoopbacks: Loopback[] = [];
afterEach(async () => {
  await Promise.all(openLoopbacks.splice(0).map((loopback) => loopback.close()));
});

async function listen(isInFragment = false, ports: readonly number[] = [0]): Promise<Loopback> {
  const loopback = await listenOnLoopback({ ports, path: '/authcode', isInFragment, state: 's' });
  openLoopbacks.push(loopback);
  return loopback;
}

interface BrowserRequest {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly address?: string;
}

/** Sends a request as a browser would; `Host` comes from the redirect URI unless a test overrides it. */
async function visit({ redirectUri }: Loopback, path: string, options: BrowserRequest = {}) {
  const { host, port } = new URL(redirectUri);
  const { method = 'GET', headers = {}, body, address = '127.0.0.1' } = options;
  const outgoing = request({
    host: address,
    port,
    path,
    method,
    agent: false,
    headers: { host, ...headers },
  });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const chunks = (await incoming.toArray()) as Buffer[];
  return {
    status: incoming.statusCode,
    headers: incoming.headers,
    text: Buffer.concat(chunks).toString(),
  };
}

const loggedIn = { isSuccess: true, title: 'Logged in', text: 'Go back.' };
const denied = { isSuccess: false, title: 'Login failed', text: '<b>"denied" & done</b>' };

describe('a response in the query', () => {
  test('is received, and the browser waits for the result of the login', async () => {
    const loopback = await listen();
    const headers = { 'sec-fetch-dest': 'document' };
    const page = visit(loopback, '/authcode?code=q7f2XaoBfo&state=s', { headers });
    const { parameters, reply } = await loopback.response;
    expect(Object.fromEntries(parameters)).toEqual({ code: 'q7f2XaoBfo', state: 's' });
    await reply(loggedIn);
    expect(await page).toMatchObject({
      status: 200,
      text: expect.stringContaining('<h1>Logged in</h1><p>Go back.</p>'),
      headers: {
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining(`default-src 'none'`),
        connection: 'close',
      },
    });
  });

  test('that is an error is shown in the page, with HTML escaped', async () => {
    const loopback = await listen();
    const page = visit(loopback, '/authcode?error=access_denied&state=s');
    await (await loopback.response).reply(denied);
    const { status, text } = await page;
    expect(status).toBe(400);
    expect(text).toContain('<p>&#60;b&#62;&#34;denied&#34; &#38; done&#60;/b&#62;</p>');
  });

  test('is received only once; later ones are rejected', async () => {
    const loopback = await listen();
    const page = visit(loopback, '/authcode?code=first&state=s');
    const { parameters, reply } = await loopback.response;
    expect((await visit(loopback, '/authcode?code=second&state=s')).status).toBe(404);
    await reply(loggedIn);
    await page;
    expect(parameters.get('code')).toBe('first');
  });

  test.each<[string, string, BrowserRequest]>([
    ['a request for the favicon', '/favicon.ico', {}],
    ['a request for the root path', '/?code=c&state=s', {}],
    ['a subpath', '/authcode/x?code=c&state=s', {}],
    ['a path with the same prefix', '/authcode2?code=c&state=s', {}],
    ['the path without parameters', '/authcode', {}],
    ['a POST request', '/authcode?code=c&state=s', { method: 'POST' }],
    ['a HEAD request', '/authcode?code=c&state=s', { method: 'HEAD' }],
    ['another hostname', '/authcode?code=c&state=s', { headers: { host: 'evil.example.com' } }],
    [
      'an IP address as the hostname',
      '/authcode?code=c&state=s',
      { headers: { host: '127.0.0.1:28443' } },
    ],
    ['another login', '/authcode?code=c&state=x', {}],
    ['a page that knows no state', '/authcode?code=c', {}],
    ['a page that sends an empty state', '/authcode?code=c&state=', {}],
    ['an error of another login', '/authcode?error=access_denied&state=x', {}],
    ['an error without a state', '/authcode?error=access_denied', {}],
    ['an image', '/authcode?error=e&state=s', { headers: { 'sec-fetch-dest': 'image' } }],
    ['a frame', '/authcode?error=e&state=s', { headers: { 'sec-fetch-dest': 'iframe' } }],
    [
      'a prefetch',
      '/authcode?code=c&state=s',
      { headers: { 'sec-purpose': 'prefetch;prerender' } },
    ],
  ])('is not accepted from %s', async (_name, path, options) => {
    const loopback = await listen();
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      expect((await visit(loopback, path, options)).status).toBe(404);
    }
    const page = visit(loopback, '/authcode?code=real&state=s');
    const { parameters, reply } = await loopback.response;
    await reply(loggedIn);
    await page;
    expect(parameters.get('code')).toBe('real');
  });
});

describe('a response in the fragment', () => {
  const originOf = ({ redirectUri }: Loopback) => new URL(redirectUri).origin;
  const type = { 'content-type': 'application/x-www-form-urlencoded' };

  test('is read by a page that can run only its own script', async () => {
    const loopback = await listen(true);
    const { status, text, headers } = await visit(loopback, '/authcode');
    expect(status).toBe(200);
    const nonce = /<script nonce="([\w-]{22})">/.exec(text)?.[1] ?? '';
    expect(headers['content-security-policy']).toContain(`script-src 'nonce-${nonce}'`);
    expect((await visit(loopback, '/authcode')).text).not.toContain(nonce);
  });

  test('is posted by that page, which receives the result of the login', async () => {
    const loopback = await listen(true);
    const headers = { ...type, origin: originOf(loopback) };
    const body = 'access_token=eyJ&state=s';
    const page = visit(loopback, '/authcode', { method: 'POST', headers, body });
    const { parameters, reply } = await loopback.response;
    expect(Object.fromEntries(parameters)).toEqual({ access_token: 'eyJ', state: 's' });
    await reply(denied);
    const { status, text } = await page;
    expect([status, JSON.parse(text)]).toEqual([400, denied]);
  });

  test.each<[string, (loopback: Loopback) => Record<string, string>]>([
    ['a page of another server', () => ({ origin: 'https://evil.example.com' })],
    ['a request without an Origin header', () => ({})],
  ])('is not accepted from %s', async (_name, createHeaders) => {
    const loopback = await listen(true);
    const headers = { ...type, ...createHeaders(loopback) };
    const options = { method: 'POST', headers, body: 'access_token=x&state=s' };
    expect((await visit(loopback, '/authcode', options)).status).toBe(404);
  });

  test.each(['access_token=x&state=x', 'access_token=x', 'error=access_denied&state=x'])(
    'is not accepted from another login: %s',
    async (body) => {
      const loopback = await listen(true);
      const post = (text: string) => {
        const headers = { ...type, origin: originOf(loopback) };
        return visit(loopback, '/authcode', { method: 'POST', headers, body: text });
      };
      expect((await post(body)).status).toBe(404);
      const page = post('access_token=real&state=s');
      const { parameters, reply } = await loopback.response;
      await reply(loggedIn);
      expect((await page).status).toBe(200);
      expect(parameters.get('access_token')).toBe('real');
    },
  );
});

describe('the listener', () => {
  test('is reachable only from this machine, at both loopback addresses', async () => {
    const { redirectUri } = await listen();
    const port = Number(new URL(redirectUri).port);
    const isOpen = async (host: string): Promise<boolean> => {
      const socket = connect(port, host);
      try {
        await once(socket, 'connect');
        return true;
      } catch {
        return false;
      } finally {
        socket.destroy();
      }
    };
    expect(await isOpen('127.0.0.1')).toBe(true);
    const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    for (const { address, internal, family } of all) {
      if (internal && family === 'IPv6') expect(await isOpen(address)).toBe(true);
      if (!internal && family === 'IPv4') expect(await isOpen(address)).toBe(false);
    }
  });

  test('uses the next port if one is taken at either address', async () => {
    const hosts = ['127.0.0.1', ...(hasIpv6() ? ['::1'] : [])];
    for (const host of hosts) {
      const taken = createServer().listen(0, host);
      await once(taken, 'listening');
      const { port } = taken.address() as { port: number };
      const loopback = await listen(false, [port, 0]);
      expect(new URL(loopback.redirectUri).port).not.toBe(String(port));
      await expect(listen(false, [port])).rejects.toMatchObject({
        kind: 'failed',
        message: expect.stringContaining(`Port ${String(port)} is not available`),
        hint: expect.stringContaining('stop the program that uses the port'),
      });
      taken.close();
    }
  });
});

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((each) =>
    (each ?? []).some(({ address }) => address === '::1'),
  );
}
