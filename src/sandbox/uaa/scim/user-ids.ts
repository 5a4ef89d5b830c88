import { route, type Route, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { bearerCaller, insufficientScope } from '../oauth/bearer.js';
import { parseFilter, type Filter } from '../store/filter.js';
import { scimListPage } from './list.js';
import type { Realm } from '../realm.js';
import { badScimRequest } from './error.js';
import type { State } from '../store/state.js';
import { userTable } from './user-columns.js';

/** `/ids/Users`: only ids and names of users, for callers with `scim.userids`. */
export function userIdRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/ids/Users', async (request) => {
      const { scope } = await bearerCaller(request, realm);
      // Administrators need it too.
      if (!scope.includes('scim.userids')) throw insufficientScope(['scim.userids']);
      return list(request, realm.state);
    }),
  ];
}

function list(request: SandboxRequest, { users, providers }: State): SandboxResponse {
  const { query } = request;
  checkFilter(query.get('filter') ?? '');
  const params = new URLSearchParams(query);
  params.set('sortBy', 'userName');
  params.delete('attributes');
  const includesInactive = query.get('includeInactive') === 'true';
  const active = new Set(
    providers.filter((provider) => provider.active).map(({ originKey }) => originKey),
  );
  return scimListPage(
    { ...request, query: params },
    {
      source: { rows: users, filters: userTable, orders: userTable },
      where: ({ origin }) => includesInactive || active.has(origin),
      toJson: ({ origin, id, userName }) => ({ origin, id, userName }),
      isAscending: (order) => order === 'ascending',
      lowestStart: 1,
      namesSort: true,
    },
  );
}

/** @throws ErrorResponse 400 `scim` for a filter that could find other users than those it names. */
function checkFilter(text: string): void {
  if (text === '') throw badScimRequest("a 'filter' parameter is required");
  let filter: Filter;
  try {
    filter = parseFilter(text);
  } catch {
    throw badScimRequest(`Invalid filter '${text}'`);
  }
  checkPart(filter);
}

function checkPart(filter: Filter): void {
  if (filter.kind === 'and' || filter.kind === 'or') {
    checkPart(filter.left);
    checkPart(filter.right);
    return;
  }
  const isWild = filter.kind === 'present' || ['co', 'sw'].includes(filter.operator);
  if (isWild) throw badScimRequest('Wildcards are not allowed in filter.');
  if (!['id', 'username', 'origin'].includes(filter.attribute.toLowerCase())) {
    throw badScimRequest('Invalid filter attribute.');
  }
  if (filter.operator !== 'eq') throw badScimRequest('Invalid operator.');
}
