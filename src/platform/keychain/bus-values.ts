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
 * Encodes values in little-endian byte order.
 * @param types - signature of the values, e.g. `so`.
 * @see D-Bus Specification, "Type System" and "Marshaling"
 */
export function writeValues(types: string, values: readonly BusValue[]): Buffer {
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

/** Not with `push(...added)`, because a call with so many arguments would overflow the stack. */
function writeBytes(bytes: number[], added: Buffer): void {
  writeNumber(bytes, added.length);
  for (const byte of added) bytes.push(byte);
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
