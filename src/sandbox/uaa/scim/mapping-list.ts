import type { SandboxRequest } from '../../router.js';
import { parseFilter } from '../store/filter.js';
import type { Filter } from '../store/filter.js';
import type { Mapping } from '../store/mappings.js';
import type { JsonObject } from './body.js';
import { badScimRequest, scimSchema, unexpectedScimError } from './error.js';
import type { State } from '../store/state.js';

/**
 * Answers a list of mappings. Unlike other lists it knows no order, and names as the size of a page
 * what is on it.
 *
 * @throws ErrorResponse 400 `scim` for a filter; 500 for numbers that are none.
 */
export function listMappings({ query }: SandboxRequest, state: State): JsonObject {
  const wanted = wantedOf(query);
  const { mappings } = state;
  const found = (
    wanted.externalGroup ? mappings.ofExternalGroup(wanted.externalGroup) : mappings.all()
  ).filter(({ origin }) => !wanted.origin || origin === wanted.origin);
  const startIndex = Math.max(numberOf(query, 'startIndex', 1), 1);
  const count = Math.max(numberOf(query, 'count', 100), 0);
  const page = found.slice(startIndex - 1, startIndex - 1 + Math.min(count, maxCount));
  return {
    resources: page.map((mapping) => listed(mapping, state)),
    startIndex,
    itemsPerPage: page.length,
    totalResults: found.length,
    schemas: [scimSchema],
  };
}

const maxCount = 500;

interface Wanted {
  readonly origin?: string | undefined;
  readonly externalGroup?: string | undefined;
}

function wantedOf(query: URLSearchParams): Wanted {
  const filter = query.get('filter');
  const origin = query.get('origin') ?? undefined;
  const externalGroup = query.get('externalGroup') ?? undefined;
  if (!filter) return { origin, externalGroup };
  if (origin ?? externalGroup) {
    throw badScimRequest(
      'Deprecated filter parameter may not be used in conjunction with origin or externalGroup ' +
        'parameters',
    );
  }
  try {
    return comparisons(parseFilter(filter));
  } catch {
    throw badScimRequest('Filter not supported, please use origin and externalGroup parameters');
  }
}

/** Of a filter two comparisons are understood; of others nothing is, and they do no harm. */
function comparisons(filter: Filter): Wanted {
  if (filter.kind === 'and') return { ...comparisons(filter.left), ...comparisons(filter.right) };
  if (filter.kind !== 'compare' || filter.operator !== 'eq') throw new Error('not supported');
  const { attribute, value } = filter;
  if (attribute === 'origin') return { origin: String(value) };
  return attribute === 'externalGroup' ? { externalGroup: String(value) } : {};
}

function numberOf(query: URLSearchParams, name: string, fallback: number): number {
  const value = query.get(name) || String(fallback);
  if (!/^[+-]?\d+$/.test(value)) throw unexpectedScimError();
  return Number(value);
}

function listed({ groupId, externalGroup, origin }: Mapping, { groups }: State): JsonObject {
  return {
    displayName: groups.get(groupId)?.displayName,
    externalGroup,
    groupId,
    origin,
  };
}
