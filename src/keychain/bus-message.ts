import { toList, isVariant, readValues, writeValues, type BusValue } from './bus-values.js';

/** A D-Bus method call. */
export interface BusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** Signature of the arguments, e.g. `so`. */
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
  /** Signature of the body. */
  readonly types: string;
  readonly body: Buffer;
}

const littleEndian = 0x6c;
const protocolVersion = 1;
const messageKinds: ReadonlyMap<number, BusMessage['kind']> = new Map([
  [2, 'return'],
  [3, 'error'],
  [4, 'signal'],
]);
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

/**
 * Encodes a call.
 * @see D-Bus Specification, "Message Format"
 */
export function encodeCall(call: BusCall, serial: number): Buffer {
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
 * Decodes the first message in the bytes received so far.
 * @returns the message and its length in bytes; `undefined` if the message is not complete yet.
 * @throws {RangeError} if the bytes are not a D-Bus message.
 */
export function decodeMessage(
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
      kind: messageKinds.get(bytes[1] ?? 0) ?? 'other',
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
