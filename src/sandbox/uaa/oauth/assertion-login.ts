import type { JsonObject } from '../../body.js';
import type { SandboxRequest } from '../../router.js';
import { statusError } from '../errors.js';
import { formatIssuer, type Realm } from '../realm.js';
import { parseJwtPart } from './token-check.js';
import { loginError, recordLogon, type UserAuthentication } from './user-login.js';

/** @see RFC 7523 */
export const jwtBearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/**
 * Authenticates a user by an assertion. The sandbox accepts only tokens that it issued itself.
 *
 * @throws ErrorResponse 401 if the assertion is rejected, or 500 if no user matches, because the
 *   server cannot create users in its own store.
 * @see UAA 77 `ExternalOAuthAuthenticationManager`
 */
export async function authenticateByAssertion(
  request: SandboxRequest,
  fields: URLSearchParams,
  realm: Realm,
): Promise<UserAuthentication> {
  const { state, key } = realm;
  const assertion = fields.get('assertion');
  if (assertion === null) throw loginError('Assertion is missing');
  const claims = readClaims(assertion, realm);
  const origin = readOrigin(claims, realm);
  if (!(await key.verify(assertion))) {
    throw loginError('Could not verify token signature.', 'invalid_token');
  }
  if (Number(claims['exp']) * 1000 < state.now()) {
    throw loginError(`Token expired at ${String(claims['exp'])}`, 'invalid_token');
  }
  const user = state.users.findByName(String(claims['user_name']), origin);
  if (!user?.active) throw statusError(request, 500);
  return { user: recordLogon(state, user) };
}

function readClaims(assertion: string, { settings: { behaviour } }: Realm): JsonObject {
  if (assertion === '') throw loginError('Unable to decode expected id_token');
  const parts = assertion.split('.');
  const [header, claims] = parts.map((part) => parseJwtPart(part));
  if (parts.length === 3 && header && claims) return claims;
  throw loginError('Invalid token', behaviour.undecodableAssertionError);
}

/** Reads the origin of the user. No issuers other than the UAA itself are registered. */
function readOrigin({ iss, origin }: JsonObject, { settings }: Realm): string {
  if (typeof iss !== 'string' || iss === '') throw loginError('Issuer is missing in id_token');
  if (iss === formatIssuer(settings) && typeof origin === 'string') return origin;
  throw loginError(`Unable to map issuer, ${iss} , to a single registered provider`);
}
