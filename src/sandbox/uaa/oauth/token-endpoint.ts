import { json, route, type Route } from '../../router.js';
import {
  badRequestError,
  challenges,
  methodNotAllowedError,
  oauthError,
  unauthorizedError,
  type Challenge,
} from '../errors.js';
import type { Realm } from '../realm.js';
import { readParameters } from '../requests.js';
import type { Client } from '../store/identities.js';
import { authenticateByAssertion } from './assertion-login.js';
import {
  authenticateTokenClient,
  checkGrantType,
  type AuthenticatedClient,
  type TokenRequest,
} from './client-auth.js';
import { checkVerifier, checkVerifierFormat } from './pkce.js';
import { parseScope } from './scopes.js';
import {
  checkToken,
  createRevocationSignatures,
  describeUnapprovedScopes,
  InvalidTokenError,
  type CheckedToken,
} from './token-check.js';
import {
  createTokenId,
  createTokenResponse,
  createUserTokenResponse,
  readGrantOptions,
  storeToken,
  type TokenResponse,
  type UserGrant,
} from './token-response.js';
import {
  authenticateByPasscode,
  authenticateByPassword,
  checkUserAccess,
  hasPasscode,
  jwtBearerGrant,
  saml2BearerGrant,
  type UserAuthentication,
} from './user-login.js';

type GrantHandler = (request: TokenRequest) => Promise<TokenResponse>;

/** Creates the route `/oauth/token`. @see RFC 6749, sections 4 to 6 */
export function createTokenRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/oauth/token', async (request) => {
      const authenticated = await authenticateTokenClient(request, realm);
      if (!['GET', 'POST'].includes(request.method)) throw methodNotAllowedError(request);
      const fields = readParameters(request);
      checkClientId(fields, authenticated);
      const grant = findGrant(fields, authenticated.client, realm);
      const body = await grant({ ...authenticated, realm, request, fields });
      return json(200, body, { pragma: 'no-cache' });
    }),
  ];
}

function checkClientId(fields: URLSearchParams, { client }: AuthenticatedClient): void {
  const id = fields.get('client_id');
  if (id === null || id === client.id) return;
  throw unauthorizedError('invalid_client', 'Given client ID does not match authenticated client');
}

const grantHandlers: ReadonlyMap<string, GrantHandler> = new Map<string, GrantHandler>([
  ['authorization_code', grantByCode],
  ['client_credentials', grantToClient],
  ['password', grantByPassword],
  ['refresh_token', grantByRefreshToken],
  [jwtBearerGrant, grantByAssertion],
]);

const unsupportedGrants = ['user_token', saml2BearerGrant];

function findGrant(fields: URLSearchParams, client: Client, realm: Realm): GrantHandler {
  const { settings } = realm;
  const grantType = fields.get('grant_type') ?? '';
  if (grantType.trim() === '') throw badRequestError('invalid_request', 'Missing grant type');
  const grant = grantHandlers.get(grantType);
  if (grant) return grant;
  if (grantType === 'implicit') {
    const description = 'Implicit grant type not supported from token endpoint';
    throw badRequestError('invalid_grant', description);
  }
  // The sandbox does not support these grants, but reports whether the client may use them.
  if (unsupportedGrants.includes(grantType)) checkGrantType(client, grantType, realm);
  const value = settings.behaviour.namesRefusedGrantType ? `: ${grantType}` : '';
  throw badRequestError('unsupported_grant_type', `Unsupported grant type${value}`);
}

function grantToClient(request: TokenRequest): Promise<TokenResponse> {
  const { realm, client, fields } = request;
  const requested = parseScope(fields.get('scope'));
  const disallowedScope = requested.find((scope) => !client.authorities.includes(scope));
  if (disallowedScope !== undefined) {
    throw oauthError(400, 'invalid_scope', `Invalid scope: ${disallowedScope}`, {
      extra: { scope: client.authorities.join(' ') },
    });
  }
  checkGrantType(client, 'client_credentials', realm);
  const scope = requested.length > 0 ? requested : client.authorities;
  return createTokenResponse(realm, { ...readOptions(request), scope });
}

