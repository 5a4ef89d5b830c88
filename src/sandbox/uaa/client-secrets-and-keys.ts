import * as v from 'valibot';
import { validate } from '../json.js';
import { json, route, type Route } from '../router.js';
import { changeMode, changeTrust, trustSchema } from './client-trust.js';
import { checkSecretLength, invalidClientError, isAdmin } from './client-validation.js';
import { findClient } from './clients.js';
import { statusError } from './errors.js';
import { authenticateCaller, type CheckedToken } from './oauth/token-check.js';
import type { Realm } from './realm.js';
import { readJsonObject, scalar } from './requests.js';
import { hashSecret, type Client } from './store/identities.js';

/**
 * Creates the routes that change the secrets and the keys of clients.
 * @see UAA 77 `ClientAdminEndpoints`
 */
export function createClientCredentialRoutes(realm: Realm): readonly Route[] {
  const { state, settings } = realm;
  const { behaviour } = settings;
  return [
    route('PUT', '/oauth/clients/:id/secret', async (request, { id = '' }) => {
      const caller = await authenticateCaller(request, realm);
      const change = validate(secretSchema, readJsonObject(request), () =>
        statusError(request, 400),
      );
      const client = findClient(state, id);
      if (caller.user && !behaviour.canUsersChangeSecrets) {
        throw invalidClientError('Only a client can change client secret');
      }
      checkPermission(realm, { caller, client, secret: change.oldSecret ?? '' });
      const { message, secretHashes } = changeSecret(realm, client, change);
      state.clients.put({ ...client, secretHashes });
      return json(200, { status: 'ok', message });
    }),
    route('PUT', '/oauth/clients/:id/clientjwt', async (request, { id = '' }) => {
      if (!behaviour.hasClientJwtKeys) throw statusError(request, 405);
      const caller = await authenticateCaller(request, realm);
      const change = validate(trustSchema, readJsonObject(request), () =>
        statusError(request, 400),
      );
      const client = findClient(state, id);
      checkPermission(realm, { caller, client, secret: '' });
      if (change.changeMode === 'UPDATE' && !change.jwks_uri && !change.jwks) {
        throw statusError(request, 500);
      }
      const { message, trust } = changeTrust(client.trust, change);
      state.clients.put({ ...client, trust });
      return json(200, { status: 'ok', message });
    }),
  ];
}

/**
 * Requires an admin scope to change another client, and the client's secret if a client changes itself.
 */
function checkPermission(
  { state }: Realm,
  options: { readonly caller: CheckedToken; readonly client: Client; readonly secret: string },
): void {
  const { caller, client, secret } = options;
  if (isAdmin(caller)) return;
  if (caller.client.id !== client.id) {
    throw invalidClientError("Bad request. Not permitted to change another client's secret");
  }
  if (!state.clients.authenticate(client.id, secret)) {
    throw invalidClientError('Previous secret is required and must be valid');
  }
}

const secretSchema = v.object({
  changeMode: v.optional(changeMode, 'UPDATE'),
  secret: v.nullish(scalar),
  oldSecret: v.nullish(scalar),
});

/** @throws ErrorResponse 400 `invalid_client`. */
function changeSecret(
  { settings }: Realm,
  { secretHashes }: Client,
  { changeMode: mode, secret }: v.InferOutput<typeof secretSchema>,
): Pick<Client, 'secretHashes'> & { readonly message: string } {
  if (mode === 'DELETE') {
    if (secretHashes.length < 2) {
      throw invalidClientError('client secret is either empty or client has only one secret.');
    }
    return { message: 'Secret is deleted', secretHashes: secretHashes.slice(1) };
  }
  if (mode === 'ADD' && secretHashes.length > 1) {
    throw invalidClientError('client secret is either empty or client already has two secrets.');
  }
  if (!secret && settings.behaviour.clientRules.requiresNewSecret) {
    throw invalidClientError(
      secret === ''
        ? 'Client Secret must be at least 1 characters in length.'
        : 'Client Secret cannot be null.',
    );
  }
  checkSecretLength(secret ?? '');
  const hash = hashSecret(secret ?? '');
  return mode === 'ADD'
    ? { message: 'Secret is added', secretHashes: [...secretHashes, hash] }
    : { message: 'secret updated', secretHashes: [hash] };
}
