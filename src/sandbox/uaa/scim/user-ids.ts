import { route, type Route, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { badScimRequestError } from '../errors.js';
import type { Realm } from '../realm.js';
import { readParameters } from '../requests.js';
import { parseFilter, type Filter } from '../store/filter.js';
import { createScimListResponse } from './list.js';
import { userTable } from './user-json.js';

/** Creates the route `/ids/Users`, which returns only ids, names and origins of users. */
export function userIdRoutes(realm: Realm): readonly Route[] {
  return [route('*', '/ids/Users', (request) => listUserIds(request, realm))];
}

function listUserIds(request: SandboxRequest, { state }: Realm): SandboxResponse {
  const { users, providers } = state;
  const query = readParameters(request);
  const filter = query.get('filter')?.trim() ?? '';
  checkFilter(filter);
  if (query.get('includeInactive') !== 'true') {
    const active = providers.filter((provider) => provider.active);
    const origins = active.map(({ originKey }) => `origin eq "${originKey}"`);
    query.set('filter', `(${filter}) and (${origins.join(' or ')})`);
  }
  query.set('sortBy', 'userName');
  query.set('attributes', 'id,userName,origin');
  return createScimListResponse(
    { ...request, query },
    {
      source: { rows: users, filterTable: userTable, sortTable: userTable },
      toJson: ({ origin, id, userName }) => ({ origin, id, userName }),
      resource: 'user',
    },
  );
}

/**
 * Checks that a filter finds only users that it explicitly specifies.
 *
 * @throws ErrorResponse 400 `scim`.
 */
function checkFilter(text: string): void {
  if (text === '') throw badScimRequestError("a 'filter' parameter is required");
  let filter: Filter;
  try {
    filter = parseFilter(text);
  } catch {
    throw badScimRequestError(`Invalid filter '${text}'`);
  }
  if (!specifiesUser(filter)) throw badScimRequestError('Invalid filter attribute.');
}

/**
 * Whether the filter contains an id or a name.
 *
 * @throws ErrorResponse 400 `scim` for another operator or attribute in any of its parts.
 */
function specifiesUser(filter: Filter): boolean {
  if (filter.kind === 'and' || filter.kind === 'or') {
    const parts = [specifiesUser(filter.left), specifiesUser(filter.right)];
    return parts.includes(true);
  }
  if (filter.kind === 'present' || ['co', 'sw'].includes(filter.operator)) {
    throw badScimRequestError('Wildcards are not allowed in filter.');
  }
  if (filter.operator !== 'eq') throw badScimRequestError('Invalid operator.');
  const name = filter.attribute.toLowerCase();
  if (name === 'id' || name === 'username') return true;
  if (name === 'origin') return false;
  throw badScimRequestError('Invalid filter attribute.');
}
