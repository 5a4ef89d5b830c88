import type { SandboxRequest } from '../../router.js';
import { badScimRequest, scimSchema } from './error.js';

/** A JSON object as it came; each member is looked at before it is used. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The JSON object in a request's body.
 *
 * @throws ErrorResponse 400 `scim` for another content type, no body, or no JSON object.
 */
export function scimBody(request: SandboxRequest): JsonObject {
  const type = request.headers['content-type'] ?? 'application/octet-stream';
  if (!/^application\/(.+\+)?json\b/i.test(type)) {
    throw badScimRequest(`Content type '${type}' not supported`);
  }
  if (request.body.trim() === '' || request.body.trim() === 'null') {
    throw badScimRequest('Required request body is missing');
  }
  const value = parsed(request.body);
  if (!isObject(value))
    throw badScimRequest('JSON parse error: Cannot deserialize instance of an object');
  return value;
}

/**
 * @param prefix - what the server puts before its complaint: it differs by resource.
 * @throws ErrorResponse 400 `scim` when the body names another schema.
 */
export function checkSchemas({ schemas }: JsonObject, prefix: string): void {
  if (schemas === undefined || schemas === null) return;
  if (Array.isArray(schemas) && schemas.length === 1 && schemas[0] === scimSchema) return;
  throw badScimRequest(`${prefix}Only schema '${scimSchema}' is currently supported`);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * @returns a text member, also of a number or a boolean, which the server takes for a text;
 *   undefined when there is none.
 */
export function textOf(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  if (value === undefined || value === null) return undefined;
  if (isScalar(value)) return String(value);
  throw cannot(name, 'java.lang.String');
}

/** @returns a boolean member, also of the text `true` or `false`. */
export function booleanOf(object: JsonObject, name: string): boolean | undefined {
  const value = object[name];
  if (value === undefined || value === null) return undefined;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw badScimRequest(
    `JSON parse error: Cannot deserialize value of type \`java.lang.Boolean\` ` +
      `from "${isScalar(value) ? String(value) : name}": only "true" or "false" recognized`,
  );
}

/** @returns a member that is an object; undefined when there is none. */
export function objectOf(object: JsonObject, name: string): JsonObject | undefined {
  const value = object[name];
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw cannot(name, 'an object');
  return value;
}

/** @returns a member that is a list of objects; undefined when there is none. */
export function objectsOf(object: JsonObject, name: string): readonly JsonObject[] | undefined {
  const value = object[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every(isObject)) throw cannot(name, 'a list of objects');
  return value;
}

/** @returns a member that is a list of texts; undefined when there is none. */
export function textsOf(object: JsonObject, name: string): readonly string[] | undefined {
  const value = object[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw cannot(name, 'a list of texts');
  }
  return value;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function cannot(name: string, type: string) {
  return badScimRequest(
    `JSON parse error: Cannot deserialize ${type} (through reference "${name}")`,
  );
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw badScimRequest(`JSON parse error: ${error instanceof Error ? error.message : 'no JSON'}`);
  }
}
