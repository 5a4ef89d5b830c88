import { createHash } from 'node:crypto';
import type { ListQuery, Resource } from './list-query.js';

/** Beyond this, the oldest digests are dropped, so that memory stays bounded. */
const rememberedPages = 10_000;

/**
 * Detects pages that a list has already returned. It remembers a hash of each item of the previous
 * page, and a digest of each earlier page.
 *
 * @returns a function that takes the identities of a page's items, in any order, and returns whether
 *   the page contains anything new.
 */
export function createPageCheck(): (identities: Iterable<string>) => boolean {
  const earlier = new Set<string>();
  let previous: ReadonlySet<number> = new Set();
  return (identities) => {
    const current = new Set<number>();
    let isNew = false;
    for (const identity of identities) {
      const number = numberOf(identity);
      current.add(number);
      isNew ||= !previous.has(number);
    }
    const digest = digestOf(current);
    isNew &&= !earlier.has(digest);
    previous = current;
    earlier.add(digest);
    const [oldest] = earlier.size > rememberedPages ? earlier : [];
    if (oldest !== undefined) earlier.delete(oldest);
    return isNew;
  };
}

/**
 * Identifies an item of a list by fields that do not change between two requests.
 * @see uaa-api, sections 8.1, 8.6 and 9.1
 */
export function identityOf(item: Resource): string {
  const { id, client_id, groupId, externalGroup, origin } = item;
  if (id !== undefined) return JSON.stringify(id);
  if (client_id !== undefined) return JSON.stringify(client_id);
  if (groupId !== undefined) return JSON.stringify([groupId, externalGroup, origin]);
  return JSON.stringify(item);
}

interface IdentifiedQuery {
  readonly query: ListQuery;
  /** Attributes that are requested in addition, and removed from the result. */
  readonly extra: readonly string[];
  /** Whether the items of two pages can be compared. */
  readonly hasIdentity: boolean;
}

/** Items are compared by their ids, so these are requested too if there may be several pages. */
export function withIdentity(query: ListQuery, longestPage: number): IdentifiedQuery {
  const { attributes, limit = Number.POSITIVE_INFINITY } = query;
  if (attributes === undefined || attributes.includes('id')) {
    return { query, extra: [], hasIdentity: true };
  }
  // The list ends after one page.
  if (limit <= longestPage) return { query, extra: [], hasIdentity: false };
  return {
    query: { ...query, attributes: [...attributes, 'id'] },
    extra: ['id'],
    hasIdentity: true,
  };
}

/**
 * A hash instead of the string, which would outlive its page and make V8 enlarge its heap. A single
 * collision is harmless, because a page is repeated only if all of its items are known.
 */
function numberOf(identity: string): number {
  let number = 0;
  for (let index = 0; index < identity.length; index += 1) {
    number = (Math.imul(number, 31) + identity.charCodeAt(index)) | 0;
  }
  return number;
}

function digestOf(numbers: ReadonlySet<number>): string {
  return createHash('sha256').update(Int32Array.from(numbers).sort()).digest('base64');
}
