import * as v from 'valibot';
import { validate } from '../json.js';
import { json, route, type Route, type SandboxRequest } from '../router.js';
import {
  clientToJson,
  listedClientToJson,
  mergeClient,
  parseClient,
  toClientFields,
  type ClientInput,
} from './client-body.js';
import { changeTrust, trustSchema } from './client-trust.js';
import { invalidClientError, validateClient } from './client-validation.js';
import { emptyError, scimError, statusError } from './errors.js';
import { authenticateCaller } from './oauth/token-check.js';
import type { Realm } from './realm.js';
import { hasText, readJsonBody, readJsonObject, scalar } from './requests.js';
import { createListResponse, findSortedRows, maxPageSize, type ListSpec } from './scim/list.js';
import { hashSecret, type Client, type ClientStore } from './store/identities.js';
import type { Column, Table } from './store/query.js';
import type { State } from './store/state.js';

/**
 * Creates the routes for clients, their metadata, and the batch requests that tpks sends.
 * @see UAA 77 `ClientAdminEndpoints`, `ClientMetadataAdminEndpoints`
 */
export function createClientRoutes(realm: Realm): readonly Route[] {
  const { state, settings } = realm;
  const parse = (request: SandboxRequest, body: unknown) =>
    parseClient(request, body, settings.behaviour);
  const replaceClient = async (request: SandboxRequest, input: ClientInput) => {
    const caller = await authenticateCaller(request, realm);
    const { behaviour } = settings;
    const fields = toClientFields(validateClient(input, { isNew: false, caller, behaviour }));
    const client = { ...findClient(state, input.id), ...fields, modifiedAt: state.now() };
    state.clients.put(client);
    return client;
  };
  return [
    ...createMetadataRoutes(realm),
    route('GET', '/oauth/clients', (request) =>
      createListResponse(request, createClientListSpec(request, state.clients)),
    ),
    route('POST', '/oauth/clients', async (request) => {
      const input = parse(request, readJsonObject(request));
      return json(201, clientToJson(await createClient(request, input, realm)));
    }),
    route('GET', '/oauth/clients/:id', (_, { id = '' }) =>
      json(200, clientToJson(findClient(state, id))),
    ),
    route('PUT', '/oauth/clients/:id', async (request, { id = '' }) => {
      const input = parse(request, readJsonObject(request));
      if (input.id !== id) throw statusError(request, 500);
      const stored = state.clients.get(id);
      const merged = stored ? mergeClient(input, stored) : input;
      return json(200, clientToJson(await replaceClient(request, merged)));
    }),
    route('DELETE', '/oauth/clients/:id', (_, { id = '' }) =>
      json(200, clientToJson(deleteClient(state, id))),
    ),
    // tpks uses this route to remove fields of a client, because PUT keeps the fields that its body omits.
    route('POST', '/oauth/clients/tx/modify', async (request) => {
      const inputs = readList(request).map((item) => parse(request, item));
      const clients: Client[] = [];
      for (const { information, ...input } of inputs) {
        const { action, ...others } = information;
        if (action !== 'update') throw invalidClientError('Invalid action.');
        const stored = findClient(state, input.id);
        await replaceClient(request, { ...input, information: others });
        clients.push(stored);
      }
      return json(200, clients.map(clientToJson));
    }),
    // tpks uses this route to delete a client if its ID cannot be part of a path.
    route('POST', '/oauth/clients/tx/delete', (request) => {
      const ids = readList(request).map((item) => parse(request, item).id);
      const clients = ids.map((id) => deleteClient(state, id));
      return json(200, clients.map(clientToJson));
    }),
  ];
}

function readList(request: SandboxRequest): readonly unknown[] {
  const body = readJsonBody(request);
  if (!Array.isArray(body)) throw statusError(request, 400);
  return body;
}

/** @throws ErrorResponse 404 without a body if the client does not exist. */
export function findClient({ clients }: State, id: string): Client {
  const client = clients.get(id);
  if (!client) throw emptyError(404);
  return client;
}

