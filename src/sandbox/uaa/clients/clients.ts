import { statusError } from '../errors.js';
import { readJsonObject } from '../requests.js';
import { json, route, type Route } from '../../router.js';
import type { Realm } from '../realm.js';
import { createListResponse } from '../scim/list.js';
import { clientCaller } from './access.js';
import { createClient, findClient, mergeClient, deleteClient } from './changes.js';
import { parseClient, clientToJson } from './json.js';
import { createClientListSpec } from './list.js';
import { checkRestrictedScopes, uaaScopes } from './restricted-scopes.js';

/**
 * Creates the routes `/oauth/clients` and `/oauth/clients/{id}`, and `/oauth/clients/restricted`
 * for clients without the UAA's own scopes.
 */
export function clientRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const createCreateRoute = (path: string, isRestricted: boolean) =>
    route('POST', path, async (request) => {
      const caller = await clientCaller(request, realm);
      const input = parseClient(request, readJsonObject(request));
      if (isRestricted) checkRestrictedScopes(input);
      return json(201, clientToJson(createClient({ request, state, caller }, input)));
    });
  const createUpdateRoute = (path: string, isRestricted: boolean) =>
    route('PUT', path, async (request, { id = '' }) => {
      const caller = await clientCaller(request, realm);
      const input = parseClient(request, readJsonObject(request));
      if (isRestricted) checkRestrictedScopes(input);
      if (input.id !== id) throw statusError(request, 500);
      const client = mergeClient({ request, state, caller }, id, input);
      return json(200, clientToJson(client));
    });
  return [
    route('GET', '/oauth/clients', async (request) => {
      await clientCaller(request, realm);
      return createListResponse(request, createClientListSpec(request, state.clients));
    }),
    createCreateRoute('/oauth/clients', false),
    route('GET', '/oauth/clients/restricted', async (request) => {
      await clientCaller(request, realm);
      return json(200, uaaScopes);
    }),
    createCreateRoute('/oauth/clients/restricted', true),
    createUpdateRoute('/oauth/clients/restricted/:id', true),
    // The header `Allow` lists the methods in the order of these routes.
    createUpdateRoute('/oauth/clients/:id', false),
    route('DELETE', '/oauth/clients/:id', async (request, { id = '' }) => {
      await clientCaller(request, realm);
      const client = findClient(state, id);
      deleteClient(state, id);
      return json(200, clientToJson(client));
    }),
    route('GET', '/oauth/clients/:id', async (request, { id = '' }) => {
      await clientCaller(request, realm);
      return json(200, clientToJson(findClient(state, id)));
    }),
  ];
}
