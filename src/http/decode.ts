import { TpksError } from '../errors.js';
import type { HttpResponse } from './send.js';

/**
 * Reads a body as JSON by what it holds, not by its Content-Type: the PKS API sends vendor types.
 * @throws {TpksError} `unavailable` when it is something else.
 */
export async function readJson(response: HttpResponse): Promise<unknown> {
  return parseJson(await response.text(), response.status);
}

/** As {@link readJson}, of a text that was read. @param status - of the answer, for the error. */
export function parseJson(text: string, status: number): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw notJson(status, text, error);
  }
}

/** The value in a text, or `undefined` where it is not JSON: for error bodies of any kind. */
export function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
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
