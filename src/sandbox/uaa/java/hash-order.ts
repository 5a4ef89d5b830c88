import type { JsonObject } from '../../body.js';

/**
 * Removes duplicates, and sorts texts into the order in which a Java `HashSet` or `HashMap` returns
 * them.
 *
 * @param capacity - initial number of buckets, rounded up to a power of two.
 */
export function toHashOrder(texts: Iterable<string>, capacity = 16): readonly string[] {
  const unique = [...new Set(texts)];
  const buckets = growTable(toTableSize(capacity), unique.length);
  return unique.toSorted((a, b) => getBucket(a, buckets) - getBucket(b, buckets));
}

/**
 * Sorts texts like a Java `HashSet` that was created as a copy of a collection and then reduced to
 * these texts.
 *
 * @param size - size of the collection (default: no texts were removed from the copy).
 */
export function toCopiedSetOrder(
  texts: readonly string[],
  size: number = texts.length,
): readonly string[] {
  return toHashOrder(texts, Math.max(16, toCopyCapacity(size)));
}

/**
 * Sorts keys like a Java `HashMap` that was created as a copy of one map, and to which the entries
 * of another map were added with `putAll`.
 */
export function toMergedKeyOrder(
  copied: readonly string[],
  added: readonly string[],
): readonly string[] {
  const copySize = toTableSize(toCopyCapacity(copied.length));
  const size = added.length > copySize * loadFactor ? copySize * 2 : copySize;
  return toHashOrder([...copied, ...added], size);
}

/** Sorts members into the order in which a Java `HashMap` returns them. */
export function sortLikeHashMap(value: JsonObject): JsonObject {
  return Object.fromEntries(toHashOrder(Object.keys(value)).map((name) => [name, value[name]]));
}

const loadFactor = 0.75;

function toCopyCapacity(size: number): number {
  return Math.trunc(size / loadFactor + 1);
}

function growTable(buckets: number, entries: number): number {
  return entries > buckets * loadFactor ? growTable(buckets * 2, entries) : buckets;
}

/** Rounds up to a power of two. */
function toTableSize(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(capacity, 1)));
}

/** Calculates `String.hashCode` and selects the bucket like Java's `HashMap`. */
function getBucket(text: string, buckets: number): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) {
    hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0;
  }
  return (hash ^ (hash >>> 16)) & (buckets - 1);
}
