import { connect } from 'node:net';
import type { Environment } from '../config/environment.js';

/** A D-Bus method call. */
export interface BusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly types?: string;
  readonly args?: readonly BusValue[];
}

/** A message received from the bus: the reply to a call, or a signal. */
export interface BusMessage {
  readonly kind: 'return' | 'error' | 'signal' | 'other';
  /** Serial number of the call that the message replies to. */
  readonly replyTo: number;
  /** Object that sent the signal; empty if the message is not a signal. */
  readonly path: string;
  /** Name of the signal; empty if the message is not a signal. */
  readonly member: string;
  /** E.g. `org.freedesktop.DBus.Error.ServiceUnknown`; empty if the message is not an error. */
  readonly errorName: string;
  readonly types: string;
  readonly body: Buffer;
}

/** A connection to the D-Bus session bus. */
export interface SessionBus {
  /** @throws {Error} if the connection fails, or the peer does not speak D-Bus. */
  readonly call: (call: BusCall) => Promise<BusMessage>;
  /** Waits for the next signal with this name from an object. Requires `AddMatch`. Throws like `call`. */
  readonly waitForSignal: (path: string, member: string) => Promise<BusMessage>;
  /** Closes the connection. Calls in progress fail. */
  readonly close: () => void;
}

/**
 * Finds the socket of the D-Bus session bus. @see D-Bus Specification, "Server Addresses"
 * @returns its path (with a leading NUL if it is abstract); `undefined` if Node cannot connect to any address.
 */
export function findSessionBusPath(env: Environment): string | undefined {
  const addresses = env.DBUS_SESSION_BUS_ADDRESS;
  const folder = env.XDG_RUNTIME_DIR;
  if (!addresses) return folder ? `${folder}/bus` : undefined;
  for (const address of addresses.split(';')) {
    if (folder && /^unix:(.*,)?runtime=yes\b/.test(address)) return `${folder}/bus`;
    const [, kind, value] = /^unix:(?:.*,)?(path|abstract)=([^,]+)/.exec(address) ?? [];
    if (value !== undefined) return `${kind === 'abstract' ? '\0' : ''}${unescapeAddress(value)}`;
  }
  return undefined;
}

/** Opens a connection. Connection errors are reported by the calls. */
export function openSessionBus(path: string): SessionBus {
  const socket = connect(path);
  /** Keyed by the serial number of the call, or by the object and the name of the signal. */
  const pending = new Map<number | string, PendingReply>();
  let serial = 0;
  let closed: Error | undefined;
  const wait = (key: number | string): Promise<BusMessage> =>
    new Promise((resolve, reject) => {
      if (closed === undefined) pending.set(key, { resolve, reject });
      else reject(closed);
    });
  const call = async (wanted: BusCall): Promise<BusMessage> => {
    serial += 1;
    // First, because a call that cannot be encoded gets no reply.
    const bytes = encodeCall(wanted, serial);
    const reply = wait(serial);
    socket.write(bytes);
    return reply;
  };
  const read = createMessageReader((message) => {
    const key =
      message.kind === 'signal' ? signalKey(message.path, message.member) : message.replyTo;
    pending.get(key)?.resolve(message);
    pending.delete(key);
  });
  socket.on('data', (chunk) => {
    try {
      read(chunk);
    } catch (error) {
      socket.destroy(new Error('The peer does not speak D-Bus', { cause: error }));
    }
  });
  let socketError: Error | undefined;
  socket.on('error', (error) => (socketError = error));
  socket.on('close', () => {
    closed = socketError ?? new Error('D-Bus closed the connection');
    for (const { reject } of pending.values()) reject(closed);
  });
  // The bus identifies the user by the socket, so there is no need to wait for its responses.
  socket.write('\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n');
  call(helloCall).catch(() => undefined);
  return {
    call,
    waitForSignal: (path, member) => wait(signalKey(path, member)),
    close: () => socket.destroy(),
  };
}

function signalKey(path: string, member: string): string {
  return `${path} ${member}`;
}

interface PendingReply {
  readonly resolve: (message: BusMessage) => void;
  readonly reject: (error: Error) => void;
}

/** A bus rejects every other call before this one. */
const helloCall: BusCall = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
  member: 'Hello',
};

/** Splits received bytes into messages, after the lines of the authentication. */
function createMessageReader(take: (message: BusMessage) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  let isAccepted = false;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (!isAccepted) {
      const end = rest.indexOf('\r\n');
      if (end < 0) return;
      const line = rest.toString('latin1', 0, end);
      if (!/^(DATA|OK)\b/.test(line)) throw new RangeError(line);
      isAccepted = line.startsWith('OK');
      rest = rest.subarray(end + 2);
    }
    for (let found = decodeMessage(rest); found; found = decodeMessage(rest)) {
      rest = rest.subarray(found.length);
      take(found.message);
    }
  };
}

