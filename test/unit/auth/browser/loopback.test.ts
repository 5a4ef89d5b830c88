import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { createServer, connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, test } from '@jest/globals';
import { listenOnLoopback, type Loopback } from '../../../../src/auth/browser/loopback.js';

const open: Loopback[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((loopback) => loopback.close()));
});

async function listen(inFragment = false, ports: readonly number[] = [0]): Promise<Loopback> {
  const loopback = await listenOnLoopback({ ports, path: '/authcode', isInFragment: inFragment });
  open.push(loopback);
  return loopback;
}

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly address?: string;
}

/** What a browser would send; `Host` is that of the redirect URI unless a test says otherwise. */
async function visit({ redirectUri }: Loopback, path: string, sent: Sent = {}) {
  const { host, port } = new URL(redirectUri);
  const { method = 'GET', headers = {}, body, address = '127.0.0.1' } = sent;
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

const done = { isSuccess: true, title: 'Logged in', text: 'Go back.' };
const denied = { isSuccess: false, title: 'Login failed', text: '<b>"denied" & done</b>' };

describe('an answer in the query', () => {
  test('comes once, and the browser waits for what it led to', async () => {
    const loopback = await listen();
    const headers = { 'sec-fetch-dest': 'document' };
    const page = visit(loopback, '/authcode?code=q7f2XaoBfo&state=s', { headers });
    const { parameters, reply } = await loopback.response;
    expect(Object.fromEntries(parameters)).toEqual({ code: 'q7f2XaoBfo', state: 's' });
    await reply(done);
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

  test('that is a refusal says so in the page, as text', async () => {
    const loopback = await listen();
    const page = visit(loopback, '/authcode?error=access_denied&state=s');
    await (await loopback.response).reply(denied);
    const { status, text } = await page;
    expect(status).toBe(400);
    expect(text).toContain('<p>&#60;b&#62;&#34;denied&#34; &#38; done&#60;/b&#62;</p>');
  });

  test('is the first one: later ones are turned away', async () => {
    const loopback = await listen();
    const page = visit(loopback, '/authcode?code=first&state=s');
    const { parameters, reply } = await loopback.response;
    expect((await visit(loopback, '/authcode?code=second&state=s')).status).toBe(404);
    await reply(done);
    await page;
    expect(parameters.get('code')).toBe('first');
  });

  test.each<[string, string, Sent]>([
    ['a favicon', '/favicon.ico', {}],
    ['the root', '/?code=c&state=s', {}],
    ['a path below', '/authcode/x?code=c&state=s', {}],
    ['a path that begins alike', '/authcode2?code=c&state=s', {}],
    ['the path without an answer', '/authcode', {}],
    ['another method', '/authcode?code=c&state=s', { method: 'POST' }],
    ['HEAD', '/authcode?code=c&state=s', { method: 'HEAD' }],
    ['another host name', '/authcode?code=c&state=s', { headers: { host: 'evil.example.com' } }],
    ['the address', '/authcode?code=c&state=s', { headers: { host: '127.0.0.1:28443' } }],
    ['a picture', '/authcode?error=e', { headers: { 'sec-fetch-dest': 'image' } }],
    ['a frame', '/authcode?error=e', { headers: { 'sec-fetch-dest': 'iframe' } }],
    ['a guess', '/authcode?code=c&state=s', { headers: { 'sec-purpose': 'prefetch;prerender' } }],
  ])('is not %s', async (_what, path, sent) => {
    const loopback = await listen();
    expect((await visit(loopback, path, sent)).status).toBe(404);
    const page = visit(loopback, '/authcode?code=real&state=s');
    const { parameters, reply } = await loopback.response;
    await reply(done);
    await page;
    expect(parameters.get('code')).toBe('real');
  });

  test('counts though its window is closed meanwhile', async () => {
    const loopback = await listen();
    const { host, port, pathname } = new URL(loopback.redirectUri);
    const window = connect(Number(port), '127.0.0.1');
    window.write(`GET ${pathname}?code=c&state=s HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
    const { parameters, reply } = await loopback.response;
    window.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await reply(done);
    expect(parameters.get('code')).toBe('c');
  });
});

describe('an answer in the fragment', () => {
  const origin = ({ redirectUri }: Loopback) => new URL(redirectUri).origin;
  const type = { 'content-type': 'application/x-www-form-urlencoded' };

  test('is fetched by a page that only its own script runs in', async () => {
    const loopback = await listen(true);
    const { status, text, headers } = await visit(loopback, '/authcode');
    expect(status).toBe(200);
    const nonce = /<script nonce="([\w-]{22})">/.exec(text)?.[1] ?? '';
    expect(headers['content-security-policy']).toContain(`script-src 'nonce-${nonce}'`);
    expect((await visit(loopback, '/authcode')).text).not.toContain(nonce);
  });

  test('comes by that page, which is told what it led to', async () => {
    const loopback = await listen(true);
    const headers = { ...type, origin: origin(loopback) };
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
    ['nobody who says so', () => ({})],
  ])('does not come from %s', async (_who, headersOf) => {
    const loopback = await listen(true);
    const headers = { ...type, ...headersOf(loopback) };
    const sent = { method: 'POST', headers, body: 'access_token=x&state=s' };
    expect((await visit(loopback, '/authcode', sent)).status).toBe(404);
  });

  test('of more than 64 KiB is none', async () => {
    const loopback = await listen(true);
    const headers = { ...type, origin: origin(loopback) };
    const body = `access_token=${'x'.repeat(70_000)}`;
    expect((await visit(loopback, '/authcode', { method: 'POST', headers, body })).status).toBe(
      404,
    );
  });

  test('may be a refusal in the query', async () => {
    const loopback = await listen(true);
    const page = visit(loopback, '/authcode?error=server_error');
    const { parameters, reply } = await loopback.response;
    await reply(denied);
    expect((await page).status).toBe(400);
    expect(parameters.get('error')).toBe('server_error');
  });
});

describe('the listener', () => {
  test('is on this machine alone, at both of its addresses', async () => {
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

  test('takes the next port where one is taken, at either address', async () => {
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

  test('frees its port at once, though a browser holds a connection', async () => {
    const loopback = await listen();
    const port = Number(new URL(loopback.redirectUri).port);
    const idle = connect(port, '127.0.0.1');
    await once(idle, 'connect');
    await loopback.close();
    open.splice(0);
    await listen(false, [port]);
    idle.destroy();
  });
});

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((each) =>
    (each ?? []).some(({ address }) => address === '::1'),
  );
}
