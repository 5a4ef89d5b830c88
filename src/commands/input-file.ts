import { closeSync, openSync, readSync } from 'node:fs';
import type { Document } from 'yaml';
import { errorMessage, TpksError } from '../errors.js';

/** Where in a file's value something is: keys and indexes from the root on. */
export type Place = readonly (string | number)[];

/** A file that somebody wrote for a command: its value, and where on its lines each part stands. */
export interface InputFile {
  /** As it was typed. */
  readonly path: string;
  readonly value: unknown;
  /** The line of a part, counted from 1; of one that is not there, that of what should hold it. */
  readonly lineOf: (place: Place) => number;
}

/** Something wrong with a file. */
export interface Problem {
  readonly line: number;
  readonly text: string;
}

/** No file that people write is larger. */
const maximumBytes = 1024 * 1024;

/** What the parser finds wrong without losing its way. */
const inStep: readonly string[] = ['DUPLICATE_KEY', 'TAG_RESOLVE_FAILED', 'BAD_ALIAS'];

/**
 * Reads a JSON or YAML file. JSON is YAML too, so one parser tells the lines of both.
 * @throws {TpksError} `usage` when it cannot be read, or tells what is wrong in it, up to where the
 *   parser loses its way.
 */
export async function readInputFile(path: string): Promise<InputFile> {
  const text = textOf(path, { maximumBytes });
  // The package is CommonJS: of that, a bundle carries the default export alone.
  const { LineCounter, parseDocument } = (await import('yaml')).default;
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const lineAt = (offset: number): number => Math.max(1, lineCounter.linePos(offset).line);
  const faults = [...document.errors, ...document.warnings];
  // Out of step, the parser finds fault with all that follows.
  const stumble = faults.findIndex(({ code }) => !inStep.includes(code));
  const told = stumble === -1 ? faults : faults.slice(0, stumble + 1);
  const wrong = told.map(({ pos, message }) => ({
    line: lineAt(pos[0]),
    text: `this is neither JSON nor YAML: ${message}`,
  }));
  if (wrong.length > 0) throw problemsOf(path, wrong);
  const lines = await import('./input-lines.js');
  const lossy = lines.lossyNumbers(document).map(({ offset, text }) => ({
    line: lineAt(offset),
    text: `${text} has more digits than a number keeps; in quotes it is text`,
  }));
  if (lossy.length > 0) throw problemsOf(path, lossy);
  const value = valueOf(document, path);
  return { path, value, lineOf: (place) => lineAt(lines.offsetOf(document, place)) };
}

function valueOf(document: Document.Parsed, path: string): unknown {
  try {
    const value: unknown = document.toJS();
    // What JSON has no word for would go out as something else.
    return JSON.parse(JSON.stringify(value ?? null, refuseInfinity)) as unknown;
  } catch (error) {
    throw problemsOf(path, [{ line: 1, text: errorMessage(error) }]);
  }
}

function refuseInfinity(key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  throw new Error(`${key} is ${String(value)}, which JSON cannot hold`);
}

/**
 * The text of a file.
 * @throws {TpksError} `usage` when it cannot be read, is no text, or is larger than anybody writes.
 */
export function textOf(path: string, limit: { readonly maximumBytes: number }): string {
  const refuse = (why: string, cause?: unknown): TpksError =>
    new TpksError('usage', `Cannot read ${path === '' ? 'a file without a name' : path}: ${why}`, {
      hint: 'check the path; nothing was sent',
      ...(cause === undefined ? {} : { cause }),
    });
  let bytes: Buffer;
  try {
    bytes = firstBytes(path, limit.maximumBytes + 1);
  } catch (error) {
    throw refuse(errorMessage(error), error);
  }
  if (bytes.length > limit.maximumBytes) {
    throw refuse(`it has more than ${String(limit.maximumBytes)} bytes, which is too large`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw refuse('it is not text in UTF-8', error);
  }
}

/** A pipe or a device has no size, and may have no end. */
function firstBytes(path: string, count: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(count);
    let length = 0;
    for (let read = -1; read !== 0 && length < count; length += read) {
      read = readSync(file, bytes, length, count - length, null);
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/** More than these at once help nobody. */
const maximumShown = 20;

/** All that is wrong with a file, by its lines, as one error. */
export function problemsOf(path: string, problems: readonly Problem[]): TpksError {
  const sorted = [...problems].sort((one, other) => one.line - other.line);
  const lines = sorted
    .slice(0, maximumShown)
    .map(({ line, text }) => `line ${String(line)}: ${text}`);
  const rest = sorted.length - lines.length;
  const count = `${String(sorted.length)} problem${sorted.length === 1 ? '' : 's'}`;
  return new TpksError('usage', `Nothing was sent: ${path} has ${count}`, {
    hint: [...lines, ...(rest > 0 ? [`and ${String(rest)} more`] : [])].join('\n'),
  });
}
