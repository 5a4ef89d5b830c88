import type { JsonObject } from '../../json.js';
import { clientAuthError } from '../errors.js';
import { formatIssuer, type Realm } from '../realm.js';
import type { Client, ClientTrust } from '../store/identities.js';
import { fetchJwks, isWithinLifetime, verifySignature } from './public-keys.js';
import { parseJwtPart } from './token-check.js';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Whether a request contains a signed JWT that authenticates the client. */
export function hasClientAssertion(fields: URLSearchParams): boolean {
  return Boolean(fields.get('client_assertion') && fields.get('client_assertion_type'));
}

/**
 * Authenticates a client by a JWT that it signed with one of its keys (`private_key_jwt`).
 * @throws ErrorResponse 401 `invalid_client`.
 * @see RFC 7523, section 3; UAA 77 `JwtClientAuthentication`
 */
export async function authenticateByClientAssertion(
  fields: URLSearchParams,
  realm: Realm,
): Promise<Client> {
  const { state, settings } = realm;
  const reject = (text: string) => clientAuthError(text, settings.behaviour);
  const assertion = fields.get('client_assertion') ?? '';
  const parts = assertion.split('.');
  const [header, claims] = parts.map((part) => parseJwtPart(part));
  const isJwt = parts.length === 3 && header !== undefined && claims !== undefined;
  const subject = isJwt ? readSubject(claims) : undefined;
  const id = fields.get('client_id') ?? subject;
  if (id === undefined && !isJwt) throw reject('Bad client_assertion');
  const client = id === undefined ? undefined : state.clients.get(id);
  if (!client) throw reject('Bad credentials');
  if (fields.get('client_assertion_type') !== assertionType) {
    throw reject('Bad client_assertion type');
  }
  if (!isJwt) throw reject('Bad client_assertion');
  if (subject === undefined) throw reject('Bad credentials');
  if (subject !== client.id) throw reject('Wrong client_assertion');
  const keys = await readKeys(client.trust, settings.issuerCa).catch(() => {
    throw reject('Bad client_assertion');
  });
  if (/^(none|HS\d+)$/.test(String(header['alg']))) throw reject('Bad client_assertion algorithm');
  const result = await verifySignature(assertion, keys);
  if (result === 'noKey') throw reject('Untrusted client_assertion');
  const { aud } = claims;
  const isForServer = (Array.isArray(aud) ? aud : [aud]).includes(formatIssuer(settings));
  const isCurrent = isWithinLifetime(claims, state.now());
  if (result === 'invalid' || !isForServer || !isCurrent) {
    throw reject('Unauthorized client_assertion');
  }
  return client;
}

/** @returns the ID of the client; undefined if a required claim is missing or invalid. */
function readSubject({ iss, sub, jti, exp }: JsonObject): string | undefined {
  const isComplete = iss === sub && typeof jti === 'string' && typeof exp === 'number';
  return isComplete && typeof sub === 'string' ? sub : undefined;
}

/** @throws {Error} if the client has no keys, or its URL does not return any. */
async function readKeys(
  trust: ClientTrust | undefined,
  ca: string | undefined,
): Promise<readonly JsonObject[]> {
  if (trust?.keys) return trust.keys;
  if (trust?.uri === undefined) throw new Error('The client has no keys');
  return fetchJwks(trust.uri, { ca, skipsVerification: false });
}
