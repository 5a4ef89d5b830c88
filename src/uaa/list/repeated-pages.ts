import { createHash } from 'node:crypto';
import type { ListQuery, Resource } from './list-query.js';

/**
 * Creates a function that detects pages that a list has already returned. It remembers a hash of each
 * item of the previous page, and a digest of each earlier page.
 *
 * @returns a function that takes the keys of a page's items, in any order, and returns whether the page
 *   contains a new item.
 */
export function createNewPageCheck(): (keys: Iterable<string>) => boolean {
  const earlier = new Set<string>();
  let previous: ReadonlySet<number> = new Set();
  return (keys) => {
    const current = new Set<number>();
    let isNew = false;
    for (const key of keys) {
      const hash = hashKey(key);
      current.add(hash);
      isNew ||= !previous.has(hash);
    }
    const digest = createDigest(current);
    isNew &&= !earlier.has(digest);
    previous = current;
    earlier.add(digest);
    return isNew;
  };
}

/**
 * Builds a key for an item of a list, from fields that do not change between two requests.
 * @see uaa-api, sections 8.1, 8.6 and 9.1
 */
export function createItemKey(item: Resource): string {
  const { id, client_id, groupId, externalGroup, origin } = item;
  if (id !== undefined) return JSON.stringify(id);
  if (client_id !== undefined) return JSON.stringify(client_id);
  if (groupId !== undefined) return JSON.stringify([groupId, externalGroup, origin]);
  return JSON.stringify(item);
}

interface ComparableQuery {
  readonly query: ListQuery;
  /** Attributes that are requested only for the comparison, and removed from the result. */
  readonly extra: readonly string[];
  /** Whether the items of two pages can be compared. */
  readonly isComparable: boolean;
}

/** Also requests the ids if there may be several pages, because items are compared by their ids. */
export function toComparableQuery(query: ListQuery, pageSize: number): ComparableQuery {
  const { attributes, limit = Number.POSITIVE_INFINITY } = query;
  if (attributes === undefined || attributes.includes('id')) {
    return { query, extra: [], isComparable: true };
  }
  // The list ends after one page.
  if (limit <= pageSize) return { query, extra: [], isComparable: false };
  return {
    query: { ...query, attributes: [...attributes, 'id'] },
    extra: ['id'],
    isComparable: true,
  };
}

/**
 * Hashes a key, because the string would outlive its page and make V8 enlarge its heap. A single
 * collision is harmless, because a page counts as repeated only if all of its items are known.
 */
function hashKey(key: string): number {
  let hash = 0;
  for (let index = 0; index < key.length; index += 1) {
    hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
  }
  return hash;
}

function createDigest(hashes: ReadonlySet<number>): string {
  return createHash('sha256').update(Int32Array.from(hashes).sort()).digest('base64');
}
