/** A page of a list, whose objects are made one by one. */
export interface ListPage {
  /** The answer as JSON, with an empty list in place of the objects. */
  readonly frame: string;
  readonly length: number;
  /** The JSON of an object. Good until the next page is read. @param index - from 0. */
  readonly item: (index: number) => string;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const blanks = [0x20, 0x0a, 0x0d, 0x09];

/**
 * Takes pages apart without parsing them. Objects that wait for their turn outlive one collection
 * of garbage after the other, at which V8 makes the room for young ones larger and larger: it is
 * that, and not a page, which a long list would cost. So they wait as bytes, in room of our own.
 *
 * @param key - of the list in the answer.
 * @returns `undefined` where an answer is not an object with a list of objects.
 */
export function createPageReader(key: string): (json: string) => ListPage | undefined {
  let room = Buffer.alloc(0);
  return (json) => {
    const size = Buffer.byteLength(json);
    if (size > room.length) room = Buffer.alloc(size);
    room.write(json);
    const bytes = room.subarray(0, size);
    const start = listStart(bytes, key);
    const list = start === undefined ? undefined : objectsFrom(bytes, start);
    if (list === undefined) return undefined;
    const { bounds, end } = list;
    return {
      frame: `${bytes.toString('utf8', 0, start)}${bytes.toString('utf8', end)}`,
      length: bounds.length / 2,
      item: (index) => bytes.toString('utf8', bounds[2 * index], bounds[2 * index + 1]),
    };
  };
}

/** Behind the `[` of a list that stands in the outermost object. */
function listStart(bytes: Uint8Array, key: string): number | undefined {
  const wanted = Buffer.from(JSON.stringify(key));
  let depth = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === quote) {
      const end = stringEnd(bytes, at);
      const isKey = depth === 1 && wanted.equals(bytes.subarray(at, end));
      const next = isKey ? skipBlanks(bytes, end) : at;
      if (isKey && bytes[next] === colon) {
        const value = skipBlanks(bytes, next + 1);
        return bytes[value] === openBracket ? value + 1 : undefined;
      }
      at = end - 1;
    } else depth += step(byte);
  }
  return undefined;
}

/** Where each object begins and ends, up to the end of their list. */
function objectsFrom(
  bytes: Uint8Array,
  start: number,
): { bounds: number[]; end: number } | undefined {
  const bounds: number[] = [];
  let at = skipBlanks(bytes, start);
  if (bytes[at] === closeBracket) return { bounds, end: at };
  while (bytes[at] === openBrace) {
    const end = objectEnd(bytes, at);
    bounds.push(at, end);
    at = skipBlanks(bytes, end);
    if (bytes[at] === closeBracket) return { bounds, end: at };
    if (bytes[at] !== comma) return undefined;
    at = skipBlanks(bytes, at + 1);
  }
  return undefined;
}

/** Behind an object; the end of all where it has none. */
function objectEnd(bytes: Uint8Array, start: number): number {
  let depth = 0;
  let at = start;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === quote) at = stringEnd(bytes, at);
    else {
      depth += step(byte);
      at += 1;
      if (depth === 0) return at;
    }
  }
  return at;
}

function stringEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at + 1;
}

function step(byte: number | undefined): number {
  if (byte === openBrace || byte === openBracket) return 1;
  return byte === closeBrace || byte === closeBracket ? -1 : 0;
}

function skipBlanks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (blanks.includes(bytes[at] ?? 0)) at += 1;
  return at;
}
