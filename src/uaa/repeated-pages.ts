import { createHash } from 'node:crypto';
import type { Resource } from './scim.js';

/** Digests of more pages than this are forgotten, the oldest first, so that memory stays constant. */
const rememberedPages = 10_000;

/**
 * Recognizes pages that a list has already shown. It remembers the items of the previous page, and
 * a digest of each earlier one.
 *
 * @returns a function that takes the identities of a page's items, in any order, and says whether
 *   the page brings anything new.
 */
export function createPageCheck(): (identities: readonly string[]) => boolean {
  const earlier = new Set<string>();
  let previous: ReadonlySet<string> = new Set();
  return (identities) => {
    const digest = digestOf(identities);
    const known = previous;
    const isNew = !earlier.has(digest) && identities.some((identity) => !known.has(identity));
    previous = new Set(identities);
    earlier.add(digest);
    const [oldest] = earlier.size > rememberedPages ? earlier : [];
    if (oldest !== undefined) earlier.delete(oldest);
    return isNew;
  };
}

/**
 * What tells an item of a list from all others: other fields may change between two requests.
 * @see uaa-api, sections 8.1, 8.6 and 9.1
 */
export function identityOf(item: Resource): string {
  const { id, client_id, groupId, externalGroup, origin } = item;
  if (id !== undefined) return JSON.stringify(id);
  if (client_id !== undefined) return JSON.stringify(client_id);
  if (groupId !== undefined) return JSON.stringify([groupId, externalGroup, origin]);
  return JSON.stringify(item);
}

function digestOf(identities: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([...identities].sort()))
    .digest('base64');
}
