import { badScimRequestError, unexpectedScimError } from '../errors.js';
import { escapeHtml, readParameters } from '../requests.js';
import { route, type Route, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { authenticateCaller, insufficientScopeError } from '../oauth/bearer.js';
import type { Behaviour } from '../behaviour.js';
import { parseFilter, type Filter } from '../store/filter.js';
import { createScimListResponse } from './list.js';
import type { Realm } from '../realm.js';
import { readBooleanParameter, readTextParameter } from './parameters.js';
import { userTable } from './user-table.js';

/** Creates the route `/ids/Users`, which returns only ids, names and origins of users. */
export function userIdRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/ids/Users', async (request) => {
      const { scope } = await authenticateCaller(request, realm);
      // Administrators also need this scope.
      if (!scope.includes('scim.userids')) throw insufficientScopeError(['scim.userids']);
      return listUserIds(request, realm);
    }),
  ];
}

function listUserIds(request: SandboxRequest, { state, settings }: Realm): SandboxResponse {
  const { users, providers } = state;
  const { behaviour } = settings;
  const query = readParameters(request);
  const filter = (readTextParameter(query, 'filter') ?? '').trim();
  checkFilter(filter, behaviour);
  const includesInactive = readBooleanParameter(query, 'includeInactive', unexpectedScimError);
  const origins = providers
    .filter((provider) => provider.active)
    .map(({ originKey }) => `origin eq "${originKey}"`);
  query.set('filter', includesInactive ? filter : `${filter} AND (${origins.join(' OR ')} )`);
  query.set('sortBy', 'userName');
  query.set('attributes', 'id,userName,origin');
  return createScimListResponse(
    { ...request, query },
    {
      behaviour,
      source: { rows: users, filterTable: userTable, sortTable: userTable },
      toJson: ({ origin, id, userName }) => ({ origin, id, userName }),
      isAscending: (order) => order === 'ascending',
      minStartIndex: 1,
      hasSortInFilterError: true,
    },
  );
}

/**
 * Checks that a filter finds only users that it explicitly specifies.
 *
 * @throws ErrorResponse 400 `scim`.
 */
function checkFilter(text: string, { escapesFilters }: Behaviour): void {
  if (text === '') throw badScimRequestError("a 'filter' parameter is required");
  let filter: Filter;
  try {
    filter = parseFilter(text);
  } catch {
    throw badScimRequestError(`Invalid filter '${escapesFilters ? escapeHtml(text) : text}'`);
  }
  if (!specifiesUser(filter)) throw badScimRequestError('Invalid filter attribute.');
}

/**
 * Whether the filter contains an id or a name. Checks all parts, because each of them can be invalid.
 *
 * @throws ErrorResponse 400 `scim`.
 */
function specifiesUser(filter: Filter): boolean {
  if (filter.kind === 'and' || filter.kind === 'or') {
    const parts = [specifiesUser(filter.left), specifiesUser(filter.right)];
    return parts.includes(true);
  }
  const isWildcard = filter.kind === 'present' || ['co', 'sw'].includes(filter.operator);
  if (isWildcard) throw badScimRequestError('Wildcards are not allowed in filter.');
  if (filter.operator !== 'eq') throw badScimRequestError('Invalid operator.');
  const [name = ''] = filter.attribute.toLowerCase().split('.');
  if (name === 'id' || name === 'username') return true;
  if (name === 'origin') return false;
  throw badScimRequestError('Invalid filter attribute.');
}
