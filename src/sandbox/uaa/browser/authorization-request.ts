import { createHash, randomBytes } from 'node:crypto';
import type { SandboxRequest, SandboxResponse } from '../../router.js';
import { readChallenge, validateChallenge } from '../oauth/pkce.js';
import { parseScope, resolveUserScopes } from '../oauth/scopes.js';
import { createTokenResponse, readGrantOptions } from '../oauth/token-response.js';
import type { Realm } from '../realm.js';
import type { AuthorizationRequest, Principal, ResponseTarget } from '../store/expiring.js';
import { acceptsProvider, type Client, type User } from '../store/identities.js';
import { redirect } from './pages.js';
import { addParameters, resolveRedirectUri } from './redirect-uri.js';

interface AuthorizationErrorDetails {
  /** Where to send the error; if absent, it is shown to the user. */
  readonly target?: ResponseTarget;
  /** Status of the page for the user (default: 400). */
  readonly status?: number;
}

/** An error that is sent to the client's redirect URI or shown to the user. */
export class AuthorizationError extends Error {
  readonly error: string;
  readonly details: AuthorizationErrorDetails;

  constructor(error: string, description: string, details: AuthorizationErrorDetails = {}) {
    super(description);
    this.error = error;
    this.details = details;
  }
}

/**
 * Parses and validates a request to `/oauth/authorize`.
 * @throws AuthorizationError
 * @see UAA 77 `UaaAuthorizationEndpoint`; RFC 6749, section 4.1.2.1
 */
export function parseAuthorizationRequest(
  fields: URLSearchParams,
  { user, authTime }: Principal,
  { state, settings: { behaviour } }: Realm,
): AuthorizationRequest {
  const id = fields.get('client_id');
  const client = state.clients.get(id ?? '');
  if (!client) {
    const description = `No client with requested id: ${id ?? 'null'}`;
    throw new AuthorizationError('invalid_client', description, { status: 401 });
  }
  checkIdentityProvider(client, user);
  const registered = resolveRedirectUri(fields.get('redirect_uri'), client);
  if ('problem' in registered) throw new AuthorizationError('invalid_grant', registered.problem);
  const responseTypes = new Set((fields.get('response_type') ?? '').split(/\s+/).filter(Boolean));
  const target = { redirectUri: registered.uri, responseTypes, state: fields.get('state') };
  const reject = (error: string, description: string) =>
    new AuthorizationError(error, description, { target });
  const groups = state.groups.findUserScopes(user.id);
  const resolved = resolveUserScopes(client, groups, parseScope(fields.get('scope')));
  if ('problem' in resolved) throw reject('invalid_scope', resolved.problem);
  if ([...responseTypes].some((type) => !['code', 'token', 'id_token'].includes(type))) {
    throw reject('unsupported_response_type', 'Unsupported response types');
  }
  if (responseTypes.size === 0) {
    throw reject('invalid_request', 'Missing response_type in authorization request');
  }
  const pkce = behaviour.hasPkce ? readChallenge(fields) : undefined;
  const problem = pkce && validateChallenge(pkce);
  if (problem !== undefined) throw new AuthorizationError('invalid_request', problem);
  return { client, user, authTime, fields, scope: resolved.scope, ...target };
}

function checkIdentityProvider(client: Client, { origin }: User): void {
  if (acceptsProvider(client, origin)) return;
  const description = 'The application is not authorized for your account.';
  throw new AuthorizationError('unauthorized_client', description, { status: 401 });
}

/**
 * Redirects to the client with a code in the query, or with tokens in the fragment.
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

/** Creates the requested tokens and, if requested, a code. */
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
  const options = readGrantOptions(fields);
  const { nonce } = options;
  const grant = { client, user, scope, authTime, grantType, ...options };
  const body = await createTokenResponse(realm, grant);
  const { access_token: accessToken, id_token: idToken, expires_in: expiresIn, jti } = body;
  const requested = parseScope(fields.get('scope'));
  const hasRequestedScope =
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
    ...(!hasRequestedScope && { scope: scope.join(' ') }),
    ...(nonce !== undefined && { nonce }),
    jti: String(jti),
    ...(fields.get('prompt') === 'none' && { session_state: createSessionState(redirectUri) }),
  };
}

/** Redirects to the client with an error. It is in the fragment if the client requested tokens. */
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
 * @see OpenID Connect Session Management 1.0, section 3
 */
export function createSessionState(redirectUri: string): string {
  const salt = randomBytes(32).toString('hex');
  const hash = createHash('sha256').update(`${redirectUri} ${salt}`).digest('hex');
  return `${hash}.${salt}`;
}
