import { readText, readTextAsync, userFile } from '../disk/bounded-read.js';
import { diskErrorReason } from '../disk/disk-error.js';
import { TpksError } from '../errors.js';
import type { Fault, ParsedText, Place } from './parsed-text.js';
import { problemsError } from './problems.js';

/** A file or an option from a user: its value, and the line of each part. */
export interface InputFile {
  /** The path as the user typed it, or the name of the option. */
  readonly path: string;
  readonly value: unknown;
  /** The line of a part, counted from 1; for a missing part, that of its parent. */
  readonly lineOf: (place: Place) => number;
}

/**
 * Reads a JSON or YAML file.
 * @param limit - of the size; a larger file is an error.
 * @throws {TpksError} `usage` if it cannot be read, or with all errors up to the first one that the
 *   parser cannot recover from.
 */
export async function readInputFile(
  path: string,
  limit: { readonly maximumBytes: number } = userFile,
): Promise<InputFile> {
  const text = await readTextAsync(path, { ...userFile, ...limit }).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const { parseJson } = await import('./json.js');
  const parsed = parseJson(text) ?? (await import('./yaml-parts.js')).parseLargeYaml(text);
  return toInputFile(path, text, parsed);
}

/**
 * Parses the value of an option as strict JSON.
 * @throws {TpksError} `usage` if it is not JSON
 */
export async function parseJsonOption(option: string, text: string): Promise<InputFile> {
  const { parseJson } = await import('./json.js');
  const parsed = parseJson(text);
  if (parsed !== undefined) return toInputFile(option, text, parsed);
  throw problemsError(option, [{ line: 1, text: 'this is not valid JSON' }]);
}

/** @throws {TpksError} `usage` for each fault */
function toInputFile(path: string, text: string, parsed: ParsedText): InputFile {
  const lineAt = lineCounter(text);
  // Valid UTF-8 text can contain half of a surrogate pair only as an escape.
  const isEscaped = parsed.faults.length === 0 && /\\u/i.test(text);
  const faults = isEscaped ? surrogates(parsed) : parsed.faults;
  if (faults.length > 0) {
    throw problemsError(
      path,
      faults.map(({ offset, text }) => ({ line: lineAt(offset), text })),
    );
  }
  const { value, offsetOf } = parsed;
  return { path, value, lineOf: (place) => lineAt(offsetOf(place)) };
}

/** Finds strings and keys with half of a surrogate pair, which cannot be sent. */
function surrogates({ value, offsetOf }: ParsedText): readonly Fault[] {
  const found: Fault[] = [];
  const search = (part: unknown, place: Place): void => {
    const texts = typeof part === 'string' ? [part] : Object.keys(Object(part) as object);
    if (!texts.every((text) => text.isWellFormed())) {
      found.push({ offset: offsetOf(place), text: 'this text contains half of a surrogate pair' });
    }
    if (typeof part !== 'object' || part === null) return;
    for (const [key, member] of Object.entries(part)) {
      search(member, [...place, Array.isArray(part) ? Number(key) : key]);
    }
  };
  search(value, []);
  return found;
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
 * Reads a file that another file refers to.
 * @throws {TpksError} `usage` if it cannot be read, is not text or is too large.
 */
export function textOf(path: string): string {
  try {
    return readText(path, userFile);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): TpksError {
  const name = path === '' ? 'a file without a name' : path;
  return new TpksError('usage', `Cannot read ${name}: ${diskErrorReason(cause)}`, {
    hint: 'check the path; nothing was sent',
    cause,
  });
}
