import * as v from 'valibot';
import { isObject, type JsonObject } from '../json.js';
import type { SandboxRequest } from '../router.js';
import { badScimRequestError, statusError } from './errors.js';

/** Reads the parameters of a request: the query, followed by the form fields of a POST. */
export function readParameters(request: SandboxRequest): URLSearchParams {
  const all = new URLSearchParams(request.query);
  if (request.method === 'POST' && isForm(request)) {
    for (const [name, value] of new URLSearchParams(request.body)) all.append(name, value);
  }
  return all;
}

export function isForm({ headers }: SandboxRequest): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
}

/** A string. Like the real server, converts numbers and booleans to strings. */
export const scalar = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));

/** Whether a value is a string that is not blank. */
export function hasText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

type JsonValue = JsonObject | readonly unknown[] | string | number | boolean;

/** A JSON value in a request, or the reason why it could not be read. */
type JsonRequest =
  { readonly value: JsonValue } | { readonly problem: 'missing' | 'type' | 'syntax' };

/** Reads the JSON body of a request. The value `null` counts as missing. */
function readJsonRequest({ headers, body }: SandboxRequest): JsonRequest {
  const type = headers['content-type'];
  if (body === '' && type === undefined) return { problem: 'missing' };
  if (!/^application\/(json|[^;]*\+json)\b/i.test(type ?? '')) return { problem: 'type' };
  if (body.trim() === '') return { problem: 'missing' };
  try {
    const value = JSON.parse(body) as JsonValue | null;
    return value === null ? { problem: 'missing' } : { value };
  } catch {
    return { problem: 'syntax' };
  }
}

/**
 * Reads the JSON body of a request.
 * @throws ErrorResponse 415 for another type, or 400 for a missing or invalid body, both without a
 *   description.
 */
export function readJsonBody(request: SandboxRequest): JsonValue {
  const result = readJsonRequest(request);
  if ('value' in result) return result.value;
  throw statusError(request, result.problem === 'type' ? 415 : 400);
}

/** Like {@link readJsonBody}, but accepts only an object. */
export function readJsonObject(request: SandboxRequest): JsonObject {
  const value = readJsonBody(request);
  if (isObject(value)) return value;
  throw statusError(request, 400);
}

/**
 * Reads the JSON object in the body of a request for users and groups.
 * @throws ErrorResponse 400 `scim` for another type, or a missing or invalid body.
 */
export function readScimObject(request: SandboxRequest): JsonObject {
  const result = readJsonRequest(request);
  if ('value' in result && isObject(result.value)) return result.value;
  const problems = {
    missing: 'Required request body is missing',
    type: `Content type '${request.headers['content-type'] ?? ''}' not supported`,
    syntax: 'JSON parse error: the body is not a JSON object',
  };
  throw badScimRequestError(problems['problem' in result ? result.problem : 'syntax']);
}