/** Bytes in an address are escaped as in a URL. */
function unescapeAddress(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

const littleEndian = 0x6c;
const protocolVersion = 1;
const messageKinds: Readonly<Record<number, BusMessage['kind']>> = {
  2: 'return',
  3: 'error',
  4: 'signal',
};
const methodCall = 1;
const fieldCodes = {
  path: 1,
  interface: 2,
  member: 3,
  error: 4,
  replyTo: 5,
  destination: 6,
  types: 8,
};
const fixedHeaderBytes = 16;
const fieldsOffset = 12;
/** Far larger than any reply to a call of tpks. */
const maximumMessageBytes = 1024 * 1024;

/** @see D-Bus Specification, "Message Format" */
function encodeCall(call: BusCall, serial: number): Buffer {
  const { types = '', args = [] } = call;
  const body = writeValues(types, args);
  const fields = [
    [fieldCodes.path, { type: 'o', value: call.path }],
    [fieldCodes.interface, { type: 's', value: call.interface }],
    [fieldCodes.member, { type: 's', value: call.member }],
    [fieldCodes.destination, { type: 's', value: call.destination }],
    ...(types === '' ? [] : [[fieldCodes.types, { type: 'g', value: types }]]),
  ];
  const start = [littleEndian, methodCall, 0, protocolVersion, body.length, serial, fields];
  const head = writeValues('yyyyuua(yv)', start);
  return Buffer.concat([head, Buffer.alloc(alignOffset(head.length, 8) - head.length), body]);
}

/**
 * Decodes the first message in the bytes received so far; `undefined` if it is not complete yet.
 * @throws {RangeError} if the bytes are not a D-Bus message.
 */
function decodeMessage(
  bytes: Buffer,
): { readonly message: BusMessage; readonly length: number } | undefined {
  if (bytes.length < fixedHeaderBytes) return undefined;
  if (bytes[0] !== littleEndian) throw new RangeError('not little-endian');
  const fieldsEnd = fixedHeaderBytes + bytes.readUInt32LE(fieldsOffset);
  const bodyStart = alignOffset(fieldsEnd, 8);
  const length = bodyStart + bytes.readUInt32LE(4);
  if (length > maximumMessageBytes) throw new RangeError('a message is too long');
  if (bytes.length < length) return undefined;
  const fields = readFields(bytes.subarray(0, fieldsEnd));
  return {
    message: {
      kind: messageKinds[bytes[1] ?? 0] ?? 'other',
      replyTo: toNumber(fields.get(fieldCodes.replyTo)),
      path: toText(fields.get(fieldCodes.path)),
      member: toText(fields.get(fieldCodes.member)),
      errorName: toText(fields.get(fieldCodes.error)),
      types: toText(fields.get(fieldCodes.types)),
      body: bytes.subarray(bodyStart, length),
    },
    length,
  };
}

function readFields(header: Buffer): ReadonlyMap<number, BusValue> {
  const [list] = readValues('a(yv)', header, fieldsOffset);
  const fields = new Map<number, BusValue>();
  for (const entry of toList(list)) {
    const [code, value] = toList(entry);
    if (typeof code === 'number' && isVariant(value)) fields.set(code, value.value);
  }
  return fields;
}

function toNumber(value: BusValue | undefined): number {
  return typeof value === 'number' ? value : 0;
}

function toText(value: BusValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function alignOffset(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

/** A value in a D-Bus message. The type `ay` is a `Buffer`; structs and other arrays are arrays. */
export type BusValue = number | boolean | string | Buffer | BusVariant | readonly BusValue[];

/** A value together with its type. */
export interface BusVariant {
  readonly type: string;
  readonly value: BusValue;
}

/** D-Bus sets no limit, but the object paths of keyrings have only about 100 characters. */
const maximumPathLength = 4096;

/** The types of variants in replies. Others could be nested without limit. */
const variantTypes = /^(?:[bgosuy]|ay)$/;

/**
 * Encodes values in little-endian byte order. @param types - their signature, e.g. `so`.
 * @see D-Bus Specification, "Type System" and "Marshaling"
 */
function writeValues(types: string, values: readonly BusValue[]): Buffer {
  const bytes: number[] = [];
  for (const [index, type] of splitTypes(types).entries()) writeValue(bytes, type, values[index]);
  return Buffer.from(bytes);
}

/**
 * Decodes values.
 * @param types - signature of the values, from tpks and not from the message.
 * @param start - offset of the first value. Alignment is relative to the start of `bytes`.
 * @throws {RangeError} if the bytes are not values of these types.
 */
export function readValues(types: string, bytes: Buffer, start = 0): BusValue[] {
  const cursor = { bytes, at: start };
  return splitTypes(types).map((type) => readValue(cursor, type));
}

/** Splits `sa{sv}(ou)` into `s`, `a{sv}` and `(ou)`. Structs in structs are not supported. */
function splitTypes(types: string): readonly string[] {
  return types.match(/a*(?:\w|\([^)]*\)|\{[^}]*\})/g) ?? [];
}

function splitMembers(type: string): readonly string[] {
  return splitTypes(type.slice(1, -1));
}

function alignmentOf(type: string): number {
  if (/^[({]/.test(type)) return 8;
  return /^[abosu]/.test(type) ? 4 : 1;
}

function writeValue(bytes: number[], type: string, value: BusValue | undefined): void {
  align(bytes, type);
  if (type === 'y' && typeof value === 'number') bytes.push(value);
  else if (type === 'b' && typeof value === 'boolean') writeNumber(bytes, Number(value));
  else if (type === 'u' && typeof value === 'number') writeNumber(bytes, value);
  else if ((type === 's' || type === 'o') && typeof value === 'string') {
    writeBytes(bytes, Buffer.from(value));
    bytes.push(0);
  } else if (type === 'g' && typeof value === 'string') {
    bytes.push(value.length, ...Buffer.from(value), 0);
  } else if (type === 'v' && isVariant(value)) {
    writeValue(bytes, 'g', value.type);
    writeValue(bytes, value.type, value.value);
  } else if (type === 'ay' && Buffer.isBuffer(value)) {
    writeBytes(bytes, value);
  } else if (type.startsWith('a') && isList(value)) {
    writeArray(bytes, type.slice(1), value);
  } else if (/^[({]/.test(type) && isList(value)) {
    for (const [index, member] of splitMembers(type).entries())
      writeValue(bytes, member, value[index]);
  } else {
    throw new RangeError(`this is not a value of type ${type}`);
  }
}

function align(bytes: number[], type: string): void {
  while (bytes.length % alignmentOf(type) !== 0) bytes.push(0);
}

function writeArray(bytes: number[], type: string, values: readonly BusValue[]): void {
  const lengthAt = bytes.length;
  writeNumber(bytes, 0);
  // The length does not include the padding before the first element.
  align(bytes, type);
  const start = bytes.length;
  for (const value of values) writeValue(bytes, type, value);
  const length: number[] = [];
  writeNumber(length, bytes.length - start);
  bytes.splice(lengthAt, length.length, ...length);
}

function writeNumber(bytes: number[], value: number): void {
  const four = Buffer.alloc(4);
  four.writeUInt32LE(value);
  bytes.push(...four);
}

function writeBytes(bytes: number[], added: Buffer): void {
  writeNumber(bytes, added.length);
  bytes.push(...added);
}

interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

function readValue(cursor: Cursor, type: string): BusValue {
  alignCursor(cursor, type);
  switch (type[0] ?? '') {
    case 's':
      return readText(cursor, readNumber(cursor));
    case 'o':
      return readPath(cursor);
    case 'g':
      return readText(cursor, readBytes(cursor, 1).readUInt8());
    case 'b':
      return readNumber(cursor) === 1;
    case 'u':
      return readNumber(cursor);
    case 'v': {
      const inner = readText(cursor, readBytes(cursor, 1).readUInt8());
      if (!variantTypes.test(inner)) throw new RangeError(`unexpected type ${inner} of a variant`);
      return { type: inner, value: readValue(cursor, inner) };
    }
    case 'a':
      return readArray(cursor, type.slice(1));
    case '(':
    case '{':
      return splitMembers(type).map((member) => readValue(cursor, member));
    default:
      return readBytes(cursor, 1).readUInt8();
  }
}

function readArray(cursor: Cursor, type: string): BusValue {
  const length = readNumber(cursor);
  if (type === 'y') return readBytes(cursor, length);
  // The length does not include the padding before the first element, which even an empty array has.
  alignCursor(cursor, type);
  const end = cursor.at + length;
  const values: BusValue[] = [];
  while (cursor.at < end) values.push(readValue(cursor, type));
  if (cursor.at > end) throw new RangeError('an element is longer than its array');
  return values;
}

function alignCursor(cursor: Cursor, type: string): void {
  const alignment = alignmentOf(type);
  cursor.at = Math.ceil(cursor.at / alignment) * alignment;
}

function readNumber(cursor: Cursor): number {
  return readBytes(cursor, 4).readUInt32LE();
}

function readText(cursor: Cursor, length: number): string {
  return readBytes(cursor, length + 1).toString('utf8', 0, length);
}

/** Checks object paths from the service, because later calls and D-Bus match rules contain them. */
function readPath(cursor: Cursor): string {
  const path = readText(cursor, readNumber(cursor));
  if (path.length <= maximumPathLength && /^\/(\w+(\/\w+)*)?$/.test(path)) return path;
  throw new RangeError('an object path is not valid');
}

function readBytes(cursor: Cursor, length: number): Buffer {
  const end = cursor.at + length;
  if (end > cursor.bytes.length) throw new RangeError('a value is longer than its message');
  const taken = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return taken;
}

function isList(value: BusValue | undefined): value is readonly BusValue[] {
  return Array.isArray(value);
}

/** Returns the members of a struct or an array; an empty list for any other value. */
export function toList(value: BusValue | undefined): readonly BusValue[] {
  return isList(value) ? value : [];
}

export function isVariant(value: BusValue | undefined): value is BusVariant {
  return typeof value === 'object' && 'type' in value;
}