function grantByPassword(request: TokenRequest): Promise<TokenResponse> {
  const { realm, fields } = request;
  return hasPasscode(request.request, fields)
    ? grantToUser(request, authenticateByPasscode(fields, realm), challenges.passcode)
    : grantToUser(request, authenticateByPassword(fields, realm));
}

async function grantByAssertion(request: TokenRequest): Promise<TokenResponse> {
  const { realm, fields } = request;
  return grantToUser(request, await authenticateByAssertion(request.request, fields, realm));
}

/** Checks the grant type of the client last, like the real server. */
function grantToUser(
  request: TokenRequest,
  authentication: UserAuthentication,
  challenge: Challenge = challenges.client,
): Promise<TokenResponse> {
  const { realm, client, fields } = request;
  const scope = checkUserAccess(realm, client, authentication.user, fields, challenge);
  const options = readOptions(request);
  checkGrantType(client, options.grantType, realm);
  return createUserTokenResponse(realm, { ...options, ...authentication, scope });
}

function readOptions({ client, clientAuthMethod, fields }: TokenRequest) {
  const grantType = fields.get('grant_type') ?? '';
  return { client, clientAuthMethod, grantType, ...readGrantOptions(fields) };
}

/**
 * Exchanges an authorization code for tokens. The code becomes invalid even if the request fails.
 * @throws ErrorResponse 400 `invalid_request`, `invalid_grant`; 401 `invalid_client`,
 *   `invalid_token`.
 * @see RFC 6749, section 4.1.3
 */
async function grantByCode(request: TokenRequest): Promise<TokenResponse> {
  const { realm, client, fields } = request;
  const { state, settings } = realm;
  checkGrantType(client, 'authorization_code', realm);
  const code = fields.get('code');
  if (code === null) {
    throw badRequestError('invalid_request', 'An authorization code must be supplied.');
  }
  const { hasPkce } = settings.behaviour;
  const verifier = hasPkce ? fields.get('code_verifier') : null;
  checkVerifierFormat(verifier);
  const authorization = state.codes.redeem(code);
  if (!authorization) {
    throw badRequestError('invalid_grant', `Invalid authorization code: ${code}`);
  }
  if (hasPkce) {
    const isPublicClient = client.information['allowpublic'] === true;
    checkVerifier(authorization.pkce, verifier, isPublicClient);
  }
  const redirectUri = fields.get('redirect_uri');
  const isRedirectGiven = redirectUri !== null || 'redirect_uri' in authorization.parameters;
  if (isRedirectGiven && authorization.redirectUri !== redirectUri) {
    throw badRequestError('invalid_grant', 'Redirect URI mismatch.');
  }
  if (authorization.clientId !== client.id) {
    throw unauthorizedError('invalid_client', 'Client ID mismatch');
  }
  const user = state.users.get(authorization.userId);
  if (!user?.active) throw unauthorizedError('unauthorized', authorization.userId);
  const { scope, authTime, parameters } = authorization;
  // Parameters of this request override the parameters of the authorization request.
  const all = new URLSearchParams({ ...parameters, ...Object.fromEntries(fields) });
  const options = readOptions({ ...request, fields: all });
  return createUserTokenResponse(realm, { ...options, user, scope, authTime });
}

/**
 * Exchanges a refresh token for an access token. The response contains the same refresh token, as a
 * JWT or as its ID, depending on the requested format. With rotation, it contains a new refresh
 * token, and the old one becomes invalid.
 * @throws ErrorResponse 401 `invalid_token`; 400 `invalid_request`, `invalid_grant`,
 *   `invalid_scope`.
 */
