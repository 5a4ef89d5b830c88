/** A JSON object, as opposed to a list. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Looks up an untrusted key; `object[key]` finds `toString` and `__proto__` in every object. */
export function getOwnValue<T>(
  object: Readonly<Record<string, T | undefined>>,
  key: string,
): T | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Converts a JSON value to text. `String(value)` would call `toString`, which a server may have set. */
export function toPlainText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Like {@link toPlainText}, but returns an empty string for `undefined` and `null`. */
export function toDisplayText(value: unknown): string {
  return value === undefined || value === null ? '' : toPlainText(value);
}

/**
 * @param start - index of the opening quote.
 * @returns the index after the closing quote, or the length of the text if it has no closing quote.
 */
export function findStringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** Returns `undefined` for a text that is not JSON, such as an error body. */
export function tryParseJson(text: string): unknown {
  if (isNestedTooDeeply(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** No API nests more deeply, and recursive code would overflow the stack. */
export const maximumNesting = 200;

const quote = 0x22;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Counts the brackets outside of strings. `JSON.parse` would take seconds for megabytes of nested brackets. */
export function isNestedTooDeeply(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === quote) index = findStringEnd(text, index) - 1;
    else if (code === openBracket || code === openBrace) {
      depth += 1;
      if (depth > maximumNesting) return true;
    } else if (code === closeBracket || code === closeBrace) depth -= 1;
  }
  return false;
}

/** Adds line breaks and indentation. @returns `undefined` if the text is not JSON, or is nested too deeply. */
export function indentJson(text: string): string | undefined {
  const value = tryParseJson(text);
  return value === undefined ? undefined : JSON.stringify(value, undefined, 2);
}
