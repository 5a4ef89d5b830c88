import { TpksError } from '../errors.js';
import { sized } from '../disk/bounded-read.js';
import { maximumNesting, notJsonError, parseJson } from './decode.js';
import type { HttpResponse } from './send.js';

/** Where a response contains a list of objects, and the errors for other responses. */
export interface ListFormat {
  /** Member of the outermost object that is the list; absent if the list is the whole body. */
  readonly key?: string;
  /** Limit for the whole body. */
  readonly maximumBytes: number;
  /** The error for JSON that is not such a list. @param why - e.g. `an item is not an object` */
  readonly unexpected: (why: string) => TpksError;
}

/** Limits for one item of a list, and for the body without its items. */
const maximumItemBytes = 16 * 1024 * 1024;
const maximumFrameBytes = 1024 * 1024;

/**
 * Reads a list of objects as it arrives, so that memory does not depend on its length.
 *
 * @yields the JSON of each object. It is valid until the next one is read, and may be malformed.
 * @returns the body without the objects: an empty list is in their place.
 * @throws {TpksError} `unavailable` when the body is not JSON, not such a list, too large, or ends
 *   early.
 */
export async function* streamList(
  response: HttpResponse,
  format: ListFormat,
): AsyncGenerator<Buffer, unknown, undefined> {
  const scanner = createListScanner(format, response.status);
  let size = 0;
  for await (const chunk of response.stream()) {
    size += chunk.byteLength;
    if (size > format.maximumBytes) throw tooLargeError('a response', format.maximumBytes);
    for (const item of scanner.push(chunk)) yield item;
  }
  return parseJson(scanner.end(), response.status);
}

