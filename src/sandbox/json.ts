import * as v from 'valibot';

export type JsonObject = Readonly<Record<string, unknown>>;

/** @returns the parsed value; undefined if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the value if it is a list; otherwise an empty list. */
export function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns a copy of the object without these members. */
export function omitMembers(value: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

/**
 * Validates a value from a request, usually its body.
 * @param schema - `{name}` in its messages is replaced by the name of the invalid member.
 * @returns the parsed value.
 * @throws the error that `toError` returns for the first problem.
 */
export function validate<const Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  toError: (message: string) => Error,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [{ message, path = [] }] = result.issues;
  const names = path.map(({ key }) => key).filter((key) => typeof key === 'string');
  throw toError(message.replace('{name}', () => names.at(-1) ?? 'the body'));
}
