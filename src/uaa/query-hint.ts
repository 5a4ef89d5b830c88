import { filterFault } from './filter-fault.js';

interface Searchable {
  readonly example: string;
  /** Tried on a UAA 4.30.0, the ones that people look for first. */
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

interface Asked {
  readonly filter?: string | undefined;
  readonly sortBy?: string | undefined;
}

/**
 * What to say next to a UAA's refusal of a list.
 * @param url - of the list, with its query or without it.
 */
export function queryHint(url: string, { filter, sortBy }: Asked): string {
  const { example, columns } = searchable(url);
  const fault = filter === undefined ? undefined : filterFault(filter, columns);
  if (fault !== undefined) return `in the filter, ${fault}`;
  const isSortable = columns.some((column) => column.toLowerCase() === sortBy?.toLowerCase());
  if (sortBy !== undefined && !isSortable) {
    return `it cannot be sorted by ${sortBy}, but by ${columns.join(', ')}`;
  }
  return `a filter is like: ${example} (or eq, co, gt, ge, lt, le, pr), parts joined by and, or`;
}

function searchable(url: string): Searchable {
  const path = url.replace(/\?.*$/, '');
  if (path.endsWith('/clients')) return clients;
  return path.endsWith('/Groups') ? groups : users;
}
