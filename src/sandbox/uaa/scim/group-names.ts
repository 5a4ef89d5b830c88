import { badScimRequestError, scimError } from '../errors.js';
import { findRows } from '../store/query.js';
import { InvalidFilterError } from '../store/filter.js';
import type { Group } from '../store/groups.js';
import type { State } from '../store/state.js';
import { groupTable } from './group-table.js';

/**
 * Finds a group by name, ignoring case. Like the real server, the sandbox inserts the name into a
 * filter without escaping it.
 *
 * @throws ErrorResponse 404 `scim` if there is no such group, or 400 if the filter is invalid.
 */
export function findGroupByName({ groups }: State, displayName: string): Group {
  if (displayName.trim() === '') {
    throw scimError(404, 'scim', 'Group not found, not name provided');
  }
  const filter = `(displayName eq "${displayName}") and identity_zone_id eq "uaa"`;
  try {
    const found = findRows(
      { rows: groups, filterTable: groupTable, sortTable: groupTable },
      { filter, sortBy: 'id', isAscending: true },
    );
    const [group] = found.page(0, 1);
    if (group) return group;
  } catch (error) {
    if (!(error instanceof InvalidFilterError)) throw error;
    throw badScimRequestError(`Invalid SCIM Filter:${filter} Message:${error.message}`);
  }
  throw scimError(404, 'scim', `Group not found:${displayName}`);
}
