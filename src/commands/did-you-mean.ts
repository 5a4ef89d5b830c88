/** Suggests a known word for a misspelled one, as commander does; empty if none is similar. */
export function didYouMean(word: string, known: readonly string[]): string {
  const typed = word.toLowerCase();
  const limit = Math.min(typed.length - 1, Math.max(2, Math.floor(typed.length / 3)));
  const [best] = known
    // The distance is at least the difference in length, and takes seconds to compute for long words.
    .filter((name) => Math.abs(name.length - typed.length) <= limit)
    .map((name) => ({ name, distance: editDistance(typed, name) }))
    .sort((a, b) => a.distance - b.distance);
  if (best === undefined || best.distance > limit) return '';
  return ` (Did you mean ${best.name}?)`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let index = 0; index < a.length; index += 1) {
    const next = [index + 1];
    for (let column = 1; column <= b.length; column += 1) {
      const substitution = (row[column - 1] ?? 0) + (a[index] === b[column - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
