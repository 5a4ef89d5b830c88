import { isUtf8 } from 'node:buffer';
import {
  closeSync,
  constants,
  createReadStream,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  type Stats,
} from 'node:fs';
import { errorCode, TpksError } from '../../base/errors.js';
import { isNestedTooDeeply, maximumNesting } from '../../base/json-value.js';

/** Limits for reading a file. */
export interface ReadOptions {
  readonly maximumBytes: number;
  /** How long to wait for the pipe that a shell creates for `<(command)`; `undefined` rejects pipes. */
  readonly pipeSeconds?: number;
  /** Called with the open file before it is read. Its errors are passed on. */
  readonly inspect?: (descriptor: number, stats: Stats) => void;
}

/** For files that users specify: certificates, keys, secrets and input files. */
export const userFileOptions: ReadOptions = { maximumBytes: 1024 * 1024, pipeSeconds: 30 };

/**
 * Reads a file safely, even if it is a named pipe without a writer, an endless device, or larger than
 * memory. ESLint rejects every other way to read a file in the client.
 * @throws file system errors, and errors that {@link isRejectedFileError} recognizes.
 */
export function readBytes(path: string, rule: ReadOptions): Buffer {
  const reading = readSteps(path, rule);
  for (let step = reading.next(); ; step = reading.next()) {
    if (step.done === true) return step.value;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollMilliseconds);
  }
}

/** Like {@link readBytes}, but Ctrl-C works while it waits for a pipe. */
export async function readBytesAsync(path: string, rule: ReadOptions): Promise<Buffer> {
  const reading = readSteps(path, rule);
  for (let step = reading.next(); ; step = reading.next()) {
    if (step.done === true) return step.value;
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
  }
}

/** Like {@link readBytes}, for UTF-8 text. Rejects other encodings. */
export function readText(path: string, rule: ReadOptions): string {
  return decodeText(readBytes(path, rule));
}

/** Like {@link readBytesAsync}, for UTF-8 text. Rejects other encodings. */
export async function readTextAsync(path: string, rule: ReadOptions): Promise<string> {
  return decodeText(await readBytesAsync(path, rule));
}

/** Reads a file that this process has written, which can be large. Yields nothing if the file does not exist. */
export async function* streamOwnFile(path: string): AsyncGenerator<Uint8Array> {
  if (existsSync(path)) yield* createReadStream(path) as AsyncIterable<Uint8Array>;
}

/** Whether a file was rejected because of its kind, its size or its content. */
export function isRejectedFileError(error: unknown): boolean {
  return errorCode(error) === rejectedFileCode;
}

const rejectedFileCode = 'TPKS_FILE_REFUSED';
const pollMilliseconds = 10;
const firstChunkBytes = 64 * 1024;

/** Yields while a pipe has no data to read yet. */
function* readSteps(path: string, rule: ReadOptions): Generator<undefined, Buffer> {
  // Windows has neither this flag nor named pipes in its file systems.
  const { O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
  const descriptor = openSync(path, constants.O_RDONLY | O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    validateFile(path, stats, rule);
    rule.inspect?.(descriptor, stats);
    return yield* readContents(descriptor, stats, rule);
  } finally {
    closeSync(descriptor);
  }
}

function validateFile(
  path: string,
  stats: Stats,
  { maximumBytes, pipeSeconds }: ReadOptions,
): void {
  if (stats.isDirectory()) throw rejectedFileError('it is a directory, not a regular file');
  const isPipe = stats.isFIFO() && pipeSeconds !== undefined && shellPipe.test(path);
  if (!stats.isFile() && !isPipe) throw rejectedFileError('it is not a regular file');
  if (stats.size > maximumBytes) throw tooLargeError(maximumBytes);
}

/** Paths of open descriptors. A named pipe at another path may never have a writer. */
const shellPipe = /^\/(dev\/(fd\/\d+|stdin)|proc\/(self|\d+)\/fd\/\d+)$/;

function* readContents(
  descriptor: number,
  { size }: Stats,
  { maximumBytes, pipeSeconds = 0 }: ReadOptions,
): Generator<undefined, Buffer> {
  // Only for pipes, because the first use of `performance` loads a module of Node.
  const end = pipeSeconds > 0 ? performance.now() + pipeSeconds * 1000 : 0;
  // The extra byte makes room for the read that detects the end of the file.
  let bytes: Buffer = Buffer.allocUnsafe(
    Math.min(size === 0 ? firstChunkBytes : size, maximumBytes) + 1,
  );
  for (let length = 0; ;) {
    if (length > maximumBytes) throw tooLargeError(maximumBytes);
    if (length === bytes.length) bytes = enlarge(bytes, maximumBytes);
    const count = readChunk(descriptor, bytes, length);
    if (count === 0) return bytes.subarray(0, length);
    if (count !== undefined) {
      length += count;
      continue;
    }
    if (performance.now() >= end) {
      throw rejectedFileError(`the pipe was not closed within ${String(pipeSeconds)} s`);
    }
    yield;
  }
}

/** @returns the number of bytes read: 0 at the end, `undefined` if a pipe has no data to read yet. */
function readChunk(descriptor: number, bytes: Buffer, offset: number): number | undefined {
  try {
    return readSync(descriptor, bytes, offset, bytes.length - offset, null);
  } catch (error) {
    if (errorCode(error) === 'EAGAIN') return undefined;
    throw error;
  }
}

function enlarge(bytes: Buffer, maximumBytes: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.min(2 * bytes.length, maximumBytes + 1));
  bytes.copy(larger);
  return larger;
}

function decodeText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw rejectedFileError('it is not UTF-8 text');
  // Editors on Windows write a byte order mark at the start of a file.
  return bytes.toString('utf8').replace(/^\ufeff/, '');
}

function tooLargeError(maximumBytes: number): Error {
  return rejectedFileError(`it is too large (limit ${formatBytes(maximumBytes)})`);
}

/** Formats a size, e.g. `16 MiB`. */
export function formatBytes(bytes: number): string {
  const kibibytes = bytes / 1024;
  return kibibytes >= 1024 ? `${String(kibibytes / 1024)} MiB` : `${String(kibibytes)} KiB`;
}

function rejectedFileError(reason: string): Error {
  return Object.assign(new Error(reason), { code: rejectedFileCode });
}

/** Parses JSON from a file that tpks wrote. Its errors contain the reason without the file name. */
export function parseStoredJson(text: string): unknown {
  if (!isNestedTooDeeply(text)) return JSON.parse(text) as unknown;
  throw new Error(`it is nested more than ${String(maximumNesting)} levels deep`);
}

/** Reads the field `version` separately, because all other fields of a newer format may differ. */
export function readFormatVersion(value: unknown): number | undefined {
  const version: unknown =
    typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  return Number.isSafeInteger(version) ? Number(version) : undefined;
}

export function newerFormatError(path: string, version: number): TpksError {
  return new TpksError(
    'storage',
    `${path} was written by a newer version of tpks (format ${String(version)})`,
    { hint: 'update tpks, or set TPKS_HOME to another folder' },
  );
}
