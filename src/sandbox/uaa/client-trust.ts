import * as v from 'valibot';
import type { JsonObject } from '../json.js';
import { invalidClientError } from './client-validation.js';
import { parseJwks } from './oauth/public-keys.js';
import type { ClientTrust } from './store/identities.js';

/** How a request changes the secrets or the keys of a client. */
export const changeMode = v.picklist(['UPDATE', 'ADD', 'DELETE']);

/** A change to the keys of a client: a URL, or keys as JSON text. */
export const trustSchema = v.object({
  changeMode: v.optional(changeMode, 'ADD'),
  jwks: v.nullish(v.string()),
  jwks_uri: v.nullish(v.string()),
  kid: v.nullish(v.string()),
});

type TrustChange = v.InferOutput<typeof trustSchema>;

/** @throws ErrorResponse 400 `invalid_client`. */
export function changeTrust(
  stored: ClientTrust | undefined,
  { changeMode: mode, jwks, jwks_uri: uri, kid }: TrustChange,
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

/** @param deleted - the ID of a key, the URL of the keys, or `*` for everything. */
function deleteTrust({ uri, keys }: ClientTrust, deleted: string): ClientTrust | undefined {
  if (deleted === '*' || deleted === uri) return undefined;
  const remaining = keys?.filter(({ kid }) => kid !== deleted);
  return remaining?.length === 0 ? undefined : { uri, keys: remaining };
}

/**
 * Combines stored and added keys. A client cannot have both a URL and keys, or two keys with the same
 * ID. In these cases, `UPDATE` replaces the stored value, and `ADD` keeps it.
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

/** The members of public keys. Other members, such as the parts of a private key, are not stored. */
const publicMembers = ['kty', 'kid', 'alg', 'use', 'n', 'e', 'crv', 'x', 'y'];

/** Parses a JSON Web Key, or a set of them. Like the real server, ignores Ed25519 keys. */
function parseKeys(text: string): NonNullable<ClientTrust['keys']> {
  const parsed = parseJwks(text);
  if (!parsed) throw invalidClientError('Client jwt configuration cannot be parsed');
  const keys = parsed.filter(({ kty }) => kty === 'RSA' || kty === 'EC').map(selectPublicMembers);
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

function selectPublicMembers(key: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(key).filter(([name]) => publicMembers.includes(name)));
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
