import { TpksError } from '../../base/errors.js';
import { isObject, tryParseJson } from '../../base/json-value.js';
import { readTextAsync, userFileOptions } from '../disk/bounded-read.js';
import {
  createLineFinder,
  type ParsedText,
  type ParsedValue,
  type ValuePath,
} from './parsed-text.js';
import { problemsError, type InputFile } from './problems.js';
import { unreadableError } from './user-file.js';
import { parseYaml } from './yaml.js';

/** A file named on the command line. */
export interface FileInput {
  /** `-` is stdin. */
  readonly path: string;
  /** Reads all of stdin, as UTF-8. @throws {TpksError} `usage` if it is larger than `maximumBytes`. */
  readonly readStdin: (maximumBytes: number) => Promise<string>;
}

/**
 * Reads a JSON or YAML file of at most 1 MiB (by default). The content determines the format.
 * @throws {TpksError} `usage` if it cannot be read, or with all errors up to the first one that the parser
 *   cannot recover from; and for blank input on stdin, because the command before the pipe probably failed.
 */
export async function readInputFile(
  { path, readStdin }: FileInput,
  { maximumBytes }: { readonly maximumBytes: number } = userFileOptions,
): Promise<InputFile> {
  const isStdin = path === '-';
  const text = isStdin
    ? (await readStdin(maximumBytes)).replace(/^\ufeff/, '')
    : await readTextAsync(path, { ...userFileOptions, maximumBytes }).catch((error: unknown) => {
        throw unreadableError(path, error);
      });
  if (isStdin && text.trim() === '') {
    throw new TpksError('usage', 'Standard input is empty', {
      hint: 'check the command before the pipe; nothing was sent',
    });
  }
  return toInputFile(isStdin ? 'stdin' : path, text, parseText(text));
}

/** Strict JSON of any size needs much less time and memory than the YAML parser. */
function parseText(text: string): ParsedValue & Partial<ParsedText> {
  const value = /^\s*[{[]/.test(text) ? tryParseJson(text) : undefined;
  return value === undefined ? parseYaml(text) : { value, problems: [] };
}

/** Parses the value of an option as strict JSON. @throws {TpksError} `usage` if it is not JSON */
export function parseJsonOption(option: string, text: string): InputFile {
  const value = tryParseJson(text);
  if (value !== undefined) return toInputFile(option, text, { value, problems: [] });
  throw problemsError(option, [{ line: 1, text: 'this is not valid JSON' }]);
}

/** @throws {TpksError} `usage` for each problem */
function toInputFile(
  path: string,
  text: string,
  { value, problems, offsetOf }: ParsedValue & Partial<Pick<ParsedText, 'offsetOf'>>,
): InputFile {
  const lineAt = createLineFinder(text);
  if (problems.length > 0) {
    throw problemsError(
      path,
      problems.map(({ offset, text }) => ({ line: lineAt(offset), text })),
    );
  }
  let find = offsetOf;
  const lineOf = (valuePath: ValuePath) => {
    // Also for JSON, which is a subset of YAML: only the slower YAML parser reports positions.
    find ??= parseYaml(text).offsetOf;
    return lineAt(find(valuePath));
  };
  // Only escape sequences can produce half of a surrogate pair.
  const incomplete = /\\ud[89a-f]/i.test(text) ? findIncompleteTexts(value) : [];
  if (incomplete.length > 0) {
    const message = 'this text contains an incomplete Unicode character';
    throw problemsError(
      path,
      incomplete.map((valuePath) => ({ line: lineOf(valuePath), text: message })),
    );
  }
  return { path, value, lineOf };
}

/** Finds strings, and objects with member names, that no request can contain. */
function findIncompleteTexts(value: unknown, valuePath: ValuePath = []): readonly ValuePath[] {
  if (typeof value === 'string') return value.isWellFormed() ? [] : [valuePath];
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) =>
      findIncompleteTexts(item, [...valuePath, index]),
    );
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key.isWellFormed() ? findIncompleteTexts(item, [...valuePath, key]) : [valuePath],
  );
}
