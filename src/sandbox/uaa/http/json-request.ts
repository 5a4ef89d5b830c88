import { isObject, type JsonObject } from '../../body.js';
import type { ErrorResponse, SandboxRequest } from '../../router.js';
import { parseLeadingJson } from '../java/json-text.js';
import { isJsonType } from './media-types.js';
import { containerError } from './servlet-container.js';

type JsonValue = JsonObject | readonly unknown[] | string | number | boolean;

/** A JSON value in a request, or the reason why it could not be read. */
export type JsonRequest =
  { readonly value: JsonValue } | { readonly problem: 'missing' | 'type' | 'syntax' };

/**
 * Reads the JSON body of a request. The value `null` and a request without a body and a type count
 * as missing.
 */
export function readJsonRequest({ headers, body }: SandboxRequest): JsonRequest {
  const type = headers['content-type'];
  if (body === '' && type === undefined) return { problem: 'missing' };
  if (!isJsonType(type)) return { problem: 'type' };
  if (body.trim() === '') return { problem: 'missing' };
  const value = parseLeadingJson(body.replace(/^\ufeff/, ''));
  if (value === undefined) return { problem: 'syntax' };
  return value === null ? { problem: 'missing' } : { value: value as JsonValue };
}

/**
 * Reads the JSON body of a request.
 *
 * @param createSyntaxError - creates the error for a body that is not JSON.
 * @throws ErrorResponse 415 for another type, or 400 for a missing body, both without a
 *   description.
 */
export function readJsonBody(
  request: SandboxRequest,
  createSyntaxError: () => ErrorResponse,
): JsonValue {
  const result = readJsonRequest(request);
  if ('value' in result) return result.value;
  if (result.problem === 'syntax') throw createSyntaxError();
  throw containerError(request, result.problem === 'type' ? 415 : 400);
}

/**
 * Reads the JSON object in the body of a request.
 *
 * @throws ErrorResponse 415 for another type, or 400 for another body, both without a description.
 */
export function readJsonObject(request: SandboxRequest): JsonObject {
  const value = readJsonBody(request, () => containerError(request, 400));
  if (isObject(value)) return value;
  throw containerError(request, 400);
}

/** Reads a member of any JSON value; undefined if it is missing. */
export function readMember(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Converts a value to text like Jackson's `JsonNode.asText`: objects and lists become empty. */
export function toNodeText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? '' : JSON.stringify(value);
}

/** Converts a configuration, which can be an object or JSON text, to JSON text. */
export function toJsonText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
