import type { SandboxRequest } from '../../router.js';
import { statusError } from '../errors.js';
import { findSortedRows, maxPageSize, type ListSpec } from '../scim/list.js';
import type { Client, ClientStore } from '../store/clients.js';
import type { Column, Table } from '../store/query.js';
import { listedClientToJson } from './client-body.js';

/**
 * Creates the specification of the list of clients. Unlike for users and groups, errors have no
 * description, and only a few attributes can be requested.
 */
export function createClientListSpec(
  request: SandboxRequest,
  clients: ClientStore,
): ListSpec<Client> {
  const source = { rows: clients, filterTable, sortTable };
  const isAscending = (order: string) => order.toLowerCase() === 'ascending';
  const invalidError = () => statusError(request, 500);
  return {
    find: (query) => findSortedRows(source, query, { defaultSort: 'client_id', isAscending }),
    toJson: listedClientToJson,
    attributes: {
      toPath: (name) => missingAttributes.get(name) ?? name,
      invalidError,
    },
    schema: 'http://cloudfoundry.org/schema/scim/oauth-clients-1.0',
    selectPage({ startIndex, count, total }) {
      const itemsPerPage = Math.min(count, total, maxPageSize);
      if (startIndex < 1 && itemsPerPage > 0) throw invalidError();
      return { startIndex, itemsPerPage };
    },
    numberError: () => statusError(request, 400),
    filterError: invalidError,
  };
}

/**
 * Attributes that a list returns as null. The real server looks them up by internal names, which
 * do not exist in the JSON of a client.
 */
const missingAttributes = new Map([
  ['client_id', 'clientId'],
  ['resource_ids', 'resourceIds'],
  ['authorized_grant_types', 'authorizedGrantTypes'],
  ['redirect_uri', 'registeredRedirectUri'],
  ['access_token_validity', 'accessTokenValiditySeconds'],
  ['refresh_token_validity', 'refreshTokenValiditySeconds'],
  ['autoapprove', 'autoApproveScopes'],
]);

const createListColumn = (getList: (client: Client) => readonly string[]): Column<Client> => ({
  type: 'text',
  getValue: (client) => getList(client).join(',') || undefined,
});

const sharedColumns: Table<Client> = {
  client_id: { type: 'text', getValue: ({ id }) => id, isIndexed: true },
  authorized_grant_types: createListColumn(({ grants }) => grants),
  autoapprove: { type: 'text', getValue: ({ autoapprove }) => autoapprove.join(',') },
  access_token_validity: { type: 'number', getValue: ({ accessSeconds }) => accessSeconds },
  refresh_token_validity: { type: 'number', getValue: ({ updateSeconds }) => updateSeconds },
  lastmodified: { type: 'time', getValue: ({ modifiedAt }) => modifiedAt },
};

const filterTable: Table<Client> = {
  ...sharedColumns,
  web_server_redirect_uri: createListColumn(({ redirectUris }) => redirectUris),
  scope: createListColumn(({ scopes }) => scopes),
  required_user_groups: createListColumn(({ requiredUserGroups }) => requiredUserGroups),
  created_by: { type: 'text', getValue: ({ createdBy }) => createdBy },
  show_on_home_page: {
    type: 'boolean',
    getValue: ({ metadata }) => metadata['showOnHomePage'] === true,
  },
};

const sortTable: Table<Client> = {
  ...sharedColumns,
  additional_information: {
    type: 'text',
    getValue: ({ information }) => JSON.stringify(information),
  },
};
