import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  listen,
  type Exchange,
  type ListeningServer,
  type ListenOptions,
} from '../../src/sandbox/listen.js';
import { json, text } from '../../src/sandbox/router.js';

const open: ListeningServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ close }) => close()));
});

describe('listen', () => {
  test('passes the request to the handler as a plain object', async () => {
    const { origin } = await start({
      createService: () => ({
        handle: async ({ method, path, query, headers, body, origin }) =>
          json(200, { method, path, query: [...query], type: headers['x-a'], body, origin }),
      }),
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

  test('sends one header line for each value of a repeated header', async () => {
    const { origin } = await start({
      createService: () => ({
        handle: async () => ({
          status: 204,
          headers: { 'set-cookie': ['a=1', 'b=2'] },
          body: '',
        }),
      }),
    });
    expect((await fetch(origin)).headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  test('responds to HEAD without a body but with its length', async () => {
    const { origin } = await start({
      createService: () => ({ handle: async () => text(200, 'four') }),
    });
    const response = await fetch(origin, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('4');
    expect(await response.text()).toBe('');
  });

  test('passes its own origin to createService', async () => {
    const { origin } = await start({
      createService: async (own) => ({ handle: async () => text(200, own) }),
    });
    expect(await (await fetch(origin)).text()).toBe(origin);
    expect(origin).toMatch(/^http:\/\/localhost:\d+$/);
  });

  test('responds with 500 if the handler throws, and keeps running', async () => {
    const seen: Exchange[] = [];
    const { origin } = await start({
      createService: () => ({
        handle: async () => {
          throw new Error('handler failed');
        },
      }),
      onResponse: (exchange) => seen.push(exchange),
    });
    for (const attempt of [1, 2]) {
      const response = await fetch(origin);
      expect(response.status).toBe(500);
      expect(await response.json()).toMatchObject({ message: 'Error: handler failed' });
      expect(seen.map(({ response }) => response.status)).toEqual(Array(attempt).fill(500));
    }
  });

  test('responds with 500 and the path if the log cannot be written', async () => {
    const { origin } = await start({
      onResponse: () => {
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { path: '/log' });
      },
    });
    const response = await fetch(origin);
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({
      message: 'Cannot write /log: ENOSPC: no space left on device, write',
    });
  });

  test('rejects a body that is too large without reading all of it', async () => {
    const { origin } = await start({});
    const sent = httpRequest(origin, {
      method: 'POST',
      headers: { 'content-length': 1024 ** 3 },
    });
    sent.on('error', () => undefined);
    sent.write(Buffer.alloc(3 * 1024 * 1024));
    const [response] = (await once(sent, 'response')) as [{ statusCode: number }];
    sent.destroy();
    expect(response.statusCode).toBe(413);
  });

  test('keeps running when a client disconnects in the middle of a request', async () => {
    const { origin } = await start({});
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nfour');
    await once(socket, 'connect');
    socket.destroy();
    expect((await fetch(origin)).status).toBe(200);
  });

  // Other systems have only one loopback address.
  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux('listens only on the loopback interface', async () => {
    const { origin } = await start({});
    const socket = connect(Number(new URL(origin).port), '127.0.0.2');
    await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('frees its port when it is closed, even if a client holds a connection', async () => {
    const { origin, close } = await listen(options({}));
    const port = Number(new URL(origin).port);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    await close();
    await start({ port });
  });

  test('frees its port if createService throws', async () => {
    const { origin, close } = await listen(options({}));
    await close();
    const port = Number(new URL(origin).port);
    const failToCreate = (): never => {
      throw new Error('no handler');
    };
    await expect(start({ port, createService: failToCreate })).rejects.toThrow('no handler');
    await start({ port });
  });
});

async function start(overrides: Partial<ListenOptions>): Promise<ListeningServer> {
  const server = await listen(options(overrides));
  open.push(server);
  return server;
}

function options(overrides: Partial<ListenOptions>): ListenOptions {
  return {
    port: 0,
    portFlag: '--port',
    now: Date.now,
    createService: () => ({ handle: async () => text(200, 'ok') }),
    ...overrides,
  };
}
