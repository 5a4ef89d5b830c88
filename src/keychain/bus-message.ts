/** A call of a method whose arguments are all strings. */
export interface BusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly args: readonly string[];
}

/** What comes over the bus: the answer to a call, or something that nobody asked for. */
export interface BusMessage {
  readonly kind: 'return' | 'error' | 'other';
  /** Serial number of the call that it answers. */
  readonly replyTo: number;
  /** E.g. `org.freedesktop.DBus.Error.ServiceUnknown`; empty unless it is an error. */
  readonly errorName: string;
  readonly body: Buffer;
}

const littleEndian = 0x6c;
const protocolVersion = 1;
const kinds: Readonly<Record<number, BusMessage['kind']>> = { 2: 'return', 3: 'error' };
const methodCall = 1;
const field = { path: 1, interface: 2, member: 3, error: 4, replyTo: 5, destination: 6, types: 8 };
const fixedHeader = 16;

/**
 * A call as it goes over the wire.
 * @see D-Bus Specification, "Message Format"
 */
export function toBytes(call: BusCall, serial: number): Buffer {
  const body: number[] = [];
  for (const arg of call.args) pushString(body, arg);
  const fields: number[] = [];
  pushField(fields, field.path, 'o', call.path);
  pushField(fields, field.interface, 's', call.interface);
  pushField(fields, field.member, 's', call.member);
  pushField(fields, field.destination, 's', call.destination);
  if (call.args.length > 0) pushTypes(fields, 's'.repeat(call.args.length));
  const head = [littleEndian, methodCall, 0, protocolVersion];
  pushNumber(head, body.length);
  pushNumber(head, serial);
  pushNumber(head, fields.length);
  head.push(...fields);
  pad(head, 8);
  return Buffer.from([...head, ...body]);
}

/**
 * The first message of what has come so far.
 * @returns the message and the number of its bytes; `undefined` while it is not all there.
 * @throws {RangeError} when this is no D-Bus.
 */
export function takeMessage(
  bytes: Buffer,
): { readonly message: BusMessage; readonly length: number } | undefined {
  if (bytes.length < fixedHeader) return undefined;
  if (bytes[0] !== littleEndian) throw new RangeError('not little-endian');
  const fieldsEnd = fixedHeader + bytes.readUInt32LE(12);
  const bodyStart = aligned(fieldsEnd, 8);
  const length = bodyStart + bytes.readUInt32LE(4);
  if (bytes.length < length) return undefined;
  const { replyTo, errorName } = readFields(bytes.subarray(0, fieldsEnd));
  return {
    message: {
      kind: kinds[bytes[1] ?? 0] ?? 'other',
      replyTo,
      errorName,
      body: bytes.subarray(bodyStart, length),
    },
    length,
  };
}

/** The string or object path that a body begins with. */
export function firstString(body: Buffer): string {
  return body.toString('utf8', 4, 4 + body.readUInt32LE(0));
}

/** The truth in a body that is a variant; `undefined` when it holds something else. */
export function firstBoolean(body: Buffer): boolean | undefined {
  const isBoolean = body.toString('latin1', 1, 1 + body.readUInt8(0)) === 'b';
  return isBoolean ? body.readUInt32LE(4) === 1 : undefined;
}

function readFields(bytes: Buffer): Pick<BusMessage, 'replyTo' | 'errorName'> {
  let [replyTo, errorName] = [0, ''];
  for (let at = fixedHeader; at < bytes.length; at = aligned(at, 8)) {
    const code = bytes.readUInt8(at);
    const type = bytes.toString('latin1', at + 2, at + 3);
    at += 4;
    if (type === 'u') {
      if (code === field.replyTo) replyTo = bytes.readUInt32LE(at);
      at += 4;
    } else if (type === 'g') {
      at += bytes.readUInt8(at) + 2;
    } else {
      if (code === field.error) errorName = firstString(bytes.subarray(at));
      at += 4 + bytes.readUInt32LE(at) + 1;
    }
  }
  return { replyTo, errorName };
}

function pushField(bytes: number[], code: number, type: 'o' | 's', value: string): void {
  pad(bytes, 8);
  bytes.push(code, 1, type.charCodeAt(0), 0);
  pushString(bytes, value);
}

function pushTypes(bytes: number[], types: string): void {
  pad(bytes, 8);
  bytes.push(field.types, 1, 'g'.charCodeAt(0), 0, types.length, ...Buffer.from(types), 0);
}

function pushString(bytes: number[], value: string): void {
  const text = Buffer.from(value);
  pushNumber(bytes, text.length);
  bytes.push(...text, 0);
}

function pushNumber(bytes: number[], value: number): void {
  pad(bytes, 4);
  const four = Buffer.alloc(4);
  four.writeUInt32LE(value);
  bytes.push(...four);
}

function pad(bytes: number[], to: number): void {
  while (bytes.length % to !== 0) bytes.push(0);
}

function aligned(offset: number, to: number): number {
  return Math.ceil(offset / to) * to;
}
