import * as v from 'valibot';
import { validate, isObject, parseJson, type JsonObject } from '../body.js';
import type { ReleaseName } from '../release.js';
import { ErrorResponse, json } from '../router.js';

/** Parses and validates the body of a request. @throws ErrorResponse 400 */
export function readBody<const Schema extends v.GenericSchema>(
  body: string,
  schema: Schema,
): v.InferOutput<Schema> {
  return validate(schema, parseJson(body), badRequestError);
}

/** Creates a 400 response with this text. @see pks-api, section 11 */
export function badRequestError(body: string): ErrorResponse {
  return new ErrorResponse(json(400, { body }));
}

export const string = v.string('{name} must be a string');

/** A string that is not blank. */
export const name = v.pipe(
  string,
  v.check((text) => text.trim() !== '', '{name} is required'),
);

export const integer = v.pipe(
  v.number('{name} must be an integer'),
  v.safeInteger('{name} must be an integer'),
);

export const object = v.custom<JsonObject>(isObject, '{name} must be an object');

/** For members that are not validated. */
export const anything = v.optional(v.unknown());

/** An object without other members. The error has the same text as in the real API. */
export function strictObject<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.strictObject(entries, issueMessage);
}

/** An object whose unknown members are rejected by release 1.7 and accepted by later releases. */
export function objectOfRelease<const Entries extends v.ObjectEntries>(
  release: ReleaseName,
  entries: Entries,
) {
  return release === '1.7' ? strictObject(entries) : v.looseObject(entries, issueMessage);
}

/** Returns the error text for a value of the wrong type; validation replaces `{name}`. */
export function issueMessage({ expected }: { readonly expected: string | null }): string {
  if (expected === 'never') return 'JSON parse error: Unrecognized field "{name}"';
  return expected === 'Object' ? '{name} must be an object' : '{name} is required';
}

export function listOf<const Item extends v.GenericSchema>(item: Item) {
  return v.array(item, '{name} must be a list');
}

/** Returns a copy of the object without the members that are null. */
export function omitNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}