async function grantByRefreshToken({
  realm,
  client,
  fields,
  clientAuthMethod,
}: TokenRequest): Promise<TokenResponse> {
  const value = fields.get('refresh_token');
  if (!value) throw badRequestError('invalid_request', 'refresh_token parameter not provided');
  checkGrantType(client, 'refresh_token', realm);
  const token = await checkToken(value, 'refresh', realm).catch((error: unknown) => {
    throw error instanceof InvalidTokenError ? invalidTokenError(error.message) : error;
  });
  const { user, claims } = token;
  if (!user) throw invalidTokenError('Invalid refresh token.');
  if (token.client.id !== client.id) {
    const description = `Wrong client for this refresh token: ${token.client.id}`;
    throw badRequestError('invalid_grant', description);
  }
  if (token.expiresAt < realm.state.now()) {
    const time = new Date(token.expiresAt).toUTCString();
    throw invalidTokenError(`Invalid refresh token expired at ${time}`);
  }
  const scope = narrowScope(token.scope, parseScope(fields.get('scope')));
  const unapproved = describeUnapprovedScopes(token, scope, realm.state);
  if (unapproved !== undefined) throw invalidTokenError(unapproved);
  // Unlike an access token, a refresh token is only valid with the newest secret of the client.
  if (claims.rev_sig !== createRevocationSignatures(client, user)[0]) {
    throw invalidTokenError('Invalid refresh token: revocable signature mismatch');
  }
  const isPublic = clientAuthMethod === 'none';
  if (isPublic && claims.client_auth_method !== 'none') {
    throw invalidTokenError('Refresh without client authentication not allowed.');
  }
  const isOpaque = fields.get('token_format') === 'opaque';
  const grant: UserGrant = {
    client,
    user,
    scope,
    clientAuthMethod,
    isOpaque,
    grantType: claims.grant_type,
    authTime: claims.auth_time,
    methods: claims.amr ?? [],
    audience: claims.aud,
    isRevocable: isOpaque || claims.revocable === true,
  };
  // A public client can use each of its refresh tokens only once.
  const refreshToken =
    realm.settings.rotateRefresh || isPublic
      ? await rotateRefreshToken(realm, token, grant)
      : reuseRefreshToken(realm, token, grant);
  return createTokenResponse(realm, grant, refreshToken);
}

function invalidTokenError(description: string): Error {
  return unauthorizedError('invalid_token', description);
}

function narrowScope(granted: readonly string[], requested: readonly string[]): readonly string[] {
  if (requested.length === 0) return granted;
  if (requested.every((scope) => granted.includes(scope))) return requested;
  const names = requested.join(', ');
  const description = `Unable to narrow the scope of the client authentication to [${names}].`;
  throw oauthError(400, 'invalid_scope', description, { extra: { scope: granted.join(' ') } });
}

/**
 * Replaces a refresh token. The old one is deleted before the first await, so that only one of two
 * concurrent requests succeeds.
 * @throws ErrorResponse 401 if the old token has already been deleted.
 */
async function rotateRefreshToken(
  realm: Realm,
  { id: oldId, claims, scope, expiresAt }: CheckedToken,
  grant: UserGrant,
): Promise<string> {
  if (!realm.state.tokens.delete(oldId)) {
    throw invalidTokenError(`The token has been revoked: ${oldId}`);
  }
  const id = `${createTokenId()}-r`;
  const value = await realm.key.sign({ ...claims, jti: id });
  storeToken(realm, { ...grant, scope }, { id, responseType: 'REFRESH_TOKEN', expiresAt, value });
  return grant.isOpaque || realm.settings.behaviour.hasOpaqueRefreshTokens ? id : value;
}

function reuseRefreshToken(
  realm: Realm,
  { id, jwt, scope, expiresAt }: CheckedToken,
  grant: UserGrant,
): string {
  if (!grant.isOpaque && !realm.settings.behaviour.hasOpaqueRefreshTokens) return jwt;
  const token = { id, responseType: 'REFRESH_TOKEN', expiresAt, value: jwt } as const;
  if (!realm.state.tokens.get(id)) storeToken(realm, { ...grant, scope }, token);
  return id;
}
