/**
 * Converts a JSON value to text: a string stays unchanged, everything else becomes JSON.
 * `String(value)` would call the value's own `toString`, which a server can replace with something
 * that is not a function.
 */
export function plainText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
