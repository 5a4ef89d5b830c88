import { once } from 'node:events';
import { connect } from 'node:net';
import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  listen,
  type Exchange,
  type ListenOptions,
  type ListeningServer,
} from '../../../src/sandbox/listen.js';
import { json, text } from '../../../src/sandbox/router.js';

const open: ListeningServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ close }) => close()));
});

describe('a server', () => {
  test('hands over what came, as a plain value', async () => {
    const { origin } = await start({
      createHandler:
        () =>
        async ({ method, path, query, headers, body, origin }) =>
          json(200, { method, path, query: [...query], type: headers['x-a'], body, origin }),
    });
    const response = await fetch(`${origin}/a%20b?c=d&c=e%26f?`, {
      method: 'PUT',
      body: 'ü',
      headers: { 'X-A': 'one' },
    });
    expect(await response.json()).toEqual({
      method: 'PUT',
      path: '/a%20b',
      query: [
        ['c', 'd'],
        ['c', 'e&f?'],
      ],
      type: 'one',
      body: 'ü',
      origin,
    });
  });

  test('tells the time of its own clock', async () => {
    const { origin } = await start({ now: () => Date.UTC(2020, 5, 28, 5) });
    const { headers } = await fetch(origin);
    expect(headers.get('date')).toBe('Sun, 28 Jun 2020 05:00:00 GMT');
  });

  test('sends a repeated header as often as it is given', async () => {
    const { origin } = await start({
      createHandler: () => async () => ({
        status: 204,
        headers: { 'set-cookie': ['a=1', 'b=2'] },
        body: '',
      }),
    });
    expect((await fetch(origin)).headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  test('answers HEAD without the body, but with its length', async () => {
    const { origin } = await start({ createHandler: () => async () => text(200, 'four') });
    const response = await fetch(origin, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('4');
    expect(await response.text()).toBe('');
  });

  test('knows its own address before it answers', async () => {
    const { origin } = await start({ createHandler: async (own) => async () => text(200, own) });
    expect(await (await fetch(origin)).text()).toBe(origin);
    expect(origin).toMatch(/^http:\/\/localhost:\d+$/);
  });

  test('answers a handler’s crash with 500, and lives on', async () => {
    const seen: Exchange[] = [];
    const { origin } = await start({
      createHandler: () => async () => {
        throw new Error('what broke');
      },
      onResponse: (exchange) => seen.push(exchange),
    });
    for (const attempt of [1, 2]) {
      const response = await fetch(origin);
      expect(response.status).toBe(500);
      expect(await response.json()).toMatchObject({ message: 'Error: what broke' });
      expect(seen.map(({ response }) => response.status)).toEqual(Array(attempt).fill(500));
    }
  });

  test('refuses a body that is too large without reading all of it', async () => {
    const seen: Exchange[] = [];
    const { origin } = await start({ onResponse: (exchange) => seen.push(exchange) });
    const sent = httpRequest(origin, {
      method: 'POST',
      headers: { 'content-length': 1024 ** 3 },
    });
    sent.on('error', () => undefined);
    sent.write(Buffer.alloc(3 * 1024 * 1024));
    const [response] = (await once(sent, 'response')) as [{ statusCode: number }];
    sent.destroy();
    expect(response.statusCode).toBe(413);
    expect(seen).toMatchObject([{ request: { method: 'POST', body: '' } }]);
  });

  test('survives clients that go away in the middle', async () => {
    const { origin } = await start({});
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nfour');
    await once(socket, 'connect');
    socket.destroy();
    expect((await fetch(origin)).status).toBe(200);
  });

  test('says which port is taken, and what to type', async () => {
    const { origin } = await start({});
    const port = Number(new URL(origin).port);
    await expect(start({ port, portFlag: '--api-port' })).rejects.toThrow(
      `Port ${String(port)} is already in use; choose another with --api-port`,
    );
  });

  // Other systems have one loopback address only.
  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux('listens on loopback alone', async () => {
    const { origin } = await start({});
    const socket = connect(Number(new URL(origin).port), '127.0.0.2');
    await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('frees its port at the end, though a client holds a connection', async () => {
    const { origin, close } = await listen(options({}));
    const port = Number(new URL(origin).port);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    await close();
    await start({ port });
  });

  test('does not start when its handler cannot be made', async () => {
    const { origin, close } = await listen(options({}));
    await close();
    const port = Number(new URL(origin).port);
    const serve = (): never => {
      throw new Error('no handler');
    };
    await expect(start({ port, createHandler: serve })).rejects.toThrow('no handler');
    await start({ port });
  });
});

async function start(given: Partial<ListenOptions>): Promise<ListeningServer> {
  const server = await listen(options(given));
  open.push(server);
  return server;
}

function options(given: Partial<ListenOptions>): ListenOptions {
  return {
    port: 0,
    portFlag: '--port',
    now: Date.now,
    createHandler: () => async () => text(200, 'ok'),
    ...given,
  };
}
