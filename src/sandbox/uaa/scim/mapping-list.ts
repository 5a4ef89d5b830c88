import { InvalidFilter, parseFilter } from '../store/filter.js';
import type { Filter } from '../store/filter.js';
import type { Mapping } from '../store/mappings.js';
import type { State } from '../store/state.js';
import { badScimRequest, scimSchema, unexpectedScimError } from './error.js';
import { maxCount, type ListSpec } from './list.js';

/**
 * The list of mappings. Unlike other lists, it has no order, ignores `attributes`, and
 * `itemsPerPage` is the number of mappings on the page.
 */
export function mappingList({ mappings, groups }: State): ListSpec<Mapping> {
  return {
    find(query) {
      const { origin, externalGroup } = conditionsOf(query);
      const found = (
        externalGroup ? mappings.ofExternalGroup(externalGroup) : mappings.all()
      ).filter((mapping) => !origin || mapping.origin === origin);
      return { total: found.length, page: (start, count) => found.slice(start, start + count) };
    },
    toJson: ({ groupId, externalGroup, origin }) => ({
      displayName: groups.get(groupId)?.displayName,
      externalGroup,
      groupId,
      origin,
    }),
    schema: scimSchema,
    startIndex: (requested) => Math.max(requested, 1),
    count: (requested) => Math.min(Math.max(requested, 0), maxCount),
    countsItems: true,
    numberError: unexpectedScimError,
    filterError: () =>
      badScimRequest('Filter not supported, please use origin and externalGroup parameters'),
  };
}

interface Conditions {
  readonly origin?: string | undefined;
  readonly externalGroup?: string | undefined;
}

function conditionsOf(query: URLSearchParams): Conditions {
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
  return comparisons(parseFilter(filter));
}

/** Only two comparisons have an effect; the real server ignores comparisons of other attributes. */
function comparisons(filter: Filter): Conditions {
  if (filter.kind === 'and') return { ...comparisons(filter.left), ...comparisons(filter.right) };
  if (filter.kind !== 'compare' || filter.operator !== 'eq') {
    throw new InvalidFilter('not supported');
  }
  const { attribute, value } = filter;
  if (attribute === 'origin') return { origin: String(value) };
  return attribute === 'externalGroup' ? { externalGroup: String(value) } : {};
}
