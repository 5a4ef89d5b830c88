import { TpksError } from '../errors.js';
import { stringEnd } from '../json-value.js';
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
  if (isNestedTooDeeply(text)) {
    const what = `JSON with more than ${String(maximumNesting)} levels`;
    throw unexpectedFrom('The server', what, status);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw notJsonError(status, text, error);
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
export const maximumNesting = 200;

/** Counts brackets outside of strings. Each level needs at least two characters. */
function isNestedTooDeeply(text: string): boolean {
  if (text.length < 2 * maximumNesting) return false;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === quote) index = stringEnd(text, index) - 1;
    else if (code === openBracket || code === openBrace) {
      depth += 1;
      if (depth > maximumNesting) return true;
    } else if (code === closeBracket || code === closeBrace) depth -= 1;
  }
  return false;
}

const quote = 0x22;
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/** @param text - of the body, or its beginning. */
export function notJsonError(status: number, text: string, cause?: unknown): TpksError {
  const kind = text.trim() === '' ? 'nothing' : /^\s*</.test(text) ? 'a web page' : 'broken JSON';
  return new TpksError('unavailable', `The server answered with ${kind} instead of JSON`, {
    hint: 'check that the address is the right one and not a proxy’s or portal’s, then try again',
    status,
    cause,
  });
}
