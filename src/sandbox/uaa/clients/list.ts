import type { SandboxRequest } from '../../router.js';
import { containerError } from '../container.js';
import type { JsonObject } from '../../body.js';
import { findSorted, type ListSpec } from '../scim/list.js';
import type { Client, ClientStore } from '../store/clients.js';
import { listedClientToJson } from './json.js';
import type { Column, Table } from '../store/columns.js';

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

const list = (of: (client: Client) => readonly string[]): Column<Client> => ({
  type: 'text',
  of: (client) => {
    const words = of(client);
    return words.length === 0 ? undefined : words.join(',');
  },
});

const id: Column<Client> = { type: 'text', of: (client) => client.id, indexed: true };
const both = {
  client_id: id,
  authorized_grant_types: list(({ grants }) => grants),
  web_server_redirect_uri: list(({ redirectUris }) => redirectUris),
  access_token_validity: {
    type: 'number',
    of: ({ accessSeconds }: Client) => accessSeconds,
  },
  refresh_token_validity: {
    type: 'number',
    of: ({ refreshSeconds }: Client) => refreshSeconds,
  },
  autoapprove: { type: 'text', of: ({ autoapprove }: Client) => autoapprove.join(',') },
  lastmodified: { type: 'time', of: ({ modifiedAt }: Client) => modifiedAt },
} as const satisfies Table<Client>['columns'];

/** Columns for filters, which differ from those for sorting. */
const clientFilters: Table<Client> = {
  columns: {
    ...both,
    scope: list(({ scopes }) => scopes),
    created_by: { type: 'text', of: ({ home }) => home.createdBy },
    identity_zone_id: { type: 'text', of: () => 'uaa' },
    show_on_home_page: { type: 'boolean', of: ({ home }) => home.isShown },
    required_user_groups: list(({ requiredUserGroups }) => requiredUserGroups),
  },
  aliases: {},
};

/** Columns for sorting. */
const clientOrders: Table<Client> = {
  columns: {
    ...both,
    additional_information: {
      type: 'text',
      of: ({ information }) => JSON.stringify(information),
    },
    resource_ids: { type: 'text', of: () => 'none' },
    client_secret: { type: 'text', of: ({ secretHashes }) => secretHashes.join(' ') },
  },
  aliases: {},
};
