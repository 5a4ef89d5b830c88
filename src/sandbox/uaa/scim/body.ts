import * as v from 'valibot';
import { validate, isObject, parseJson } from '../../body.js';
import type { SandboxRequest } from '../../router.js';
import { badScimRequestError, scimSchema } from './error.js';

/**
 * Reads the JSON object in a request's body.
 *
 * @throws ErrorResponse 400 `scim` for a content type other than JSON, an empty body, or an invalid
 *   value.
 */
export function readScimBody<const Schema extends v.GenericSchema>(
  { headers, body }: SandboxRequest,
  schema: Schema,
): v.InferOutput<Schema> {
  const contentType = headers['content-type'] ?? 'application/octet-stream';
  if (!/^application\/(.+\+)?json\b/i.test(contentType)) {
    throw badScimRequestError(`Content type '${contentType}' not supported`);
  }
  if (body.trim() === '' || body.trim() === 'null') {
    throw badScimRequestError('Required request body is missing');
  }
  const value = parseJson(body);
  if (value === undefined) throw badScimRequestError('JSON parse error: not valid JSON');
  if (!isObject(value)) {
    throw badScimRequestError('JSON parse error: Cannot deserialize instance of an object');
  }
  return validate(schema, value, badScimRequestError);
}

/** Schema of a field that can be missing or null. */
export function optional<const Schema extends v.GenericSchema>(schema: Schema) {
  return v.pipe(
    v.nullish(schema),
    v.transform((value): NonNullable<v.InferOutput<Schema>> | undefined => value ?? undefined),
  );
}

function describeTypeMismatch(type: string): string {
  return `JSON parse error: Cannot deserialize ${type} (through reference "{name}")`;
}

/** Like the real server, converts numbers and booleans to strings. */
export const text = v.pipe(
  v.union([v.string(), v.number(), v.boolean()], describeTypeMismatch('java.lang.String')),
  v.transform(String),
);

export const boolean = v.pipe(
  v.union(
    [v.boolean(), v.picklist(['true', 'false'])],
    ({ input }) =>
      'JSON parse error: Cannot deserialize value of type `java.lang.Boolean` ' +
      `from "${isObject(input) || Array.isArray(input) ? '{name}' : String(input)}": ` +
      'only "true" or "false" recognized',
  ),
  v.transform((value) => String(value) === 'true'),
);

export const textList = v.array(
  v.string(describeTypeMismatch('a list of strings')),
  describeTypeMismatch('a list of strings'),
);

export function object<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(v.custom(isObject, describeTypeMismatch('an object')), v.object(entries));
}

export function array<const Item extends v.GenericSchema>(item: Item) {
  return v.array(item, describeTypeMismatch('a list of objects'));
}

/**
 * Creates the schema of the `schemas` field.
 *
 * @param prefix - start of the error message, which differs by resource.
 */
export function schemasField(prefix: string) {
  const isSupported = (value: unknown) =>
    Array.isArray(value) && value.length === 1 && value[0] === scimSchema;
  return v.nullish(
    v.custom(isSupported, `${prefix}Only schema '${scimSchema}' is currently supported`),
  );
}
