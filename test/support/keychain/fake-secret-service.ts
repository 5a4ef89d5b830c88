import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { withFolder } from '../runner/temporary-folder.js';

/** The reply to a method call: a signature with its values, a D-Bus error, or no reply. */
export type FakeReply =
  | {
      readonly types: string;
      readonly values: readonly unknown[];
      /** If set, the prompt `/prompt/1` then sends the signal `Completed` with this value. */
      readonly isDismissed?: boolean;
    }
  | { readonly error: string }
  | 'none';

/** A running fake of the Secret Service. */
export interface FakeSecretService {
  /** Environment variables of a process that connects to it. */
  readonly env: { readonly DBUS_SESSION_BUS_ADDRESS: string };
  /** The methods that were called, in order, except methods of the bus itself. */
  readonly calls: readonly string[];
}

const collection = '/org/freedesktop/secrets/collection/login';
const session = '/org/freedesktop/secrets/session/s1';

const usual: Readonly<Record<string, FakeReply>> = {
  Hello: { types: 's', values: [':1.7'] },
  ReadAlias: { types: 'o', values: [collection] },
  Get: { types: 'v', values: [['b', 0]] },
  OpenSession: { types: 'vo', values: [['s', ''], session] },
  SearchItems: { types: 'aoao', values: [[`${collection}/1`], []] },
  SetSecret: { types: '', values: [] },
  CreateItem: { types: 'oo', values: [`${collection}/1`, '/'] },
  Delete: { types: 'o', values: ['/'] },
  AddMatch: { types: '', values: [] },
  Prompt: { types: '', values: [] },
  Dismiss: { types: '', values: [] },
};

/**
 * Runs a function with a fake D-Bus with a Secret Service that sends these replies.
 * @param replies - by method name; the default is an unlocked keyring with one item. A list contains
 *   one reply per call; the last one is repeated.
 */
