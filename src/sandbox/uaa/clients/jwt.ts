import * as v from 'valibot';
import { json, route, type Route, type SandboxRequest } from '../../router.js';
import { callerWithScope } from '../oauth/bearer.js';
import { findClient } from './changes.js';
import { invalidClient } from './rules.js';
import { readClient } from './json.js';
import type { ClientTrust } from '../store/clients.js';
import { containerError } from '../container.js';
import type { Realm } from '../realm.js';
import { check, isObject, parseJson, type JsonObject } from '../../body.js';

const maximumKeys = 10;

/**
 * `/oauth/clients/{id}/clientjwt`: keys and issuers with which clients authenticate, in UAA since
 * 76.22. The sandbox stores them, but does not support such authentication.
 *
 * @see UAA 77 `ClientAdminEndpoints.changeClientJwt`, `ClientJwtConfiguration`
 */
export function clientJwtRoutes(realm: Realm): readonly Route[] {
  const { clients } = realm.state;
  return [
    route('PUT', '/oauth/clients/:id/clientjwt', async (request, { id = '' }) => {
      await callerWithScope(request, realm, ['clients.trust', 'clients.admin']);
      const change = readTrustChange(request);
      const client = findClient(realm.state, id);
      const { message, trust } = changed(client.trust ?? {}, change);
      clients.put({ ...client, trust });
      return json(200, { status: 'ok', message });
    }),
  ];
}

interface TrustChange {
  readonly mode: 'ADD' | 'UPDATE' | 'DELETE';
  readonly uri: string | undefined;
  readonly keys: readonly JsonObject[] | undefined;
  /** Id of a key to delete. */
  readonly keyId: string | undefined;
  /** Subject and issuer. */
  readonly federation: string | undefined;
}

const text = v.fallback(v.optional(v.pipe(v.string(), v.nonEmpty())), undefined);
const trustSchema = v.object({
  changeMode: v.optional(v.picklist(['ADD', 'UPDATE', 'DELETE']), 'ADD'),
  ...{ iss: text, sub: text, jwks: text, jwks_uri: text, kid: text },
});

function readTrustChange(request: SandboxRequest): TrustChange {
  const body = check(trustSchema, readClient(request), () => containerError(request, 400));
  const { changeMode: mode, iss, sub, jwks, jwks_uri: uri, kid: keyId } = body;
  return {
    ...{ mode, uri, keyId },
    keys: jwks === undefined ? undefined : keysOf(jwks),
    federation: iss !== undefined && sub !== undefined ? `${sub} ${iss}` : undefined,
  };
}

function keysOf(text: string): readonly JsonObject[] {
  const value = parseJson(text);
  const listed = isObject(value) && 'keys' in value ? value['keys'] : [value];
  if (Array.isArray(listed) && listed.every(isObject)) return listed;
  throw invalidClient('Client jwt configuration cannot be parsed');
}

function changed(
  before: ClientTrust,
  change: TrustChange,
): { readonly message: string; readonly trust: ClientTrust } {
  const { mode, uri, keys, keyId, federation } = change;
  if (federation !== undefined) return changedFederation(before, federation, mode);
  if (mode === 'DELETE') {
    const isKnown = before.uri !== undefined || before.keys !== undefined;
    const gone = keyId ?? uri ?? (keys === undefined ? undefined : '*');
    if (!isKnown || gone === undefined) return { message: 'No key deleted', trust: before };
    const left = gone === '*' ? [] : (before.keys ?? []).filter(({ kid }) => kid !== gone);
    const trust = { ...before, keys: left.length > 0 ? left : undefined };
    const keepsUri = gone !== '*' && gone !== before.uri;
    return {
      message: 'Client jwt configuration is deleted',
      trust: { ...trust, uri: keepsUri ? before.uri : undefined },
    };
  }
  if (uri === undefined && keys === undefined) return { message: 'No key added', trust: before };
  if (uri !== undefined) checkUri(uri);
  const others = mode === 'UPDATE' ? [] : (before.keys ?? []);
  const all = keys === undefined ? others : [...others, ...keys];
  if (keys !== undefined) checkKeys(all);
  return {
    message:
      mode === 'ADD' ? 'Client jwt configuration is added' : 'Client jwt configuration updated',
    trust: { ...before, uri: uri ?? before.uri, keys: all.length > 0 ? all : undefined },
  };
}

function changedFederation(
  before: ClientTrust,
  federation: string,
  mode: TrustChange['mode'],
): { readonly message: string; readonly trust: ClientTrust } {
  const others = (before.federations ?? []).filter((known) => known !== federation);
  const isDeleted = mode === 'DELETE';
  return {
    message: `Federated client jwt configuration is ${isDeleted ? 'deleted' : 'added'}`,
    trust: { ...before, federations: isDeleted ? others : [...others, federation] },
  };
}

function checkKeys(keys: readonly JsonObject[]): void {
  const names = keys.map(({ kid }) => kid);
  if (names.length === 0 || names.length > maximumKeys) {
    throw invalidClient(
      `Invalid private_key_jwt: jwk set is empty of exceeds to maximum of keys. max: + ${String(maximumKeys)}`,
    );
  }
  if (names.some((name) => typeof name !== 'string' || name === '')) {
    throw invalidClient('Invalid private_key_jwt: kid is required attribute');
  }
  if (new Set(names).size < names.length) {
    throw invalidClient('Invalid private_key_jwt: duplicate kid in JWKSet not allowed');
  }
}

function checkUri(uri: string): void {
  if (!URL.canParse(uri)) {
    throw invalidClient('Invalid private_key_jwt: jwks_uri must be an absolute URL');
  }
  const { protocol, hostname } = new URL(uri);
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw invalidClient('Invalid private_key_jwt: jwks_uri must be either using https or http');
  }
  if (protocol === 'http:' && !hostname.endsWith('localhost')) {
    throw invalidClient('Invalid private_key_jwt: jwks_uri with http is not on localhost');
  }
}
