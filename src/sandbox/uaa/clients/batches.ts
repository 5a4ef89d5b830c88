import { json, route, type ErrorResponse, type Route } from '../../router.js';
import { authorizeCaller } from '../oauth/bearer.js';
import {
  createClient,
  findClient,
  mergeClient,
  deleteClient,
  replaceClient,
  type ClientChange,
} from './changes.js';
import { invalidClientError, clientNotFoundError } from './validation.js';
import { readClientBodies, clientToJson } from './json.js';
import type { Realm } from '../realm.js';
import type { JsonObject } from '../../body.js';

/** Creates the routes `/oauth/clients/tx`, which change several clients in one transaction. */
export function clientBatchRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const createBatchRoute = (
    [method, path, status]: readonly [method: string, path: string, status: number],
    changeOne: (change: ClientChange, body: JsonObject) => JsonObject,
    emptyError?: () => ErrorResponse,
  ): Route =>
    route(method, path, async (request) => {
      const caller = await authorizeCaller(request, realm, ['clients.admin']);
      const bodies = readClientBodies(request);
      if (bodies.length === 0 && emptyError) throw emptyError();
      const change = { request, state, caller };
      const results = state.transaction(() => bodies.map((body) => changeOne(change, body)));
      return json(status, results);
    });
  return [
    createBatchRoute(['POST', '/oauth/clients/tx', 201], createOne, clientNotFoundError),
    createBatchRoute(['PUT', '/oauth/clients/tx', 200], mergeOne, () =>
      invalidClientError('No clients specified for update.'),
    ),
    createBatchRoute(['POST', '/oauth/clients/tx/delete', 200], deleteOne),
    createBatchRoute(['POST', '/oauth/clients/tx/modify', 200], modifyOne),
  ];
}

function createOne(change: ClientChange, body: JsonObject): JsonObject {
  return clientToJson(createClient(change, body));
}

function mergeOne(change: ClientChange, body: JsonObject): JsonObject {
  const { id } = findClient(change.state, getClientId(body));
  return clientToJson(mergeClient(change, id, body));
}

/** Each body contains its action. The response to an update contains the old client. */
function modifyOne(change: ClientChange, { action, ...body }: JsonObject): JsonObject {
  if (action === 'add') return { ...createOne(change, body), action };
  if (action === 'delete') return { ...deleteOne(change, body), action };
  if (action !== 'update') throw invalidClientError('Invalid action.');
  const oldClient = findClient(change.state, getClientId(body));
  replaceClient(change, body);
  return { ...clientToJson(oldClient), action };
}

function deleteOne({ state }: ClientChange, body: JsonObject): JsonObject {
  const client = findClient(state, getClientId(body));
  deleteClient(state, client.id);
  return { ...clientToJson(client), approvals_deleted: true };
}

function getClientId({ client_id: id }: JsonObject): string {
  return typeof id === 'string' ? id : '';
}
