import type { JsonObject } from '../../body.js';

/** Number of entries up to which a Java `HashMap` keeps its initial table of 16 buckets. */
const initialCapacity = 12;

/** Sorts members into the order in which a Java `HashMap` returns them. */
export function sortLikeHashMap(value: JsonObject): JsonObject {
  const entries = Object.entries(value);
  let buckets = 16;
  for (let capacity = initialCapacity; entries.length > capacity; capacity *= 2) buckets *= 2;
  const bucketOf = (name: string) => {
    const hash = hashCode(name);
    return (hash ^ (hash >>> 16)) & (buckets - 1);
  };
  return Object.fromEntries(entries.toSorted(([a], [b]) => bucketOf(a) - bucketOf(b)));
}

/** Java's `String.hashCode`. */
function hashCode(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) {
    hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0;
  }
  return hash;
}