interface ListScanner {
  /** @returns the objects that are complete with this piece of the body, one by one. */
  readonly push: (chunk: Uint8Array) => Iterable<Buffer>;
  /** @returns the JSON around the objects. */
  readonly end: () => string;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** Position of the scanner: outside the list, or inside it. */
type Position = 'frame' | 'first item' | 'item' | 'after item' | 'next item';

/**
 * Finds the objects of a list without parsing them: only strings and brackets matter for that.
 * `JSON.parse` checks everything else, object by object, and the frame at the end.
 */
function createListScanner({ key, unexpected }: ListFormat, status: number): ListScanner {
  const wantedKey = key === undefined ? undefined : Buffer.from(JSON.stringify(key));
  let place: Position = 'frame';
  let isListFound = false;
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  /** The beginning of an object whose end is in a later piece of the body. */
  let started = Buffer.alloc(0);
  let startedSize = 0;
  const frame: number[] = [];
  /** Where the string starts that the frame ends with. */
  let stringStart = 0;
  /** Whether the frame ends with the key of the list, or with the key and its colon. */
  let keyState: 'none' | 'key' | 'colon' = 'none';

  /** Reads a byte of a string. @returns whether the string ends with it. */
  const endsString = (byte: number): boolean => {
    if (isEscaped) isEscaped = false;
    else if (byte === backslash) isEscaped = true;
    else if (byte === quote) isInString = false;
    return !isInString;
  };

  /** @returns the first index behind the string, or the end of the piece. */
  const skipString = (bytes: Buffer, from: number): number => {
    for (let index = from; index < bytes.length; index += 1) {
      if (endsString(bytes[index] ?? 0)) return index + 1;
    }
    return bytes.length;
  };

  /** @returns the first index behind the object, or the end of the piece. */
  const skipItem = (bytes: Buffer, from: number): number => {
    let index = from;
    while (index < bytes.length) {
      const byte = bytes[index];
      if (isInString) index = skipString(bytes, index);
      else {
        index += 1;
        if (byte === quote) isInString = true;
        else if (byte === openBrace || byte === openBracket) {
          depth += 1;
          if (depth > maximumNesting) throw unexpected('it is nested too deeply');
        } else if (byte === closeBrace || byte === closeBracket) {
          depth -= 1;
          if (depth === 0) return index;
        }
      }
    }
    return index;
  };

  const addToFrame = (byte: number): void => {
    frame.push(byte);
    if (frame.length > maximumFrameBytes) throw tooLargeError('a response', maximumFrameBytes);
  };

  const startList = (): void => {
    isListFound = true;
    place = 'first item';
    depth = 0;
  };

  const readFrame = (byte: number): void => {
    if (isInString) {
      addToFrame(byte);
      if (endsString(byte)) {
        const isKey =
          depth === 1 && wantedKey?.equals(Uint8Array.from(frame.slice(stringStart))) === true;
        keyState = isKey && !isListFound ? 'key' : 'none';
      }
      return;
    }
    if (isBlank(byte)) {
      if (frame.length > 0) addToFrame(byte);
      return;
    }
    if (frame.length === 0) rejectOther(byte, wantedKey === undefined ? openBracket : openBrace);
    addToFrame(byte);
    if (byte === quote) {
      isInString = true;
      stringStart = frame.length - 1;
    } else if (byte === openBrace || byte === openBracket) {
      const isRoot = wantedKey === undefined && frame.length === 1;
      if (isRoot || (byte === openBracket && keyState === 'colon')) startList();
      else depth += 1;
      if (depth > maximumNesting) throw unexpected('it is nested too deeply');
    } else if (byte === closeBrace || byte === closeBracket) depth -= 1;
    keyState = byte === colon && keyState === 'key' ? 'colon' : 'none';
  };

  const endList = (): void => {
    addToFrame(closeBracket);
    place = 'frame';
    depth = wantedKey === undefined ? 0 : 1;
  };

  /** @throws if a value does not start with the expected byte. */
  const rejectOther = (byte: number, wanted: number): void => {
    if (byte === wanted) return;
    const isValue = '{["-0123456789tfn'.includes(String.fromCharCode(byte));
    if (isValue && frame.length === 0) throw unexpected('it is something else');
    if (isValue) throw unexpected('an item is not an object');
    throw broken(byte);
  };

  const broken = (first = frame[0]): TpksError =>
    notJsonError(status, first === undefined ? '' : String.fromCharCode(first));

  const keepStarted = (part: Buffer): void => {
    const size = startedSize + part.length;
    if (size > maximumItemBytes) throw tooLargeError('an object', maximumItemBytes);
    if (size > started.length) {
      started = Buffer.concat([started.subarray(0, startedSize)], 2 * size);
    }
    part.copy(started, startedSize);
    startedSize = size;
  };

  function* push(chunk: Uint8Array): Generator<Buffer> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let index = 0;
    while (index < bytes.length) {
      const byte = bytes[index] ?? 0;
      if (place === 'item') {
        const start = index;
        index = skipItem(bytes, start);
        const part = bytes.subarray(start, index);
        if (depth > 0 || startedSize > 0) keepStarted(part);
        if (depth > 0) return;
        place = 'after item';
        yield startedSize > 0 ? started.subarray(0, startedSize) : part;
        startedSize = 0;
        continue;
      }
      if (place === 'frame') readFrame(byte);
      else if (!isBlank(byte)) {
        if (byte === closeBracket && place !== 'next item') endList();
        else if (place === 'after item') {
          if (byte !== comma) throw broken();
          place = 'next item';
        } else {
          rejectOther(byte, openBrace);
          place = 'item';
          // Its brace is part of the object.
          continue;
        }
      }
      index += 1;
    }
  }

  return {
    push,
    end: () => {
      if (place !== 'frame' || frame.length === 0) throw broken();
      return Buffer.from(frame).toString('utf8');
    },
  };
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function tooLargeError(what: string, bytes: number): TpksError {
  return new TpksError('unavailable', `The server sent ${what} of more than ${sized(bytes)}`, {
    hint: 'check that the address is right; tpks curl streams bodies of any size',
  });
}
