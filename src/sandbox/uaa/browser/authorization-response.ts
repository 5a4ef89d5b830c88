import { createHash, randomBytes } from 'node:crypto';
import { empty, type SandboxResponse } from '../../router.js';
import type { AuthorizationRequest } from './authorization-request.js';
import { createErrorLocation, noStore } from './authorization-location.js';
import { readChallenge } from '../oauth/pkce.js';
import { parseScope } from '../oauth/scopes.js';
import type { Realm } from '../realm.js';
import { addFragment, addQuery, checkEncoding, formatResponse } from './redirect-uri.js';
import { parseTokenFormat, createTokenResponse } from '../oauth/token-response.js';

/**
 * Creates the redirect to the client.
 *
 * @param scope - the scopes that are approved, or that do not require consent.
 * @throws InvalidUriError
 */
export async function createAuthorizationResponse(
  authorization: AuthorizationRequest,
  scope: readonly string[],
  realm: Realm,
): Promise<SandboxResponse> {
  const { fields, redirectUri, responseTypes } = authorization;
  checkEncoding(redirectUri);
  if (responseTypes.has('token') || responseTypes.has('id_token')) {
    const location = await createImplicitLocation(authorization, scope, realm);
    return empty(302, { location, ...noStore });
  }
  const state = fields.get('state');
  const code = createCode(authorization, scope, realm);
  const response = formatResponse({ code, ...(state !== null && { state }) });
  return empty(302, { location: addQuery(redirectUri, response), ...noStore });
}

function createCode(
  { client, user, fields, redirectUri, authTime }: AuthorizationRequest,
  scope: readonly string[],
  { state, settings: { behaviour } }: Realm,
): string {
  return state.codes.create({
    clientId: client.id,
    userId: user.id,
    scope,
    redirectUri,
    parameters: Object.fromEntries([...fields].reverse()),
    authTime,
    pkce: behaviour.hasPkce ? readChallenge(fields) : undefined,
  });
}

/** Creates the redirect with tokens in the fragment, and a code if one was requested. */
async function createImplicitLocation(
  authorization: AuthorizationRequest,
  scope: readonly string[],
  realm: Realm,
): Promise<string> {
  const { client, user, fields, responseTypes, redirectUri, authTime } = authorization;
  const isImplicit = responseTypes.has('token') || responseTypes.size === 1;
  const grantType = isImplicit ? 'implicit' : 'authorization_code';
  const createError = (error: string, message: string) =>
    createErrorLocation({ error, message }, authorization, true);
  if (!client.grants.includes(grantType)) {
    return createError('invalid_client', `Unauthorized grant type: ${grantType}`);
  }
  if (scope.length === 0) return createError('invalid_token', 'No scopes were granted');
  const body = await createTokenResponse(realm, {
    ...{ client, user, scope, authTime, grantType },
    nonce: fields.get('nonce') ?? undefined,
    ...parseTokenFormat(fields),
  });
  const { access_token: accessToken, id_token: idToken = 'null', nonce, jti } = body;
  const state = fields.get('state');
  const response = {
    token_type: 'bearer',
    ...(responseTypes.has('token') && { access_token: accessToken }),
    ...(responseTypes.has('id_token') && { id_token: idToken }),
    ...(responseTypes.has('code') && { code: createCode(authorization, scope, realm) }),
    ...(state !== null && { state }),
    expires_in: body['expires_in'],
    // RFC 6749, section 4.2.2 allows the scope to be omitted if it equals the requested scope.
    ...(!isRequestedScope(fields, scope) && { scope: scope.join(' ') }),
    ...(nonce !== undefined && { nonce }),
    jti,
    ...(fields.get('prompt') === 'none' && { session_state: createSessionState(redirectUri) }),
  };
  const texts = Object.entries(response).map(([name, value]) => [name, String(value)] as const);
  return addFragment(redirectUri, formatResponse(Object.fromEntries(texts)));
}

function isRequestedScope(fields: URLSearchParams, scope: readonly string[]): boolean {
  const requested = parseScope(fields.get('scope'));
  return requested.length === scope.length && requested.every((name) => scope.includes(name));
}

/**
 * Creates the value that lets clients detect that the user's session has changed.
 *
 * @see OpenID Connect Session Management 1.0, section 3
 */
export function createSessionState(redirectUri: string): string {
  const salt = randomBytes(32).toString('hex');
  const hash = createHash('sha256').update(`${redirectUri} ${salt}`).digest('hex');
  return `${hash}.${salt}`;
}
