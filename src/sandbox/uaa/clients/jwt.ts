import { statusError } from '../errors.js';
import { readJsonObject } from '../requests.js';
import * as v from 'valibot';
import { json, route, type Route, type SandboxRequest } from '../../router.js';
import { authorizeCaller } from '../oauth/bearer.js';
import { findClient } from './changes.js';
import { invalidClientError } from './validation.js';
import type { ClientTrust } from '../store/clients.js';
import type { Realm } from '../realm.js';
import { validate, isObject, parseJson, type JsonObject } from '../../body.js';

const maxKeys = 10;

/**
 * Creates the route `/oauth/clients/{id}/clientjwt`, which sets the keys and trusted issuers that a
 * client can authenticate with (since UAA 76.22). The sandbox stores them, but does not support
 * this kind of authentication.
 *
 * @see UAA 77 `ClientAdminEndpoints.changeClientJwt`, `ClientJwtConfiguration`
 */
export function clientJwtRoutes(realm: Realm): readonly Route[] {
  const { clients } = realm.state;
  return [
    route('PUT', '/oauth/clients/:id/clientjwt', async (request, { id = '' }) => {
      await authorizeCaller(request, realm, ['clients.trust', 'clients.admin']);
      const change = readTrustChange(request);
      const client = findClient(realm.state, id);
      const { message, trust } = applyTrustChange(client.trust ?? {}, change);
      clients.put({ ...client, trust });
      return json(200, { status: 'ok', message });
    }),
  ];
}

interface TrustChange {
  readonly mode: 'ADD' | 'UPDATE' | 'DELETE';
  readonly uri: string | undefined;
  readonly keys: readonly JsonObject[] | undefined;
  /** Id of the key to delete. */
  readonly keyId: string | undefined;
  /** Subject and issuer, separated by a space. */
  readonly federation: string | undefined;
}

const text = v.fallback(v.optional(v.pipe(v.string(), v.nonEmpty())), undefined);
const trustSchema = v.object({
  changeMode: v.optional(v.picklist(['ADD', 'UPDATE', 'DELETE']), 'ADD'),
  ...{ iss: text, sub: text, jwks: text, jwks_uri: text, kid: text },
});

function readTrustChange(request: SandboxRequest): TrustChange {
  const body = validate(trustSchema, readJsonObject(request), () => statusError(request, 400));
  const { changeMode: mode, iss, sub, jwks, jwks_uri: uri, kid: keyId } = body;
  return {
    ...{ mode, uri, keyId },
    keys: jwks === undefined ? undefined : parseKeys(jwks),
    federation: iss !== undefined && sub !== undefined ? `${sub} ${iss}` : undefined,
  };
}

function parseKeys(text: string): readonly JsonObject[] {
  const value = parseJson(text);
  const keyList = isObject(value) && 'keys' in value ? value['keys'] : [value];
  if (Array.isArray(keyList) && keyList.every(isObject)) return keyList;
  throw invalidClientError('Client jwt configuration cannot be parsed');
}

function applyTrustChange(
  oldTrust: ClientTrust,
  change: TrustChange,
): { readonly message: string; readonly trust: ClientTrust } {
  const { mode, uri, keys, keyId, federation } = change;
  if (federation !== undefined) return applyFederationChange(oldTrust, federation, mode);
  if (mode === 'DELETE') {
    const hasKeys = oldTrust.uri !== undefined || oldTrust.keys !== undefined;
    const deletedId = keyId ?? uri ?? (keys === undefined ? undefined : '*');
    if (!hasKeys || deletedId === undefined) return { message: 'No key deleted', trust: oldTrust };
    const remainingKeys =
      deletedId === '*' ? [] : (oldTrust.keys ?? []).filter(({ kid }) => kid !== deletedId);
    const trust = { ...oldTrust, keys: remainingKeys.length > 0 ? remainingKeys : undefined };
    const isUriKept = deletedId !== '*' && deletedId !== oldTrust.uri;
    return {
      message: 'Client jwt configuration is deleted',
      trust: { ...trust, uri: isUriKept ? oldTrust.uri : undefined },
    };
  }
  if (uri === undefined && keys === undefined) return { message: 'No key added', trust: oldTrust };
  if (uri !== undefined) checkUri(uri);
  const others = mode === 'UPDATE' ? [] : (oldTrust.keys ?? []);
  const allKeys = keys === undefined ? others : [...others, ...keys];
  if (keys !== undefined) checkKeys(allKeys);
  return {
    message:
      mode === 'ADD' ? 'Client jwt configuration is added' : 'Client jwt configuration updated',
    trust: {
      ...oldTrust,
      uri: uri ?? oldTrust.uri,
      keys: allKeys.length > 0 ? allKeys : undefined,
    },
  };
}

function applyFederationChange(
  oldTrust: ClientTrust,
  federation: string,
  mode: TrustChange['mode'],
): { readonly message: string; readonly trust: ClientTrust } {
  const others = (oldTrust.federations ?? []).filter((other) => other !== federation);
  const isDeleted = mode === 'DELETE';
  return {
    message: `Federated client jwt configuration is ${isDeleted ? 'deleted' : 'added'}`,
    trust: { ...oldTrust, federations: isDeleted ? others : [...others, federation] },
  };
}

function checkKeys(keys: readonly JsonObject[]): void {
  const keyIds = keys.map(({ kid }) => kid);
  if (keyIds.length === 0 || keyIds.length > maxKeys) {
    throw invalidClientError(
      `Invalid private_key_jwt: jwk set is empty of exceeds to maximum of keys. max: + ${String(maxKeys)}`,
    );
  }
  if (keyIds.some((keyId) => typeof keyId !== 'string' || keyId === '')) {
    throw invalidClientError('Invalid private_key_jwt: kid is required attribute');
  }
  if (new Set(keyIds).size < keyIds.length) {
    throw invalidClientError('Invalid private_key_jwt: duplicate kid in JWKSet not allowed');
  }
}

function checkUri(uri: string): void {
  if (!URL.canParse(uri)) {
    throw invalidClientError('Invalid private_key_jwt: jwks_uri must be an absolute URL');
  }
  const { protocol, hostname } = new URL(uri);
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw invalidClientError(
      'Invalid private_key_jwt: jwks_uri must be either using https or http',
    );
  }
  if (protocol === 'http:' && !hostname.endsWith('localhost')) {
    throw invalidClientError('Invalid private_key_jwt: jwks_uri with http is not on localhost');
  }
}
