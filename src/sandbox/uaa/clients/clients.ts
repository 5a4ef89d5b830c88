import { json, route, type Route, type SandboxRequest } from '../../router.js';
import { authorizeCaller } from '../oauth/bearer.js';
import { createClient, findClient, mergeClient, deleteClient } from './changes.js';
import { readClientBody, clientToJson } from './json.js';
import { createListResponse } from '../scim/list.js';
import { createClientListSpec } from './list.js';
import { containerError } from '../servlet-container.js';
import type { Realm } from '../realm.js';
import type { CheckedToken } from '../oauth/token-check.js';

/** Creates the routes `/oauth/clients` and `/oauth/clients/{id}`. */
export function clientRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  return [
    route('GET', '/oauth/clients', async (request) => {
      await clientCaller(request, realm);
      return createListResponse(request, createClientListSpec(request, state.clients));
    }),
    route('POST', '/oauth/clients', async (request) => {
      const caller = await clientCaller(request, realm);
      const client = createClient({ request, state, caller }, readClientBody(request));
      return json(201, clientToJson(client));
    }),
    route('GET', '/oauth/clients/:id', async (request, { id = '' }) => {
      await clientCaller(request, realm);
      return json(200, clientToJson(findClient(state, id)));
    }),
    route('PUT', '/oauth/clients/:id', async (request, { id = '' }) => {
      const caller = await clientCaller(request, realm);
      const body = readClientBody(request);
      if (String(body['client_id']) !== id) throw containerError(request, 500);
      return json(200, clientToJson(mergeClient({ request, state, caller }, id, body)));
    }),
    route('DELETE', '/oauth/clients/:id', async (request, { id = '' }) => {
      await clientCaller(request, realm);
      const client = findClient(state, id);
      deleteClient(state, id);
      return json(200, clientToJson(client));
    }),
  ];
}

/**
 * Identifies the caller of a route under `/oauth/clients` that does not require specific scopes.
 *
 * @throws ErrorResponse 401 for an invalid token, or 403 for a missing scope.
 */
export function clientCaller(request: SandboxRequest, realm: Realm): Promise<CheckedToken> {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const scope = isRead ? 'clients.read' : 'clients.write';
  return authorizeCaller(request, realm, [scope, 'clients.admin']);
}
