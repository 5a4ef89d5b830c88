import * as v from 'valibot';
import { isObject, parseJson, validate } from '../json.js';
import { json, route, type Route } from '../router.js';
import { scalar } from './client-body.js';
import { checkSecretLength, invalidClientError, isAdmin } from './client-validation.js';
import { findClient } from './clients.js';
import { statusError } from './errors.js';
import { authenticateCaller, type CheckedToken } from './oauth/token-check.js';
import type { Realm } from './realm.js';
import { readJsonObject } from './requests.js';
import { hashSecret, type Client, type ClientTrust } from './store/identities.js';

const changeMode = v.picklist(['UPDATE', 'ADD', 'DELETE']);

/**
 * Creates the routes that change the secrets and the keys of clients. The sandbox stores keys, but
 * clients cannot authenticate with them.
 * @see UAA 77 `ClientAdminEndpoints`
 */
export function clientCredentialRoutes(realm: Realm): readonly Route[] {
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
 * Requires an admin scope for changes to another client, and the client's secret for changes to the
 * caller itself.
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

const trustSchema = v.object({
  changeMode: v.optional(changeMode, 'ADD'),
  jwks: v.nullish(v.string()),
  jwks_uri: v.nullish(v.string()),
  kid: v.nullish(v.string()),
});

/** @throws ErrorResponse 400 `invalid_client`. */
function changeTrust(
  stored: ClientTrust | undefined,
  { changeMode: mode, jwks, jwks_uri: uri, kid }: v.InferOutput<typeof trustSchema>,
): { readonly message: string; readonly trust: ClientTrust | undefined } {
  if (mode === 'DELETE') {
    const deleted = kid ?? uri ?? jwks;
    if (!stored || !deleted) return { message: 'No key deleted', trust: stored };
    return { message: 'Client jwt configuration is deleted', trust: deleteTrust(stored, deleted) };
  }
  if (!uri && !jwks) return { message: 'No key added', trust: stored };
  const added = uri ? { uri: checkUri(uri) } : { keys: parseKeys(jwks ?? '') };
  return {
    message: `Client jwt configuration ${mode === 'ADD' ? 'is added' : 'updated'}`,
    trust: mergeTrust(stored, added, mode),
  };
}

/** @param deleted - the id of a key, the URL of the keys, or `*` for everything. */
function deleteTrust({ uri, keys }: ClientTrust, deleted: string): ClientTrust | undefined {
  if (deleted === '*' || deleted === uri) return undefined;
  const remaining = keys?.filter(({ kid }) => kid !== deleted);
  return remaining?.length === 0 ? undefined : { uri, keys: remaining };
}

/**
 * Combines stored and added keys. A client cannot have both a URL and keys. If the two conflict, or
 * two keys have the same id, `UPDATE` replaces the stored value, and `ADD` keeps it.
 */
function mergeTrust(
  stored: ClientTrust | undefined,
  added: ClientTrust,
  mode: 'ADD' | 'UPDATE',
): ClientTrust {
  if (!stored) return added;
  if (!stored.keys || !added.keys) return mode === 'UPDATE' ? added : stored;
  const preferred = mode === 'UPDATE' ? added.keys : stored.keys;
  const others = mode === 'UPDATE' ? stored.keys : added.keys;
  const ids = preferred.map(({ kid }) => kid);
  return { keys: [...preferred, ...others.filter(({ kid }) => !ids.includes(kid))] };
}

const maxKeys = 10;

/** Parses a JSON Web Key, or a set of them. */
function parseKeys(text: string): NonNullable<ClientTrust['keys']> {
  const value = parseJson(text);
  const keys = isObject(value) && 'keys' in value ? value['keys'] : [value];
  if (!Array.isArray(keys) || !keys.every(isObject)) {
    throw invalidClientError('Client jwt configuration cannot be parsed');
  }
  if (keys.length === 0 || keys.length > maxKeys) {
    throw invalidClientError(
      `Invalid private_key_jwt: jwk set is empty of exceeds to maximum of keys. max: + ${String(maxKeys)}`,
    );
  }
  if (keys.some(({ kid }) => typeof kid !== 'string' || kid === '')) {
    throw invalidClientError('Invalid private_key_jwt: kid is required attribute');
  }
  return keys;
}

function checkUri(uri: string): string {
  const { protocol, hostname } = URL.canParse(uri) ? new URL(uri) : { protocol: '', hostname: '' };
  if (protocol === 'https:' || (protocol === 'http:' && hostname.endsWith('localhost'))) return uri;
  const problem =
    protocol === 'http:'
      ? 'jwks_uri with http is not on localhost'
      : 'jwks_uri must be either using https or http';
  throw invalidClientError(`Invalid private_key_jwt: ${problem}`);
}
