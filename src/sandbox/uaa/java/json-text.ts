import { parseJson } from '../../body.js';

/**
 * Parses the JSON value that a text begins with. Like Jackson, ignores text after an object.
 *
 * @returns undefined if the text does not begin with JSON.
 */
export function parseLeadingJson(text: string): unknown {
  const value = parseJson(text);
  if (value !== undefined || !/^\s*\{/.test(text)) return value;
  for (let end = text.indexOf('}'); end >= 0; end = text.indexOf('}', end + 1)) {
    const object = parseJson(text.slice(0, end + 1));
    if (object !== undefined) return object;
  }
  return undefined;
}

/**
 * Converts a JSON value to a Java string, as Jackson does.
 *
 * @returns undefined if it cannot be converted.
 */
export function toJavaString(value: unknown): string | null | undefined {
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
