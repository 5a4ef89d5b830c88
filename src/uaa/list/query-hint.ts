import { filterFault } from './filter-fault.js';
import type { ListQuery } from './list-query.js';

interface Searchable {
  readonly example: string;
  /** Verified with UAA 4.30.0; the most likely ones first. */
  readonly columns: readonly string[];
}

const common = ['created', 'lastModified', 'version', 'identity_zone_id'];
const meta = ['meta.created', 'meta.lastModified', 'meta.version'];

const users: Searchable = {
  example: 'userName sw "a"',
  columns: [
    ...['userName', 'origin', 'email', 'givenName', 'familyName', 'active', 'id', 'phoneNumber'],
    ...['verified', 'last_logon_success_time', 'previous_logon_success_time'],
    ...['passwd_lastmodified', 'passwd_change_required', 'password', ...common, ...meta],
    ...['emails.value', 'groups.display', 'phoneNumbers.value'],
  ],
};
const groups: Searchable = {
  example: 'displayName sw "pks"',
  columns: ['displayName', 'description', 'id', ...common, ...meta],
};
const clients: Searchable = {
  example: 'client_id sw "pks"',
  columns: [
    ...['client_id', 'scope', 'authorized_grant_types', 'autoapprove', 'web_server_redirect_uri'],
    ...['access_token_validity', 'refresh_token_validity', 'created_by', 'show_on_home_page'],
    ...['required_user_groups', 'lastModified', 'meta.lastModified', 'identity_zone_id'],
  ],
};

/**
 * The hint for a list that the UAA refused.
 * @param resource - the last segment of the list's path, e.g. `Users`.
 */
export function queryHint(
  resource: string | undefined,
  { filter, sortBy }: Pick<ListQuery, 'filter' | 'sortBy'>,
): string {
  const { example, columns } =
    resource === 'clients' ? clients : resource === 'Groups' ? groups : users;
  const fault = filter === undefined ? undefined : filterFault(filter, columns);
  if (fault !== undefined) return `in the filter, ${fault}`;
  const isSortable = columns.some((column) => column.toLowerCase() === sortBy?.toLowerCase());
  if (sortBy !== undefined && !isSortable) {
    return `it cannot be sorted by ${sortBy}, but by ${columns.join(', ')}`;
  }
  return `an example of a filter: ${example} (or eq, co, gt, ge, lt, le, pr), joined by and, or`;
}
