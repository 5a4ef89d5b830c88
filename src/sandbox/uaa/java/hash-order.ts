/**
 * Returns the words without repetitions, in the order in which a Java `HashSet` returns them. The
 * order decides which of several errors is reported first.
 *
 * @param capacity - number of buckets to start with.
 */
export function toHashSetOrder(words: Iterable<string>, capacity = 16): readonly string[] {
  const unique = [...new Set(words)];
  const buckets = growTable(toTableSize(capacity), unique.length);
  return unique.toSorted((a, b) => getBucket(a, buckets) - getBucket(b, buckets));
}

/**
 * Returns the keys of a Java `HashMap` that was created as a copy of one map, and to which another
 * one was added.
 */
export function toMergedKeyOrder(
  copied: readonly string[],
  added: readonly string[],
): readonly string[] {
  const copySize = toTableSize(Math.trunc(copied.length / loadFactor + 1));
  const size = added.length > copySize * loadFactor ? copySize * 2 : copySize;
  return toHashSetOrder([...copied, ...added], size);
}

const loadFactor = 0.75;

function growTable(buckets: number, entries: number): number {
  return entries > buckets * loadFactor ? growTable(buckets * 2, entries) : buckets;
}

/** Rounds up to a power of two. */
function toTableSize(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(capacity, 1)));
}

function getBucket(text: string, buckets: number): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) {
    hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0;
  }
  return (hash ^ (hash >>> 16)) & (buckets - 1);
}
