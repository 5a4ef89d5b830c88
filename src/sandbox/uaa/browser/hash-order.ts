import { sortLikeHashMap } from '../java/hash-map.js';

/** Sorts texts into the order in which a Java `HashMap` or `HashSet` returns them. */
export function orderLikeHashMap(texts: Iterable<string>): string[] {
  return Object.keys(sortLikeHashMap(Object.fromEntries([...texts].map((text) => [text, true]))));
}
