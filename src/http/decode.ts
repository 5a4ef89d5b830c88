import { TpksError } from '../errors.js';
import type { HttpResponse } from './send.js';
import { unexpectedResponseFrom } from './unexpected-response.js';

/**
 * Parses a body as JSON, regardless of its Content-Type, because the PKS API sends vendor types.
 * @param maximumBytes - size limit, 16 MiB by default.
 * @throws {TpksError} `unavailable` if the body is not JSON.
 */
export async function readJson(response: HttpResponse, maximumBytes?: number): Promise<unknown> {
  return parseJson(await response.text(maximumBytes), response.status);
}

/**
 * Parses the text of a body like {@link readJson}.
 * @param status - HTTP status of the response, for the error message.
 */
export function parseJson(text: string, status: number): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw notJsonError(status, text, error);
  }
  if (!isNestedDeeper(value, maximumNesting)) return value;
  const reason = `the JSON has more than ${String(maximumNesting)} levels`;
  throw unexpectedResponseFrom('The server', reason, status);
}

/** Parses a text that may not be JSON, such as an error body. Returns `undefined` if it is not. */
export function tryParseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isNestedDeeper(value, maximumNesting) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** No API nests more deeply, and recursive code would overflow the stack. */
const maximumNesting = 200;

function isNestedDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isNestedDeeper(each, levels - 1));
}

function notJsonError(status: number, text: string, cause?: unknown): TpksError {
  const problem =
    text.trim() === ''
      ? 'an empty response instead of JSON'
      : /^\s*</.test(text)
        ? 'a web page instead of JSON'
        : 'invalid JSON';
  return new TpksError('unavailable', `The server returned ${problem}`, {
    hint: 'check that the address does not belong to a proxy or a login portal, then try again',
    status,
    cause,
  });
}
