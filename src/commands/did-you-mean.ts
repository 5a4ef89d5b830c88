/** Suggests a known word for a misspelled one, as commander does; empty if none is similar. */
export function didYouMean(word: string, known: readonly string[]): string {
  const best = findSimilar(word, known);
  return best === undefined ? '' : ` (Did you mean ${best}?)`;
}

/** Finds the known word that is most similar to a misspelled one; `undefined` if none is similar. */
export function findSimilar(word: string, known: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  const limit = Math.min(typed.length - 1, Math.max(2, Math.floor(typed.length / 3)));
  const [best] = known
    // The distance is at least the difference in length, and takes seconds to compute for long words.
    .filter((name) => Math.abs(name.length - typed.length) <= limit)
    .map((name) => ({ name, distance: editDistance(typed, name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best === undefined || best.distance > limit ? undefined : best.name;
}

/** The number of letters to insert, delete, replace, or swap with the next one. */
function editDistance(a: string, b: string): number {
  let previous: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let index = 0; index < a.length; index += 1) {
    const next = [index + 1];
    for (let column = 1; column <= b.length; column += 1) {
      const substitution = (row[column - 1] ?? 0) + (a[index] === b[column - 1] ? 0 : 1);
      const isSwapped = a[index] === b[column - 2] && a[index - 1] === b[column - 1];
      const swap = isSwapped ? (previous[column - 2] ?? 0) + 1 : substitution;
      const edit = Math.min((row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1);
      next.push(Math.min(substitution, swap, edit));
    }
    previous = row;
    row = next;
  }
  return row.at(-1) ?? 0;
}
