import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { secretServiceState } from '../../../src/keychain/secret-service.js';
import { sessionBusPath } from '../../../src/keychain/session-bus.js';
import { withFolder } from '../../support/temporary-folder.js';

/** The serial numbers of tpks's calls. */
const [hello, readAlias, getLocked] = [1, 2, 3];
const accepted = Buffer.from('DATA\r\nOK 0123456789abcdef\r\n');
const loginCollection = '/org/freedesktop/secrets/collection/login';

describe('the state of the Secret Service', () => {
  test.each([
    ['ready', reply(readAlias, 'o', text(loginCollection)), reply(getLocked, 'v', boolean(0))],
    ['locked', reply(readAlias, 'o', text(loginCollection)), reply(getLocked, 'v', boolean(1))],
    ['noCollection', reply(readAlias, 'o', text('/'))],
    ['absent', refusal(readAlias, 'org.freedesktop.DBus.Error.ServiceUnknown')],
    ['absent', refusal(readAlias, 'org.freedesktop.DBus.Error.Spawn.ChildExited')],
    ['unknown', refusal(readAlias, 'org.freedesktop.DBus.Error.AccessDenied')],
    [
      'unknown',
      reply(readAlias, 'o', text(loginCollection)),
      refusal(getLocked, 'org.freedesktop.DBus.Error.UnknownObject'),
    ],
  ] as const)('%s', async (state, alias, locked = Buffer.alloc(0)) => {
    const script = [
      ['Hello', Buffer.concat([accepted, reply(hello, 's', text(':1.7')), signal()])],
      ['ReadAlias', alias],
      ['Locked', locked],
    ] as const;
    expect(await stateBy((socket) => answer(socket, script))).toBe(state);
    expect(await stateBy((socket) => answer(socket, script, 1))).toBe(state);
  });

  test('silent, when nobody answers within the limit', async () => {
    const started = performance.now();
    expect(await stateBy(() => undefined, 100)).toBe('silent');
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test.each([
    ['refuses us', 'REJECTED EXTERNAL\r\n'],
    ['is no D-Bus', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['speaks big-endian', Buffer.concat([accepted, Buffer.from('B'.repeat(64))])],
  ])('unknown, when the other end %s', async (_how, answer) => {
    expect(await stateBy((socket) => socket.write(answer))).toBe('unknown');
  });

  test('unknown, when the bus hangs up or is not there', async () => {
    expect(await stateBy((socket) => socket.end())).toBe('unknown');
    const gone = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere/bus' };
    expect(await secretServiceState(gone, 1000)).toBe('unknown');
    expect(await secretServiceState({}, 1000)).toBe('unknown');
  });
});

test.each([
  ['unix:path=/run/user/1000/bus', '/run/user/1000/bus'],
  ['unix:path=/run/user/1000/bus,guid=0a1b', '/run/user/1000/bus'],
  ['unix:guid=0a1b,path=/run/bus', '/run/bus'],
  ['unix:abstract=/tmp/dbus-x,guid=0a1b', '\0/tmp/dbus-x'],
  ['tcp:host=127.0.0.1,port=1;unix:path=/tmp/with%20blank', '/tmp/with blank'],
  ['tcp:host=127.0.0.1,port=1', undefined],
  ['autolaunch:', undefined],
])('the bus at %s', (address, path) => {
  expect(sessionBusPath({ DBUS_SESSION_BUS_ADDRESS: address })).toBe(path);
});

test('without an address the bus of the login session is looked for', () => {
  expect(sessionBusPath({ XDG_RUNTIME_DIR: '/run/user/1000' })).toBe('/run/user/1000/bus');
  expect(sessionBusPath({})).toBeUndefined();
});

/** What the state is when the bus does this to whoever connects. */
async function stateBy(welcome: (socket: Socket) => void, limit = 5000): Promise<string> {
  return withFolder(async (folder) => {
    const path = join(folder, 'bus');
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      welcome(socket);
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      return await secretServiceState({ DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` }, limit);
    } finally {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
  });
}

/** Sends each answer, in pieces, once its call has come. */
function answer(
  socket: Socket,
  script: readonly (readonly [member: string, bytes: Buffer])[],
  pieceBytes = 1000,
): void {
  const left = [...script];
  let heard = '';
  socket.setNoDelay(true).on('data', (chunk) => {
    heard += chunk.toString('latin1');
    while (left[0] && heard.includes(left[0][0])) {
      const bytes = left.shift()![1];
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        socket.write(bytes.subarray(at, at + pieceBytes));
      }
    }
  });
}

function reply(to: number, type: string, body: Buffer): Buffer {
  const signature = Buffer.from([8, 1, 0x67, 0, 1, type.charCodeAt(0), 0, 0]);
  return message(2, Buffer.concat([signature, replyTo(to)]), body);
}

function refusal(to: number, name: string): Buffer {
  const error = Buffer.concat([Buffer.from([4, 1, 0x73, 0]), text(name)]);
  const padded = Buffer.alloc(Math.ceil(error.length / 8) * 8);
  error.copy(padded);
  return message(3, Buffer.concat([padded, replyTo(to)]), Buffer.alloc(0));
}

/** Nobody asked for it: `NameAcquired`. */
function signal(): Buffer {
  const member = Buffer.concat([Buffer.from([3, 1, 0x73, 0]), text('NameAcquired')]);
  return message(4, member, text(':1.7'));
}

function replyTo(to: number): Buffer {
  return Buffer.concat([Buffer.from([5, 1, 0x75, 0]), number(to)]);
}

function message(type: number, fields: Buffer, body: Buffer): Buffer {
  const head = Buffer.concat([
    Buffer.from([0x6c, type, 0, 1]),
    number(body.length),
    number(99),
    number(fields.length),
    fields,
  ]);
  return Buffer.concat([head, Buffer.alloc((8 - (head.length % 8)) % 8), body]);
}

function text(value: string): Buffer {
  return Buffer.concat([number(value.length), Buffer.from(value), Buffer.of(0)]);
}

function boolean(value: 0 | 1): Buffer {
  return Buffer.concat([Buffer.from([1, 0x62, 0, 0]), number(value)]);
}

function number(value: number): Buffer {
  const four = Buffer.alloc(4);
  four.writeUInt32LE(value);
  return four;
}
