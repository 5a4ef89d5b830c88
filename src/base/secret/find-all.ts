/** Up to this length of the needle, the built-in search takes roughly linear time. */
const maximumBuiltInLength = 256;

/** Calls `onMatch` with each index at which the text contains the needle. Matches may overlap. */
export function findAll(text: string, needle: string, onMatch: (index: number) => void): void {
  if (needle === '' || needle.length > text.length) return;
  if (needle.length > maximumBuiltInLength) {
    const first = text.indexOf(needle.slice(0, maximumBuiltInLength));
    if (first !== -1) searchLongNeedle(text, needle, first, onMatch);
    return;
  }
  for (let index = text.indexOf(needle); index !== -1; index = text.indexOf(needle, index + 1))
    onMatch(index);
}

/**
 * Searches with the Knuth-Morris-Pratt algorithm, because the built-in search takes quadratic time for a
 * long, repetitive needle, such as a value full of backslashes.
 */
function searchLongNeedle(
  text: string,
  needle: string,
  start: number,
  onMatch: (index: number) => void,
): void {
  const borders = computeBorders(needle);
  let matched = 0;
  for (let index = start; index < text.length; index += 1) {
    matched = extendMatch(needle, borders, matched, text.charCodeAt(index));
    if (matched < needle.length) continue;
    onMatch(index + 1 - matched);
    matched = borders[matched - 1] ?? 0;
  }
}

/** Returns, for each prefix of the needle, the length of its longest border (KMP failure function). */
function computeBorders(needle: string): Uint32Array {
  const borders = new Uint32Array(needle.length);
  for (let index = 1; index < needle.length; index += 1) {
    borders[index] = extendMatch(
      needle,
      borders,
      borders[index - 1] ?? 0,
      needle.charCodeAt(index),
    );
  }
  return borders;
}

/** Returns how much of the needle is matched after the next UTF-16 unit of the text. */
function extendMatch(needle: string, borders: Uint32Array, matched: number, unit: number): number {
  let length = matched;
  while (length > 0 && needle.charCodeAt(length) !== unit) length = borders[length - 1] ?? 0;
  return needle.charCodeAt(length) === unit ? length + 1 : length;
}
