import { statusError } from '../errors.js';
import type { SandboxRequest } from '../../router.js';
import { findSortedRows, maxPageSize, type ListSpec } from '../scim/list.js';
import type { Client, ClientStore } from '../store/clients.js';
import { listedClientToJson } from './json.js';
import type { Column, Table } from '../store/query.js';

/**
 * Creates the specification of the list of clients. Unlike for users and groups, errors have no
 * details, and only a few attributes can be requested.
 */
export function createClientListSpec(
  request: SandboxRequest,
  clients: ClientStore,
): ListSpec<Client> {
  const source = { rows: clients, filterTable, sortTable };
  const isAscending = (order: string) => order.toLowerCase() === 'ascending';
  return {
    find: (query) => findSortedRows(source, query, { defaultSort: 'client_id', isAscending }),
    toJson: listedClientToJson,
    attributes: {
      toPath: toJavaName,
      invalidError: () => statusError(request, 500),
    },
    schema: 'http://cloudfoundry.org/schema/scim/oauth-clients-1.0',
    selectPage({ startIndex, count, total }) {
      const itemsPerPage = Math.min(count, total, maxPageSize);
      if (startIndex < 1 && itemsPerPage > 0) throw statusError(request, 500);
      return { startIndex, itemsPerPage };
    },
    numberError: () => statusError(request, 400),
    filterError: () => statusError(request, 500),
  };
}

/**
 * The real server looks up some attributes by the names of Java fields, which do not exist in the
 * JSON of a client.
 */
const javaNames = {
  client_id: 'clientId',
  resource_ids: 'resourceIds',
  authorized_grant_types: 'authorizedGrantTypes',
  redirect_uri: 'registeredRedirectUri',
  access_token_validity: 'accessTokenValiditySeconds',
  refresh_token_validity: 'refreshTokenValiditySeconds',
  autoapprove: 'autoApproveScopes',
  additionalinformation: 'additionalInformation',
};

function toJavaName(attribute: string): string {
  return Object.entries(javaNames).reduce(
    (name, [field, javaName]) => name.replaceAll(field, javaName),
    attribute,
  );
}

const createListColumn = (getList: (client: Client) => readonly string[]): Column<Client> => ({
  type: 'text',
  getValue: (client) => {
    const words = getList(client);
    return words.length === 0 ? undefined : words.join(',');
  },
});

const idColumn: Column<Client> = { type: 'text', getValue: (client) => client.id, isIndexed: true };
const sharedColumns = {
  client_id: idColumn,
  authorized_grant_types: createListColumn(({ grants }) => grants),
  web_server_redirect_uri: createListColumn(({ redirectUris }) => redirectUris),
  access_token_validity: {
    type: 'number',
    getValue: ({ accessSeconds }: Client) => accessSeconds,
  },
  refresh_token_validity: {
    type: 'number',
    getValue: ({ refreshSeconds }: Client) => refreshSeconds,
  },
  autoapprove: { type: 'text', getValue: ({ autoapprove }: Client) => autoapprove.join(',') },
  lastmodified: { type: 'time', getValue: ({ modifiedAt }: Client) => modifiedAt },
} as const satisfies Table<Client>;

/** Columns that can be used in filters. They differ from the columns for sorting. */
const filterTable: Table<Client> = {
  ...sharedColumns,
  scope: createListColumn(({ scopes }) => scopes),
  created_by: { type: 'text', getValue: ({ home }) => home.createdBy },
  show_on_home_page: { type: 'boolean', getValue: ({ home }) => home.isShown },
  required_user_groups: createListColumn(({ requiredUserGroups }) => requiredUserGroups),
};

/** Columns that can be used for sorting. */
const sortTable: Table<Client> = {
  ...sharedColumns,
  additional_information: {
    type: 'text',
    getValue: ({ information }) => JSON.stringify(information),
  },
  resource_ids: { type: 'text', getValue: () => 'none' },
  client_secret: { type: 'text', getValue: ({ secretHashes }) => secretHashes.join(' ') },
};
