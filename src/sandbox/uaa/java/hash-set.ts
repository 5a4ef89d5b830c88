/**
 * Sorts texts in the order of a Java `HashSet`, in which the real server returns some lists.
 *
 * @param values - distinct texts in the order in which they were added.
 * @param size - number of texts that the set contained at first (default: all).
 */
export function sortLikeHashSet(
  values: readonly string[],
  size: number = values.length,
): readonly string[] {
  const buckets = Math.max(16, 2 ** Math.ceil(Math.log2(Math.floor(size / 0.75) + 1)));
  const order = new Map(values.map((value) => [value, hash(value) & (buckets - 1)]));
  return values.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
}

/** Calculates `String.hashCode`, mixed as by `HashMap`. */
function hash(text: string): number {
  let code = 0;
  for (let index = 0; index < text.length; index++) {
    code = (Math.imul(31, code) + text.charCodeAt(index)) | 0;
  }
  return code ^ (code >>> 16);
}
