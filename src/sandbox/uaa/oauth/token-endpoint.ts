import { json, route, type Route } from '../../router.js';
import {
  badRequestError,
  challenges,
  methodNotAllowedError,
  oauthError,
  unauthorizedError,
} from '../errors.js';
import type { Realm } from '../realm.js';
import { readParameters } from '../requests.js';
import type { Client } from '../store/clients.js';
import { authenticateByAssertion, jwtBearerGrant } from './assertion-login.js';
import {
  authenticateTokenClient,
  checkGrantType,
  type AuthenticatedClient,
  type TokenRequest,
} from './client-auth.js';
import { checkVerifier, checkVerifierFormat } from './pkce.js';
import { grantByRefreshToken } from './refresh-grant.js';
import { parseScope } from './scopes.js';
import {
  createTokenResponse,
  createUserTokenResponse,
  readGrantOptions,
  type TokenResponse,
} from './token-response.js';
import {
  authenticateByPasscode,
  authenticateByPassword,
  checkUserAccess,
  hasPasscode,
  type UserAuthentication,
} from './user-login.js';

type GrantHandler = (request: TokenRequest) => Promise<TokenResponse>;

/**
 * Creates the route `/oauth/token`.
 *
 * @see RFC 6749, sections 4 to 6
 */
export function tokenRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/oauth/token', async (request) => {
      const authenticated = authenticateTokenClient(request, realm);
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

const grants: ReadonlyMap<string, GrantHandler> = new Map<string, GrantHandler>([
  ['authorization_code', grantByCode],
  ['client_credentials', grantToClient],
  ['password', grantByPassword],
  ['refresh_token', grantByRefreshToken],
  [jwtBearerGrant, grantByAssertion],
]);

const otherGrants = ['user_token', 'urn:ietf:params:oauth:grant-type:saml2-bearer'];

function findGrant(fields: URLSearchParams, client: Client, realm: Realm): GrantHandler {
  const { settings } = realm;
  const grantType = fields.get('grant_type') ?? '';
  if (grantType.trim() === '') throw badRequestError('invalid_request', 'Missing grant type');
  const grant = grants.get(grantType);
  if (grant) return grant;
  if (grantType === 'implicit') {
    const description = 'Implicit grant type not supported from token endpoint';
    throw badRequestError('invalid_grant', description);
  }
  // The sandbox does not have these two grants, but reports whether the client may use them.
  if (otherGrants.includes(grantType)) checkGrantType(client, grantType, realm);
  const value = settings.behaviour.namesRefusedValues ? `: ${grantType}` : '';
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
  challenge: string = challenges.client,
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
 *
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
  // Parameters of this request replace those of the authorization request.
  const all = new URLSearchParams({ ...parameters, ...Object.fromEntries(fields) });
  const options = readOptions({ ...request, fields: all });
  return createUserTokenResponse(realm, { ...options, user, scope, authTime });
}
