import { createHash, randomBytes } from 'node:crypto';
import type { SandboxRequest, SandboxResponse } from '../../router.js';
import { readChallenge } from '../oauth/pkce.js';
import { parseScope } from '../oauth/scopes.js';
import { createTokenResponse, parseTokenFormat } from '../oauth/token-response.js';
import type { Realm } from '../realm.js';
import type { AuthorizationRequest, ResponseTarget } from '../store/sessions.js';
import { AuthorizationError } from './authorization-request.js';
import { redirect } from './cookies.js';
import { addParameters } from './redirect-uri.js';

/**
 * Redirects to the client with a code in the query, or with tokens in the fragment.
 *
 * @param scope - the scopes that are approved, or that do not require consent.
 * @throws AuthorizationError if the client may not use the implicit grant, or no scopes are granted.
 */
export async function respondToClient(
  request: SandboxRequest,
  authorization: AuthorizationRequest,
  scope: readonly string[],
  realm: Realm,
): Promise<SandboxResponse> {
  const { redirectUri, responseTypes, state } = authorization;
  const common = state === null ? {} : { state };
  if (!responseTypes.has('token') && !responseTypes.has('id_token')) {
    const code = createCode(authorization, scope, realm);
    return redirect(request, addParameters(redirectUri, 'query', { code, ...common }));
  }
  const tokens = await createTokens(authorization, scope, realm);
  return redirect(request, addParameters(redirectUri, 'fragment', { ...tokens, ...common }));
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
    parameters: Object.fromEntries(fields),
    authTime,
    pkce: behaviour.hasPkce ? readChallenge(fields) : undefined,
  });
}

/** Creates the requested tokens, and a code if one was requested, too. */
async function createTokens(
  authorization: AuthorizationRequest,
  scope: readonly string[],
  realm: Realm,
): Promise<Readonly<Record<string, string>>> {
  const { client, user, authTime, fields, responseTypes, redirectUri } = authorization;
  const isImplicit = responseTypes.has('token') || responseTypes.size === 1;
  const grantType = isImplicit ? 'implicit' : 'authorization_code';
  const reject = (error: string, description: string) =>
    new AuthorizationError(error, description, { target: authorization });
  if (!client.grants.includes(grantType)) {
    throw reject('invalid_client', `Unauthorized grant type: ${grantType}`);
  }
  if (scope.length === 0) throw reject('invalid_token', 'No scopes were granted');
  const nonce = fields.get('nonce') ?? undefined;
  const grant = { client, user, scope, authTime, grantType, nonce, ...parseTokenFormat(fields) };
  const body = await createTokenResponse(realm, grant);
  const { access_token: accessToken, id_token: idToken, expires_in: expiresIn, jti } = body;
  const requested = parseScope(fields.get('scope'));
  const isRequestedScope =
    requested.length === scope.length && requested.every((name) => scope.includes(name));
  return {
    token_type: 'bearer',
    ...(responseTypes.has('token') && { access_token: String(accessToken) }),
    // The real server sends this text if the scopes do not include `openid`.
    ...(responseTypes.has('id_token') && {
      id_token: typeof idToken === 'string' ? idToken : 'null',
    }),
    ...(responseTypes.has('code') && { code: createCode(authorization, scope, realm) }),
    expires_in: String(expiresIn),
    ...(!isRequestedScope && { scope: scope.join(' ') }),
    ...(nonce !== undefined && { nonce }),
    jti: String(jti),
    ...(fields.get('prompt') === 'none' && { session_state: createSessionState(redirectUri) }),
  };
}

/** Redirects to the client with an error, in the fragment if it requested tokens. */
export function respondWithError(
  request: SandboxRequest,
  error: Readonly<Record<string, string>>,
  { redirectUri, responseTypes, state }: ResponseTarget,
): SandboxResponse {
  const isImplicit = responseTypes.has('token') || responseTypes.has('id_token');
  const place = isImplicit ? 'fragment' : 'query';
  const parameters = { ...error, ...(state !== null && { state }) };
  return redirect(request, addParameters(redirectUri, place, parameters));
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
