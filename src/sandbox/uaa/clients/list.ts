import type { SandboxRequest } from '../../router.js';
import { containerError } from '../container-error.js';
import type { JsonObject } from '../../body.js';
import { findSorted, type ListSpec } from '../scim/list.js';
import type { Client, ClientStore } from '../store/clients.js';
import { clientFilters, clientOrders } from './columns.js';
import { listedClientToJson } from './json.js';

/**
 * The list of clients, which differs from the lists of users and groups: pages have no maximum
 * size, errors have no details, and only a few attributes can be requested.
 */
export function clientList(request: SandboxRequest, clients: ClientStore): ListSpec<Client> {
  const source = { rows: clients, filters: clientFilters, orders: clientOrders };
  const isAscending = (order: string) => order.toLowerCase() === 'ascending';
  return {
    find: (query) => findSorted(source, query, { defaultSort: 'client_id', isAscending }),
    toJson: listedClientToJson,
    attributes: { valueOf: attributeOf, error: () => containerError(request, 500) },
    schema: 'http://cloudfoundry.org/schema/scim/oauth-clients-1.0',
    startIndex(requested) {
      if (requested < 1) throw containerError(request, 500);
      return requested;
    },
    count: (requested, total) => Math.min(requested, total),
    numberError: () => containerError(request, 400),
    filterError: () => containerError(request, 500),
  };
}

/** Members that the real server's reader does not find under their names in the response. */
const unreadable = new Set([
  'client_id',
  'resource_ids',
  'authorized_grant_types',
  'redirect_uri',
  'autoapprove',
  'access_token_validity',
  'refresh_token_validity',
]);

function attributeOf(client: JsonObject, name: string): unknown {
  return unreadable.has(name) ? undefined : client[name];
}
