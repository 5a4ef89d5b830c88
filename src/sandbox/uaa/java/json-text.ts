import { parseJson } from '../../body.js';

/**
 * Parses the JSON value at the start of a text. Like Jackson, ignores everything after the first
 * object or array.
 *
 * @returns undefined if the text does not begin with JSON.
 */
export function parseLeadingJson(text: string): unknown {
  const value = parseJson(text);
  return value === undefined ? parseJson(text.slice(0, findEnd(text))) : value;
}

/** Finds the end of the object or array at the start of a text. */
function findEnd(text: string): number {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
    if (depth === 0) return index + token.length;
  }
  return text.length;
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
