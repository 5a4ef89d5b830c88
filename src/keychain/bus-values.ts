/** A value in a D-Bus message. The type `ay` is a `Buffer`; structs and other arrays are arrays. */
export type BusValue = number | boolean | string | Buffer | BusVariant | readonly BusValue[];

/** A value together with its type. */
export interface BusVariant {
  readonly type: string;
  readonly value: BusValue;
}

/** Values that are nested more deeply are rejected. The specification allows 64 levels. */
const maximumDepth = 32;

/** D-Bus sets no limit, but the object paths of keyrings have only about 100 characters. */
const maximumPathLength = 4096;

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
 * @param start - offset of the first value. Alignment is relative to the start of `bytes`.
 * @throws {RangeError} if the bytes are not values of these types.
 */
export function readValues(types: string, bytes: Buffer, start = 0): BusValue[] {
  const cursor = { bytes, at: start };
  return splitTypes(types).map((type) => readValue(cursor, type, 0));
}

/** Splits `sa{sv}(ou)` into `s`, `a{sv}` and `(ou)`. */
function splitTypes(types: string): string[] {
  const found: string[] = [];
  for (let position = 0; position < types.length;) {
    const end = findTypeEnd(types, position, 0);
    found.push(types.slice(position, end));
    position = end;
  }
  return found;
}

function findTypeEnd(types: string, start: number, depth: number): number {
  if (depth > maximumDepth) throw new RangeError('types are nested too deeply');
  const code = types[start] ?? '';
  if (code === 'a') return findTypeEnd(types, start + 1, depth + 1);
  if (code === '(' || code === '{') {
    let end = start + 1;
    while (end < types.length && !')}'.includes(types[end] ?? '')) {
      end = findTypeEnd(types, end, depth + 1);
    }
    // A struct without members has no bytes, so decoding an array of them would never end.
    if (end >= types.length || end === start + 1) throw new RangeError('a type is not complete');
    return end + 1;
  }
  if (!alignments.has(code)) throw new RangeError(`${JSON.stringify(code)} is not a type`);
  return start + 1;
}

const alignments: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...{ y: 1, g: 1, v: 1 },
    ...{ n: 2, q: 2 },
    ...{ b: 4, i: 4, u: 4, h: 4, s: 4, o: 4, a: 4 },
    ...{ x: 8, t: 8, d: 8, '(': 8, '{': 8 },
  }),
);

function alignmentOf(type: string): number {
  return alignments.get(type[0] ?? '') ?? 1;
}

function splitMembers(type: string): string[] {
  return splitTypes(type.slice(1, -1));
}

function writeValue(bytes: number[], type: string, value: BusValue | undefined): void {
  while (bytes.length % alignmentOf(type) !== 0) bytes.push(0);
  if (type === 'y' && typeof value === 'number') bytes.push(value);
  else if (type === 'b' && typeof value === 'boolean') writeNumber(bytes, Number(value));
  else if (type === 'u' && typeof value === 'number') writeNumber(bytes, value);
  else if ((type === 's' || type === 'o') && typeof value === 'string') {
    const text = Buffer.from(value);
    writeNumber(bytes, text.length);
    appendBytes(bytes, text);
    bytes.push(0);
  } else if (type === 'g' && typeof value === 'string') {
    bytes.push(value.length, ...Buffer.from(value), 0);
  } else if (type === 'v' && isVariant(value)) {
    writeValue(bytes, 'g', value.type);
    writeValue(bytes, value.type, value.value);
  } else if (type === 'ay' && Buffer.isBuffer(value)) {
    writeNumber(bytes, value.length);
    appendBytes(bytes, value);
  } else if (type.startsWith('a') && isList(value)) {
    writeArray(bytes, type.slice(1), value);
  } else if (/^[({]/.test(type) && isList(value)) {
    for (const [index, member] of splitMembers(type).entries())
      writeValue(bytes, member, value[index]);
  } else {
    throw new RangeError(`this is not a value of type ${type}`);
  }
}

function writeArray(bytes: number[], type: string, values: readonly BusValue[]): void {
  const lengthAt = bytes.length;
  writeNumber(bytes, 0);
  // The length does not include the padding before the first element.
  while (bytes.length % alignmentOf(type) !== 0) bytes.push(0);
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
function appendBytes(bytes: number[], added: Buffer): void {
  for (const byte of added) bytes.push(byte);
}

interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

function readValue(cursor: Cursor, type: string, depth: number): BusValue {
  if (depth > maximumDepth) throw new RangeError('values are nested too deeply');
  alignCursor(cursor, type);
  const code = type[0] ?? '';
  switch (code) {
    case 's':
      return readText(cursor, readBytes(cursor, 4).readUInt32LE());
    case 'o':
      return readPath(cursor);
    case 'g':
      return readText(cursor, readBytes(cursor, 1).readUInt8());
    case 'b':
      return readBytes(cursor, 4).readUInt32LE() === 1;
    case 'u':
      return readBytes(cursor, 4).readUInt32LE();
    case 'v': {
      const inner = readText(cursor, readBytes(cursor, 1).readUInt8());
      if (splitTypes(inner).length !== 1) throw new RangeError('a variant has one value');
      return { type: inner, value: readValue(cursor, inner, depth + 1) };
    }
    case 'a':
      return readArray(cursor, type.slice(1), depth);
    case '(':
    case '{':
      return splitMembers(type).map((member) => readValue(cursor, member, depth + 1));
    default:
      // Other types are numbers that tpks only has to skip.
      return readBytes(cursor, alignmentOf(type)).readUInt8();
  }
}

function readArray(cursor: Cursor, type: string, depth: number): BusValue {
  const length = readBytes(cursor, 4).readUInt32LE();
  if (type === 'y') return readBytes(cursor, length);
  // The length does not include the padding before the first element, which even an empty array has.
  alignCursor(cursor, type);
  const end = cursor.at + length;
  if (end > cursor.bytes.length) throw new RangeError('an array is longer than its message');
  const values: BusValue[] = [];
  while (cursor.at < end) values.push(readValue(cursor, type, depth + 1));
  if (cursor.at > end) throw new RangeError('an element is longer than its array');
  return values;
}

function alignCursor(cursor: Cursor, type: string): void {
  const alignment = alignmentOf(type);
  cursor.at = Math.ceil(cursor.at / alignment) * alignment;
}

function readText(cursor: Cursor, length: number): string {
  return readBytes(cursor, length + 1).toString('utf8', 0, length);
}

/** Checks object paths from the service, because later calls and D-Bus match rules contain them. */
function readPath(cursor: Cursor): string {
  const path = readText(cursor, readBytes(cursor, 4).readUInt32LE());
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
