import { TpksError } from '../errors.js';
import { formatBytes } from '../disk/bounded-read.js';
import { maximumNesting, notJsonError, parseJson } from './decode.js';
import type { HttpResponse } from './send.js';

/** Describes where a response contains a list of objects. */
export interface ListFormat {
  /** Member of the outermost object that is the list; `undefined` if the whole body is the list. */
  readonly key?: string;
  /** Size limit of the whole body. */
  readonly maximumBytes: number;
  /** Creates the error for other JSON. @param reason - e.g. `an item is not an object` */
  readonly formatError: (reason: string) => TpksError;
}

/** Size limits of one item, and of the body without its items. */
const maximumItemBytes = 16 * 1024 * 1024;
const maximumFrameBytes = 1024 * 1024;

/**
 * Reads a list of objects as it arrives, so that memory use does not depend on its length.
 *
 * @yields the JSON of each object. The buffer is valid until the next object is read. The JSON may be
 *   malformed.
 * @returns the body with an empty list in place of the objects.
 * @throws {TpksError} `unavailable` if the body is not JSON, not such a list, too large or incomplete.
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
  /** @returns the objects that end in this chunk of the body. */
  readonly push: (chunk: Uint8Array) => Iterable<Buffer>;
  /** @returns the body without the objects. */
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

/** Position of the scanner; `frame` is everything outside the list. */
type Position = 'frame' | 'first item' | 'item' | 'after item' | 'next item';

/**
 * Finds the objects of a list without parsing them, by looking only at strings and brackets. The caller
 * parses each object, and the frame at the end, with `JSON.parse`, which checks everything else.
 */
function createListScanner({ key, formatError }: ListFormat, status: number): ListScanner {
  const wantedKey = key === undefined ? undefined : Buffer.from(JSON.stringify(key));
  let position: Position = 'frame';
  let isListFound = false;
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  /** The beginning of an object that ends in a later chunk of the body. */
  let partialItem = Buffer.alloc(0);
  let partialSize = 0;
  const frame: number[] = [];
  /** Index in the frame at which the last string starts. */
  let stringStart = 0;
  /** Whether the frame ends with the key of the list, or with that key and a colon. */
  let keyState: 'none' | 'key' | 'colon' = 'none';

  /** Reads a byte of a string. @returns whether the string ends with this byte. */
  const readStringByte = (byte: number): boolean => {
    if (isEscaped) isEscaped = false;
    else if (byte === backslash) isEscaped = true;
    else if (byte === quote) isInString = false;
    return !isInString;
  };

  /** @returns the index after the string, or the end of the chunk. */
  const skipString = (bytes: Buffer, start: number): number => {
    for (let index = start; index < bytes.length; index += 1) {
      if (readStringByte(bytes[index] ?? 0)) return index + 1;
    }
    return bytes.length;
  };

  /** @returns the index after the object, or the end of the chunk. */
  const skipItem = (bytes: Buffer, start: number): number => {
    let index = start;
    while (index < bytes.length) {
      const byte = bytes[index];
      if (isInString) index = skipString(bytes, index);
      else {
        index += 1;
        if (byte === quote) isInString = true;
        else if (byte === openBrace || byte === openBracket) {
          depth += 1;
          if (depth > maximumNesting) throw formatError('it is nested too deeply');
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
    position = 'first item';
    depth = 0;
  };

  const readFrame = (byte: number): void => {
    if (isInString) {
      addToFrame(byte);
      if (readStringByte(byte)) {
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
    if (frame.length === 0) expectByte(byte, wantedKey === undefined ? openBracket : openBrace);
    addToFrame(byte);
    if (byte === quote) {
      isInString = true;
      stringStart = frame.length - 1;
    } else if (byte === openBrace || byte === openBracket) {
      const isRoot = wantedKey === undefined && frame.length === 1;
      if (isRoot || (byte === openBracket && keyState === 'colon')) startList();
      else depth += 1;
      if (depth > maximumNesting) throw formatError('it is nested too deeply');
    } else if (byte === closeBrace || byte === closeBracket) depth -= 1;
    keyState = byte === colon && keyState === 'key' ? 'colon' : 'none';
  };

  const endList = (): void => {
    addToFrame(closeBracket);
    position = 'frame';
    depth = wantedKey === undefined ? 0 : 1;
  };

  /** @throws {TpksError} if the byte is not the expected one. */
  const expectByte = (byte: number, expected: number): void => {
    if (byte === expected) return;
    const isValue = '{["-0123456789tfn'.includes(String.fromCharCode(byte));
    if (isValue && frame.length === 0) {
      throw formatError(expected === openBracket ? 'it is not a list' : 'it is not an object');
    }
    if (isValue) throw formatError('an item is not an object');
    throw malformedError(byte);
  };

  const malformedError = (first = frame[0]): TpksError =>
    notJsonError(status, first === undefined ? '' : String.fromCharCode(first));

  const appendToPartial = (part: Buffer): void => {
    const size = partialSize + part.length;
    if (size > maximumItemBytes) throw tooLargeError('an object', maximumItemBytes);
    if (size > partialItem.length) {
      partialItem = Buffer.concat([partialItem.subarray(0, partialSize)], 2 * size);
    }
    part.copy(partialItem, partialSize);
    partialSize = size;
  };

  function* push(chunk: Uint8Array): Generator<Buffer> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let index = 0;
    while (index < bytes.length) {
      const byte = bytes[index] ?? 0;
      if (position === 'item') {
        const start = index;
        index = skipItem(bytes, start);
        const part = bytes.subarray(start, index);
        if (depth > 0 || partialSize > 0) appendToPartial(part);
        if (depth > 0) return;
        position = 'after item';
        yield partialSize > 0 ? partialItem.subarray(0, partialSize) : part;
        partialSize = 0;
        continue;
      }
      if (position === 'frame') readFrame(byte);
      else if (!isBlank(byte)) {
        if (byte === closeBracket && position !== 'next item') endList();
        else if (position === 'after item') {
          if (byte !== comma) throw malformedError();
          position = 'next item';
        } else {
          expectByte(byte, openBrace);
          position = 'item';
          // The brace is part of the object, so it is read again.
          continue;
        }
      }
      index += 1;
    }
  }

  return {
    push,
    end: () => {
      if (position !== 'frame' || frame.length === 0) throw malformedError();
      return Buffer.from(frame).toString('utf8');
    },
  };
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** The error for a response or a list that exceeds its limit. */
export function tooLargeError(subject: string, bytes: number): TpksError {
  return new TpksError(
    'unavailable',
    `The server sent ${subject} larger than ${formatBytes(bytes)}`,
    {
      hint: 'check the address; tpks curl and tpks uaa curl accept responses of any size',
    },
  );
}
