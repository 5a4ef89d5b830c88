import { challenges, oauthError, statusError } from '../errors.js';
import { readParameters } from '../requests.js';
import { randomBytes } from 'node:crypto';
import { ErrorResponse, type SandboxRequest } from '../../router.js';
import { formatSessionCookie } from '../browser/cookies.js';
import type { UserAuthentication } from './password-grant.js';
import { formatIssuer, type Realm } from '../realm.js';
import { parseJwtPart, readNumberClaim, readTextClaim, type Claims } from './token-check.js';
import { recordLogon } from './user-authentication.js';

/** @see RFC 7523 */
export const jwtBearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** @see RFC 7522 */
export const samlBearerGrant = 'urn:ietf:params:oauth:grant-type:saml2-bearer';

/**
 * Authenticates a user with an assertion. The sandbox has no other identity providers, so it accepts
 * only tokens that it issued itself, and no SAML assertion.
 *
 * @throws ErrorResponse 401 if the assertion is rejected, or 500 if the real server fails.
 * @see UAA 4.30.0 `BackwardsCompatibleTokenEndpointAuthenticationFilter`
 */
export async function authenticateByAssertion(
  request: SandboxRequest,
  realm: Realm,
  grantType: string,
): Promise<UserAuthentication> {
  const assertion = readParameters(request).get('assertion');
  if (grantType === samlBearerGrant) throw samlAssertionError(assertion);
  if (assertion === null) throw assertionError('Assertion is missing');
  const claims = decodeAssertion(assertion);
  const origin = readOrigin(request, claims, realm);
  if (!(await realm.key.verify(assertion))) {
    throw assertionError('Could not verify token signature.', 'invalid_token');
  }
  const expiresAt = readNumberClaim(claims, 'exp') ?? 0;
  if (Math.floor(realm.state.now() / 1000) > expiresAt) {
    throw assertionError(`Token expired at ${String(expiresAt)}`, 'invalid_token');
  }
  // The real server searches for a user by name (the subject) or email address. It fails if no user
  // matches, because it cannot create users in its own store.
  const { users } = realm.state;
  const email = readTextClaim(claims, 'email')?.toLowerCase();
  const user =
    users.findByName(readTextClaim(claims, 'sub') ?? '', origin) ??
    users.all().find((item) => item.origin === origin && item.email.toLowerCase() === email);
  if (!user?.active) throw statusError(request, 500);
  return { user: recordLogon(realm.state, user), methods: null };
}

function samlAssertionError(assertion: string | null): ErrorResponse {
  if (assertion === null) return assertionError('SAML Assertion is missing');
  const { response } = assertionError('Error decoding incoming SAML message');
  // The SAML filter creates a session, which has no other effect.
  const headers = { ...response.headers, 'set-cookie': formatSessionCookie(createSessionId()) };
  return new ErrorResponse({ ...response, headers });
}

function createSessionId(): string {
  return randomBytes(16).toString('hex').toUpperCase();
}

function decodeAssertion(assertion: string): Claims {
  const parts = assertion.split('.');
  const [header, claims] = parts.map((part) => parseJwtPart(part));
  if (!/^[\w.=-]*$/.test(assertion) || parts.length !== 3 || !header || !claims) {
    throw assertionError('Unable to decode expected id_token');
  }
  return claims;
}

/** Reads the origin of the user. No issuers other than the UAA itself are registered. */
function readOrigin(request: SandboxRequest, claims: Claims, { settings }: Realm): string {
  const issuer = claims['iss'] ?? '';
  if (typeof issuer !== 'string') throw statusError(request, 500);
  if (issuer === '') throw assertionError('Issuer is missing in id_token');
  const origin = readTextClaim(claims, 'origin');
  if (issuer === formatIssuer(settings) && origin) return origin;
  throw assertionError(`Unable to map issuer, ${issuer} , to a single registered provider`);
}

function assertionError(description: string, error = 'unauthorized'): ErrorResponse {
  return oauthError(401, error, description, { challenge: challenges.client });
}