/** @throws ErrorResponse 400 if the client is invalid, 409 if the ID is taken, or 500 if the ID is missing. */
async function createClient(
  request: SandboxRequest,
  input: ClientInput,
  realm: Realm,
): Promise<Client> {
  const { state, settings } = realm;
  const { behaviour } = settings;
  if (input.id === '') throw statusError(request, 500);
  const caller = await authenticateCaller(request, realm);
  const validInput = validateClient(input, { isNew: true, caller, behaviour });
  if (state.clients.get(input.id)) {
    throw invalidClientError(`Client already exists: ${input.id}`, 409);
  }
  const trust = validate(trustSchema, input.trust, () => statusError(request, 400));
  const client: Client = {
    ...toClientFields(validInput),
    trust: changeTrust(undefined, trust).trust,
    secretHashes: input.secret === undefined ? [] : [hashSecret(input.secret)],
    createdBy: caller.user?.id ?? state.clients.get(caller.client.id)?.createdBy,
    metadata: { showOnHomePage: true },
    modifiedAt: state.now(),
  };
  state.clients.put(client);
  return client;
}

/** Deletes a client, its tokens, and the users' approvals of its scopes. */
function deleteClient(state: State, id: string): Client {
  const client = findClient(state, id);
  state.clients.delete(id);
  state.tokens.deleteByOwner({ clientId: id });
  state.approvals.deleteByClient(id);
  return client;
}

const metadataSchema = v.object({
  clientId: v.nullish(scalar),
  clientName: v.nullish(scalar),
  showOnHomePage: v.nullish(scalar),
  appLaunchUrl: v.nullish(
    v.pipe(
      v.string(),
      v.check((url) => url === '' || URL.canParse(url)),
    ),
  ),
  appIcon: v.nullish(scalar, ''),
});

function createMetadataRoutes({ state }: Realm): readonly Route[] {
  const { clients } = state;
  return [
    // Lists only clients that the home page can show.
    route('GET', '/oauth/clients/meta', () => {
      const listedClients = clients
        .all()
        .filter(
          ({ metadata }) => hasText(metadata['appLaunchUrl']) || hasText(metadata['appIcon']),
        );
      return json(200, listedClients.map(metadataToJson));
    }),
    route('GET', '/oauth/clients/:id/meta', (_, { id = '' }) => {
      const client = clients.get(id);
      if (!client) throw metadataError(404, `No client metadata found for ${id}`);
      return json(200, metadataToJson(client));
    }),
    route('PUT', '/oauth/clients/:id/meta', (request, { id = '' }) => {
      const body = readJsonObject(request);
      const metadata = validate(metadataSchema, body, () => statusError(request, 400));
      const { clientId, clientName, appLaunchUrl, appIcon } = metadata;
      const showOnHomePage = /^(true|1)$/i.test(metadata.showOnHomePage ?? '');
      if (!/^[a-z\d+/]*=*$/i.test(appIcon)) throw statusError(request, 500);
      if (hasText(clientId) && clientId !== id) {
        const message = `Client ID in body {${clientId}} does not match URL path {${id}}`;
        throw metadataError(400, message);
      }
      const client = clients.get(id);
      if (!client) throw metadataError(404, `No client with ID ${id}`);
      const updated = {
        ...client,
        metadata: { showOnHomePage, appIcon, ...(hasText(appLaunchUrl) && { appLaunchUrl }) },
        ...(hasText(clientName) && {
          information: { ...client.information, name: clientName },
          modifiedAt: state.now(),
        }),
      };
      clients.put(updated);
      return json(200, metadataToJson(updated));
    }),
  ];
}

function metadataToJson({ id, information, metadata, createdBy }: Client) {
  const { name } = information;
  return { clientId: id, ...(hasText(name) && { clientName: name }), ...metadata, createdBy };
}

function metadataError(status: number, message: string) {
  return scimError(status, 'client_metadata', message);
}

/**
 * Creates the specification of the list of clients. Unlike for users and groups, errors have no
 * description, and only a few attributes can be requested.
 */
function createClientListSpec(request: SandboxRequest, clients: ClientStore): ListSpec<Client> {
  const source = { rows: clients, filterTable, sortTable };
  const isAscending = (order: string) => order.toLowerCase() === 'ascending';
  const invalidError = () => statusError(request, 500);
  return {
    find: (query) => findSortedRows(source, query, { defaultSort: 'client_id', isAscending }),
    toJson: listedClientToJson,
    attributes: { toPath: (name) => missingAttributes.get(name) ?? name, invalidError },
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
  refresh_token_validity: { type: 'number', getValue: ({ refreshSeconds }) => refreshSeconds },
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
