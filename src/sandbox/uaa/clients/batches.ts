import { json, route, type Route, type SandboxRequest } from '../../router.js';
import type { JsonObject } from '../../body.js';
import { containerError } from '../http/servlet-container.js';
import type { Realm } from '../realm.js';
import { clientCaller } from './access.js';
import { deleteListedClient, modifyClient, parseModification } from './batch-modification.js';
import { readClientBodies } from './body.js';
import { findClient, insertClient, replaceClient, type ClientChange } from './changes.js';
import { parseClient, clientToJson, inputToJson, type ClientInput } from './json.js';
import { mergeWithStored } from './merge.js';
import { changeListedSecret, parseSecretChange } from './secrets.js';
import { clientNotFoundError, invalidClientError, validateClient } from './validation.js';

/**
 * Creates the routes `/oauth/clients/tx`, which change several clients. See
 * {@link readClientBodies} for the reason why inputs are functions.
 */
export function clientBatchRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const createBatchRoute = <Input>(
    [method, path, status]: readonly [method: string, path: string, status: number],
    parse: (request: SandboxRequest, body: JsonObject) => Input,
    changeAll: (change: ClientChange, inputs: readonly (() => Input)[]) => readonly JsonObject[],
  ): Route =>
    route(method, path, async (request) => {
      const caller = await clientCaller(request, realm);
      const inputs = readClientBodies(request, (body) => parse(request, body));
      return json(status, changeAll({ request, state, caller }, inputs));
    });
  const forEach =
    <Input>(changeOne: (change: ClientChange, input: Input) => JsonObject) =>
    (change: ClientChange, inputs: readonly (() => Input)[]) =>
      inputs.map((getInput) => changeOne(change, getInput()));
  return [
    createBatchRoute(['POST', '/oauth/clients/tx', 201], parseClient, createAll),
    createBatchRoute(['PUT', '/oauth/clients/tx', 200], parseClient, updateAll),
    createBatchRoute(
      ['POST', '/oauth/clients/tx/delete', 200],
      parseClient,
      forEach(deleteListedClient),
    ),
    createBatchRoute(
      ['POST', '/oauth/clients/tx/modify', 200],
      parseModification,
      forEach(modifyClient),
    ),
    createBatchRoute(
      ['POST', '/oauth/clients/tx/secret', 200],
      parseSecretChange,
      forEach(changeListedSecret),
    ),
    // Shows the client with the id `tx`. No token is required, because the security filters for this
    // path cover only the methods that change clients.
    route('GET', '/oauth/clients/tx', () => json(200, clientToJson(findClient(state, 'tx')))),
  ];
}

type Inputs = readonly (() => ClientInput)[];

function createAll(change: ClientChange, inputs: Inputs): readonly JsonObject[] {
  if (inputs.length === 0) throw clientNotFoundError();
  const { caller } = change;
  return inputs
    .map((getInput) => validateClient(getInput(), { mode: 'create', caller }))
    .map((input) => clientToJson(insertClient(change, input)));
}

/**
 * Merges each update with the client that was stored before the batch, even if an earlier update
 * changes the same client. The response repeats the merged updates.
 */
function updateAll(change: ClientChange, inputs: Inputs): readonly JsonObject[] {
  if (inputs.length === 0) throw invalidClientError('No clients specified for update.');
  const { request, state, caller } = change;
  const updates = inputs.map((getInput) => {
    const input = getInput();
    const merged = mergeWithStored(input, findClient(state, input.id));
    if (!merged) throw containerError(request, 500);
    return validateClient(merged, { mode: 'modify', caller });
  });
  for (const update of updates) replaceClient(change, update);
  return updates.map(inputToJson);
}
