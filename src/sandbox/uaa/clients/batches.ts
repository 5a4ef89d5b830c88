import { json, route, type Route, type SandboxRequest } from '../../router.js';
import { callerWithScope } from '../oauth/bearer.js';
import {
  createClient,
  findClient,
  mergeClient,
  removeClient,
  replaceClient,
  type ClientWork,
} from './changes.js';
import { invalidClient, noSuchClient } from './rules.js';
import { readClients, clientToJson } from './json.js';
import type { Realm } from '../realm.js';
import type { JsonObject } from '../../body.js';

/** `/oauth/clients/tx`: changes to several clients in one request, all or none. */
export function clientBatchRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const work = async (request: SandboxRequest): Promise<ClientWork> => {
    const caller = await callerWithScope(request, realm, ['clients.admin']);
    return { request, state, caller };
  };
  return [
    route('POST', '/oauth/clients/tx', async (request) => {
      const change = await work(request);
      const bodies = readClients(request);
      if (bodies.length === 0) throw noSuchClient();
      return json(
        201,
        allOrNothing(bodies, change, (body) => clientToJson(createClient(change, body))),
      );
    }),
    route('PUT', '/oauth/clients/tx', async (request) => {
      const change = await work(request);
      const bodies = readClients(request);
      if (bodies.length === 0) throw invalidClient('No clients specified for update.');
      return json(
        200,
        allOrNothing(bodies, change, (body) => {
          const { id } = findClient(state, idOf(body));
          return clientToJson(mergeClient(change, id, body));
        }),
      );
    }),
    route('POST', '/oauth/clients/tx/delete', async (request) => {
      const change = await work(request);
      const bodies = readClients(request);
      return json(
        200,
        allOrNothing(bodies, change, (body) => deleted(change, body)),
      );
    }),
    route('POST', '/oauth/clients/tx/modify', async (request) => {
      const change = await work(request);
      const bodies = readClients(request);
      return json(
        200,
        allOrNothing(bodies, change, (body) => modified(change, body)),
      );
    }),
  ];
}

function allOrNothing(
  bodies: readonly JsonObject[],
  { state }: ClientWork,
  each: (body: JsonObject) => JsonObject,
): readonly JsonObject[] {
  return state.transaction(() => bodies.map(each));
}

/** Each body contains its action. The response to an update has the old client. */
function modified(work: ClientWork, { action, ...body }: JsonObject): JsonObject {
  if (action === 'add') return { ...clientToJson(createClient(work, body)), action };
  if (action === 'delete') return { ...deleted(work, body), action };
  if (action !== 'update') throw invalidClient('Invalid action.');
  const before = findClient(work.state, idOf(body));
  replaceClient(work, body);
  return { ...clientToJson(before), action };
}

function deleted({ state }: ClientWork, body: JsonObject): JsonObject {
  const client = findClient(state, idOf(body));
  removeClient(state, client.id);
  return { ...clientToJson(client), approvals_deleted: true };
}

function idOf({ client_id: id }: JsonObject): string {
  return typeof id === 'string' ? id : '';
}
