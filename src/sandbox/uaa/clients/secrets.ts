import { statusError } from '../errors.js';
import { readJsonObject } from '../requests.js';
import * as v from 'valibot';
import { json, route, type Route, type SandboxRequest } from '../../router.js';
import { validate, type JsonObject } from '../../body.js';
import type { Realm } from '../realm.js';
import type { Client } from '../store/clients.js';
import { hashSecret } from '../store/secret-hash.js';
import { clientCaller } from './access.js';
import { findClient, type ClientChange } from './changes.js';
import { clientToJson, scalarText } from './json.js';
import { checkSecret, isAdmin, invalidClientError } from './validation.js';

/** Creates the route `/oauth/clients/{id}/secret`. */
export function clientSecretRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  return [
    route('PUT', '/oauth/clients/:id/secret', async (request, { id = '' }) => {
      const caller = await clientCaller(request, realm);
      const secretChange = parseSecretChange(request, readJsonObject(request));
      const client = findClient(state, id);
      checkPermission({ request, state, caller }, client, secretChange, realm);
      const { message, secretHashes } = applySecretChange(request, client, secretChange);
      state.clients.put({ ...client, secretHashes });
      return json(200, { status: 'ok', message });
    }),
  ];
}

const modes = ['UPDATE', 'ADD', 'DELETE'] as const;

/** The name of a mode, or its index. */
const mode = v.pipe(
  v.union([v.string(), v.number()]),
  v.transform((value) =>
    modes.find((name, index) => [name, String(index)].includes(String(value))),
  ),
  v.picklist(modes),
);

const changeSchema = v.object({
  changeMode: v.optional(v.nullable(mode), 'UPDATE'),
  clientId: scalarText,
  secret: scalarText,
  oldSecret: scalarText,
});

type SecretChange = v.InferOutput<typeof changeSchema>;

/** @throws ErrorResponse 400 without details if a field has the wrong type. */
export function parseSecretChange(request: SandboxRequest, body: JsonObject): SecretChange {
  return validate(changeSchema, body, () => statusError(request, 400));
}

/**
 * Changes a secret as part of a batch. A wrong or missing old secret does not prevent the change, but
 * deletes the users' decisions.
 *
 * @throws ErrorResponse 404 for an unknown client, or 400 for an invalid secret.
 */
export function changeListedSecret(
  { state }: ClientChange,
  { clientId, oldSecret, secret }: SecretChange,
): JsonObject {
  const client = findClient(state, clientId ?? undefined);
  const isOldSecretValid =
    typeof oldSecret === 'string' && state.clients.authenticate(client.id, oldSecret) !== undefined;
  checkSecret(secret);
  state.clients.put({ ...client, secretHashes: [hashSecret(secret)] });
  if (!isOldSecretValid) state.approvals.deleteByClient(client.id);
  return { ...clientToJson(client), approvals_deleted: !isOldSecretValid };
}

/** In UAA 4.30, only clients can change secrets. Callers need an admin scope for other clients. */
function checkPermission(
  { state: { clients }, caller }: ClientChange,
  client: Client,
  { oldSecret }: SecretChange,
  { settings: { behaviour } }: Realm,
): void {
  if (caller.user && !behaviour.canUsersChangeSecrets) {
    throw invalidClientError('Only a client can change client secret');
  }
  if (isAdmin(caller)) return;
  if (caller.client.id !== client.id) {
    throw invalidClientError("Bad request. Not permitted to change another client's secret");
  }
  if (typeof oldSecret !== 'string' || !clients.authenticate(client.id, oldSecret)) {
    throw invalidClientError('Previous secret is required and must be valid');
  }
}

/** @throws ErrorResponse 400 `invalid_client`, or 500 if the mode is null. */
function applySecretChange(
  request: SandboxRequest,
  { secretHashes }: Client,
  { changeMode, secret }: SecretChange,
): { readonly message: string; readonly secretHashes: readonly string[] } {
  if (changeMode === null) throw statusError(request, 500);
  if (changeMode === 'DELETE') {
    if (secretHashes.length < 2) {
      throw invalidClientError('client secret is either empty or client has only one secret.');
    }
    return { message: 'Secret is deleted', secretHashes: secretHashes.slice(1) };
  }
  if (changeMode === 'ADD' && secretHashes.length > 1) {
    throw invalidClientError('client secret is either empty or client already has two secrets.');
  }
  checkSecret(secret);
  const hash = hashSecret(secret);
  return changeMode === 'ADD'
    ? { message: 'Secret is added', secretHashes: [...secretHashes, hash] }
    : { message: 'secret updated', secretHashes: [hash] };
}
