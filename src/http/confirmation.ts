import * as v from 'valibot';
import { jsonOrNothing, parseJson } from './decode.js';
import type { HttpResponse } from './send.js';
import { unexpectedFrom } from './unexpected.js';

/**
 * The response to a write that needs no body. Servers respond to most writes with nothing, or with a
 * word such as `OK`.
 * @returns the JSON value; `undefined` for nothing and for a word.
 * @throws {TpksError} `unavailable` for anything else that is not JSON: it comes from something in
 *   between, e.g. the login page of a network.
 */
export async function readConfirmation(response: HttpResponse): Promise<unknown> {
  const text = await response.text();
  const isWord = /^[\w .,!]{0,100}$/.test(text.trim());
  return isWord ? jsonOrNothing(text) : parseJson(text, response.status);
}

/**
 * Checks the response to a write that needs no body: nothing, an empty object, or what the write
 * concerns. Anything else, such as a list, was not written for this request.
 *
 * @param sender - for the error, e.g. `The UAA`.
 * @param schema - of what the write concerns.
 * @param body - from {@link readConfirmation}.
 * @throws {TpksError} `unavailable`, with the field if there is one.
 */
export function checkConfirmation(sender: string, schema: v.GenericSchema, body: unknown): void {
  if (body === undefined) return;
  // valibot accepts a list as an object.
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw unexpectedFrom(sender, kindOf(body));
  }
  if (Object.keys(body).length === 0) return;
  const [issue] = v.safeParse(schema, body).issues ?? [];
  if (issue === undefined) return;
  throw unexpectedFrom(sender, `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
