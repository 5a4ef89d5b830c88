import { TpksError } from '../errors.js';
import type { HttpResponse } from './send.js';
import { unexpectedFrom } from './unexpected.js';

/**
 * Parses a body as JSON, regardless of its Content-Type: the PKS API sends vendor types.
 * @throws {TpksError} `unavailable` when it is something else.
 */
export async function readJson(response: HttpResponse): Promise<unknown> {
  return parseJson(await response.text(), response.status);
}

/** As {@link readJson}, for text that was read. @param status - of the response, for the error. */
export function parseJson(text: string, status: number): unknown {
  if (isNestedTooDeeply(text)) throw tooDeep(status);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw notJson(status, text, error);
  }
}

/** The value in a text, or `undefined` if it is not JSON: for error bodies of any kind. */
export function jsonOrNothing(text: string): unknown {
  if (isNestedTooDeeply(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** No API nests deeper, and recursive code would overflow the stack. */
export const deepestNesting = 200;

/** Counts brackets outside of strings. Each level needs at least two characters. */
function isNestedTooDeeply(text: string): boolean {
  if (text.length < 2 * deepestNesting) return false;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === quote) index = endOfString(text, index);
    else if (code === openBracket || code === openBrace) {
      depth += 1;
      if (depth > deepestNesting) return true;
    } else if (code === closeBracket || code === closeBrace) depth -= 1;
  }
  return false;
}

const [quote, backslash] = [0x22, 0x5c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/** @returns the index of the closing quote, or of the end of an unfinished string. */
function endOfString(text: string, start: number): number {
  for (
    let index = text.indexOf('"', start + 1);
    index !== -1;
    index = text.indexOf('"', index + 1)
  ) {
    let backslashes = 0;
    while (text.charCodeAt(index - 1 - backslashes) === backslash) backslashes += 1;
    if (backslashes % 2 === 0) return index;
  }
  return text.length;
}

function tooDeep(status: number): TpksError {
  return unexpectedFrom(
    'The server',
    `JSON with more than ${String(deepestNesting)} levels`,
    status,
  );
}

/** @param text - of the body, or its beginning. */
export function notJson(status: number, text: string, cause?: unknown): TpksError {
  const kind = text.trim() === '' ? 'nothing' : /^\s*</.test(text) ? 'a web page' : 'broken JSON';
  return new TpksError('unavailable', `The server answered with ${kind} instead of JSON`, {
    hint: 'check that the address is the right one and not a proxy’s or portal’s, then try again',
    status,
    cause,
  });
}
