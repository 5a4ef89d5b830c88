/** Up to this length, the built-in search is linear up to a small factor. */
const maximumBuiltInLength = 256;

/** Calls `found` with each index at which the text contains the needle; matches may overlap. */
export function findAll(text: string, needle: string, found: (at: number) => void): void {
  if (needle === '' || needle.length > text.length) return;
  if (needle.length > maximumBuiltInLength) {
    const first = text.indexOf(needle.slice(0, maximumBuiltInLength));
    if (first !== -1) findLong(text, needle, first, found);
    return;
  }
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + 1)) found(at);
}

/**
 * The algorithm of Knuth, Morris and Pratt: the built-in search takes quadratic time for a long
 * needle that repeats itself, such as a value full of backslashes.
 */
function findLong(text: string, needle: string, from: number, found: (at: number) => void): void {
  const borders = computeBorders(needle);
  let matched = 0;
  for (let at = from; at < text.length; at += 1) {
    matched = extendMatch(needle, borders, matched, text.charCodeAt(at));
    if (matched < needle.length) continue;
    found(at + 1 - matched);
    matched = borders[matched - 1] ?? 0;
  }
}

/** For each prefix of the needle, the length of the longest text that both starts and ends it. */
function computeBorders(needle: string): Uint32Array {
  const borders = new Uint32Array(needle.length);
  for (let at = 1; at < needle.length; at += 1) {
    borders[at] = extendMatch(needle, borders, borders[at - 1] ?? 0, needle.charCodeAt(at));
  }
  return borders;
}

/** How much of the needle is matched once the next unit of the text is read. */
function extendMatch(needle: string, borders: Uint32Array, matched: number, unit: number): number {
  let length = matched;
  while (length > 0 && needle.charCodeAt(length) !== unit) length = borders[length - 1] ?? 0;
  return needle.charCodeAt(length) === unit ? length + 1 : length;
}
