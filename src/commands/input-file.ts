import { closeSync, openSync, readSync } from 'node:fs';
import { errorMessage, TpksError } from '../errors.js';
import type { Place } from './input-text.js';

export type { Place };

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

/** Default limit: nobody writes a larger file by hand. */
const maximumBytes = 1024 * 1024;

/**
 * Reads a JSON or YAML file.
 * @param limit - of the size; a larger file is an error.
 * @throws {TpksError} `usage` if it cannot be read, or with everything that is wrong in it, up to
 *   where the parser does not understand it any more.
 */
export async function readInputFile(
  path: string,
  limit: { readonly maximumBytes: number } = { maximumBytes },
): Promise<InputFile> {
  const text = textOf(path, limit);
  const { parseJson } = await import('./input-json.js');
  const parsed = parseJson(text) ?? (await import('./input-parts.js')).parseLargeYaml(text);
  const lineAt = lineCounter(text);
  if (parsed.faults.length > 0) {
    throw problemsOf(
      path,
      parsed.faults.map(({ offset, text }) => ({ line: lineAt(offset), text })),
    );
  }
  const { value, offsetOf } = parsed;
  return { path, value, lineOf: (place) => lineAt(offsetOf(place)) };
}

/** @returns a function from offsets to lines, counted from 1. */
function lineCounter(text: string): (offset: number) => number {
  let starts: readonly number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
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
