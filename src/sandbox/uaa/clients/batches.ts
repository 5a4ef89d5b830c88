import { json, route, type ErrorResponse, type Route } from '../../router.js';
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
  const batch = (
    [method, path, status]: readonly [method: string, path: string, status: number],
    change: (work: ClientWork, body: JsonObject) => JsonObject,
    emptyError?: () => ErrorResponse,
  ): Route =>
    route(method, path, async (request) => {
      const caller = await callerWithScope(request, realm, ['clients.admin']);
      const bodies = readClients(request);
      if (bodies.length === 0 && emptyError) throw emptyError();
      const work = { request, state, caller };
      const changed = state.transaction(() => bodies.map((body) => change(work, body)));
      return json(status, changed);
    });
  return [
    batch(['POST', '/oauth/clients/tx', 201], created, noSuchClient),
    batch(['PUT', '/oauth/clients/tx', 200], merged, () =>
      invalidClient('No clients specified for update.'),
    ),
    batch(['POST', '/oauth/clients/tx/delete', 200], deleted),
    batch(['POST', '/oauth/clients/tx/modify', 200], modified),
  ];
}

function created(work: ClientWork, body: JsonObject): JsonObject {
  return clientToJson(createClient(work, body));
}

function merged(work: ClientWork, body: JsonObject): JsonObject {
  const { id } = findClient(work.state, idOf(body));
  return clientToJson(mergeClient(work, id, body));
}

/** Each body contains its action. The response to an update has the old client. */
function modified(work: ClientWork, { action, ...body }: JsonObject): JsonObject {
  if (action === 'add') return { ...created(work, body), action };
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