export async function withFakeSecretService<T>(
  replies: Readonly<Record<string, FakeReply | Buffer | readonly FakeReply[]>>,
  body: (service: FakeSecretService) => Promise<T>,
): Promise<T> {
  return withFolder(async (folder) => {
    const path = join(folder, 'bus');
    const calls: string[] = [];
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      serve(socket, (member) => {
        if (member !== 'Hello') calls.push(member);
        const replyOrList = replies[member] ?? usual[member];
        const count = calls.filter((each) => each === member).length;
        const reply = isList(replyOrList)
          ? (replyOrList[count - 1] ?? replyOrList.at(-1))
          : replyOrList;
        return reply ?? { error: 'org.freedesktop.DBus.Error.Unknown' };
      });
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      return await body({ env: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` }, calls });
    } finally {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
  });
}

function isList(value: unknown): value is readonly FakeReply[] {
  return Array.isArray(value);
}

/** Authenticates the client and replies to its calls in order. */
function serve(socket: Socket, replyTo: (member: string) => FakeReply | Buffer): void {
  let rest = Buffer.alloc(0);
  let isSignedIn = false;
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (!isSignedIn) {
      const end = rest.indexOf('\r\n');
      if (end < 0) return;
      const line = rest.toString('latin1', 0, end).replace('\0', '');
      rest = rest.subarray(end + 2);
      if (line.startsWith('AUTH')) socket.write('DATA\r\n');
      if (line.startsWith('DATA')) socket.write('OK 0123456789abcdef0123456789abcdef\r\n');
      isSignedIn = line === 'BEGIN';
    }
    while (rest.length >= 16) {
      const fieldsEnd = 16 + rest.readUInt32LE(12);
      const length = Math.ceil(fieldsEnd / 8) * 8 + rest.readUInt32LE(4);
      if (rest.length < length) return;
      const reply = replyTo(memberOf(rest.subarray(0, fieldsEnd)));
      const bytes = Buffer.isBuffer(reply) ? reply : toBytes(reply, rest.readUInt32LE(8));
      if (bytes !== undefined) socket.write(bytes);
      rest = rest.subarray(length);
    }
  });
}

/** Field 3 of a header: the name of the method. */
function memberOf(header: Buffer): string {
  const offset = header.indexOf(Buffer.from([3, 1, 0x73, 0]), 16) + 4;
  return header.toString('latin1', offset + 4, offset + 4 + header.readUInt32LE(offset));
}

function toBytes(reply: FakeReply, serial: number): Buffer | undefined {
  if (reply === 'none') return undefined;
  const fields: unknown[] = [[5, ['u', serial]]];
  if ('error' in reply) return message(3, [...fields, [4, ['s', reply.error]]], Buffer.alloc(0));
  const { types, values, isDismissed } = reply;
  const signature = types === '' ? [] : [[8, ['g', types]]];
  const returned = message(2, [...fields, ...signature], marshal(types, values));
  return isDismissed === undefined ? returned : Buffer.concat([returned, completed(isDismissed)]);
}

function completed(isDismissed: boolean): Buffer {
  const fields = [
    [1, ['o', '/prompt/1']],
    [2, ['s', 'org.freedesktop.Secret.Prompt']],
    [3, ['s', 'Completed']],
    [8, ['g', 'bv']],
  ];
  return message(4, fields, marshal('bv', [Number(isDismissed), ['s', '']]));
}

function message(type: number, fields: readonly unknown[], body: Buffer): Buffer {
  const head = marshal('yyyyuua(yv)', [0x6c, type, 0, 1, body.length, 99, fields]);
  return Buffer.concat([head, Buffer.alloc((8 - (head.length % 8)) % 8), body]);
}

/** Does not share code with the client, so that the tests detect bugs in that code. */
function marshal(types: string, values: readonly unknown[]): Buffer {
  const out: number[] = [];
  const pad = (size: number) => {
    while (out.length % size !== 0) out.push(0);
  };
  const number = (value: unknown) => {
    pad(4);
    const four = Buffer.alloc(4);
    four.writeUInt32LE(Number(value));
    out.push(...four);
  };
  const after = (offset: number): number => {
    if (types[offset] === 'a') return after(offset + 1);
    if (!'({'.includes(types[offset]!)) return offset + 1;
    let depth = 0;
    do {
      depth += '({'.includes(types[offset]!) ? 1 : ')}'.includes(types[offset]!) ? -1 : 0;
      offset += 1;
    } while (depth > 0);
    return offset;
  };
  /** @returns where the next type begins. */
  const put = (offset: number, value: unknown): number => {
    const list = value as readonly unknown[];
    switch (types[offset] ?? '') {
      case 'y':
        out.push(Number(value));
        return offset + 1;
      case 'b':
      case 'u':
        number(value);
        return offset + 1;
      case 's':
      case 'o':
        number(Buffer.byteLength(String(value)));
        for (const byte of Buffer.from(`${String(value)}\0`)) out.push(byte);
        return offset + 1;
      case 'g':
        out.push(String(value).length, ...Buffer.from(String(value)), 0);
        return offset + 1;
      case 'v': {
        const inner = String(list[0]);
        out.push(inner.length, ...Buffer.from(inner), 0);
        // Variants in the tests have an alignment of at most 4.
        pad(inner === 'g' ? 1 : 4);
        out.push(...marshal(inner, [list[1]]));
        return offset + 1;
      }
      case 'a': {
        number(0);
        const lengthAt = out.length - 4;
        if ('({'.includes(types[offset + 1]!)) pad(8);
        const start = out.length;
        for (const each of list) put(offset + 1, each);
        const length = Buffer.alloc(4);
        length.writeUInt32LE(out.length - start);
        out.splice(lengthAt, 4, ...length);
        return after(offset);
      }
      case '(': {
        pad(8);
        let next = offset + 1;
        for (const each of list) next = put(next, each);
        return after(offset);
      }
      default:
        throw new Error(types);
    }
  };
  let offset = 0;
  for (const value of values) offset = put(offset, value);
  return Buffer.from(out);
}
