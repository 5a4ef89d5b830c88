import { TpksError } from '../../base/errors.js';
import { readTextAsync, userFileOptions } from '../disk/bounded-read.js';
import { parseJson } from './json.js';
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
  return toInputFile(isStdin ? 'stdin' : path, text, parseJson(text) ?? parseYaml(text));
}

/** Parses the value of an option as strict JSON. @throws {TpksError} `usage` if it is not JSON */
export function parseJsonOption(option: string, text: string): InputFile {
  const parsed = parseJson(text);
  if (parsed !== undefined) return toInputFile(option, text, parsed);
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
  // Valid UTF-8 text can contain half of a surrogate pair only as an escape.
  const broken = /\\u/i.test(text) ? findLoneSurrogates(value) : [];
  if (broken.length > 0) {
    const problem = 'this text contains half of a surrogate pair';
    throw problemsError(
      path,
      broken.map((valuePath) => ({ line: lineOf(valuePath), text: problem })),
    );
  }
  return { path, value, lineOf };
}

/** @returns the paths of strings with a lone surrogate, and of objects that have one in a key. */
function findLoneSurrogates(value: unknown, valuePath: ValuePath = []): readonly ValuePath[] {
  const texts = typeof value === 'string' ? [value] : Object.keys(Object(value) as object);
  const own = texts.every((text) => text.isWellFormed()) ? [] : [valuePath];
  if (typeof value !== 'object' || value === null) return own;
  const inner = Object.entries(value).flatMap(([key, member]) =>
    findLoneSurrogates(member, [...valuePath, Array.isArray(value) ? Number(key) : key]),
  );
  return [...own, ...inner];
}
