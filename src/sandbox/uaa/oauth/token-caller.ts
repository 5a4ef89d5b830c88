import { challenges, oauthError } from '../errors.js';
import { readParameters } from '../requests.js';
import type { ErrorResponse, SandboxRequest } from '../../router.js';
import { validateUserProvider } from './allowed-providers.js';
import { authenticateByAssertion, jwtBearerGrant, samlBearerGrant } from './assertion-grant.js';
import { authenticateCaller, insufficientScopeError } from './bearer.js';
import {
  authenticateClient,
  checkLoginHintEscapes,
  clientAuthError,
  readClientAuthMethod,
  type ClientAuthMethod,
} from './client-auth.js';
import { authenticateLoginServer, isLoginServerRequest } from './login-server.js';
import {
  authenticateByPasscode,
  authenticateForPasswordGrant,
  isPasscodeGrant,
  type UserAuthentication,
} from './password-grant.js';
import type { Realm } from '../realm.js';
import type { CheckedToken } from './token-check.js';
import { parseScope, resolveUserScopes } from './scopes.js';
import type { Client } from '../store/clients.js';

/** The client and user that authenticated a request to the token endpoint. */
export interface TokenCaller {
  /** The authenticated client, or the client of the bearer token. */
  readonly client: Client;
  /** The user whose credentials, assertion or bearer token the request contains. */
  readonly authentication?: UserAuthentication | undefined;
  /** Undefined if the client used a secret. */
  readonly clientAuthMethod?: ClientAuthMethod | undefined;
  /** How the client has authenticated. */
  readonly scheme: 'basic' | 'form' | 'bearer';
}

/**
 * Authenticates a request to the token endpoint, in the order of the real server's security filters:
 * by a bearer token, or the client and then the user. The client's grants are checked later.
 *
 * @throws ErrorResponse 401 or 403 if the authentication fails; 400 `invalid_scope`; 500 if the real
 *   server fails.
 * @see UAA 4.30.0 `oauth-endpoints.xml`
 */
export async function authenticateTokenCaller(
  request: SandboxRequest,
  realm: Realm,
): Promise<TokenCaller> {
  const fields = readParameters(request);
  if (hasBearerChain(request)) {
    return toTokenCaller(await authenticateCaller(request, realm), realm);
  }
  if (isLoginServerRequest(request, fields)) {
    const { client, authentication } = await authenticateLoginServer(request, realm);
    checkUserAccess(realm, client, authentication, fields, challenges.passcode);
    return { client, authentication, scheme: 'form' };
  }
  if (isBearerTokenRequest(request)) return authenticateBearerCaller(request, realm);
  return isPasscodeGrant(request, fields)
    ? authenticatePasscodeCaller(request, realm, fields)
    : authenticateClientCaller(request, realm, fields);
}

/** Whether the request is authenticated by a bearer token of a login server, a client or a user. */
export function isBearerTokenRequest(request: SandboxRequest): boolean {
  const fields = readParameters(request);
  if (isLoginServerRequest(request, fields)) return true;
  const isBearer = /^bearer\s/i.test(request.headers['authorization'] ?? '');
  return isBearer && fields.has('client_id') && !isPasscodeGrant(request, fields);
}

async function authenticateClientCaller(
  request: SandboxRequest,
  realm: Realm,
  fields: URLSearchParams,
): Promise<TokenCaller> {
  const client = authenticateClient(request, realm, { form: true });
  const authentication = await authenticateUserForGrant(request, realm, fields, client);
  if (!client) throw authentication ? missingClientError(challenges.client) : clientAuthError();
  if (authentication) checkUserAccess(realm, client, authentication, fields, challenges.client);
  const clientAuthMethod = readClientAuthMethod(request, realm);
  return { client, authentication, clientAuthMethod, scheme: readScheme(request) };
}

/**
 * Whether the security filters for revoking or listing tokens apply to a path. They require a bearer
 * token, and have already checked its scopes.
 */
function hasBearerChain({ path }: SandboxRequest): boolean {
  return /^\/oauth\/token\/(revoke|list)(\/|$)/.test(path);
}

async function authenticateBearerCaller(
  request: SandboxRequest,
  realm: Realm,
): Promise<TokenCaller> {
  const caller = await authenticateCaller(request, realm);
  const acceptedScopes = ['uaa.admin', 'uaa.user'];
  if (!acceptedScopes.some((name) => caller.scope.includes(name))) {
    throw insufficientScopeError(acceptedScopes);
  }
  return toTokenCaller(caller, realm);
}

function toTokenCaller({ client, user }: CheckedToken, { state }: Realm): TokenCaller {
  const authTime = Math.floor(state.now() / 1000);
  return { client, authentication: user && { user, authTime, methods: null }, scheme: 'bearer' };
}

function authenticatePasscodeCaller(
  request: SandboxRequest,
  realm: Realm,
  fields: URLSearchParams,
): TokenCaller {
  const client = authenticateClient(request, realm, { form: true });
  if (fields.get('grant_type') !== 'password') {
    if (!client) throw clientAuthError();
    return { client, scheme: readScheme(request) };
  }
  const authentication = authenticateByPasscode(request, fields, realm);
  if (!client) throw missingClientError(challenges.passcode);
  checkUserAccess(realm, client, authentication, fields, challenges.passcode);
  const clientAuthMethod = readClientAuthMethod(request, realm);
  return { client, authentication, clientAuthMethod, scheme: readScheme(request) };
}

/** Creates the error for a request that authenticates a user, but no client. */
function missingClientError(challenge: string): ErrorResponse {
  const description =
    'No client authentication found. Remember to put a filter upstream of the ' +
    'TokenEndpointAuthenticationFilter.';
  return oauthError(401, 'unauthorized', description, { challenge });
}

function readScheme({ headers }: SandboxRequest): 'basic' | 'form' {
  return headers['authorization'] ? 'basic' : 'form';
}

/** @returns undefined if the grant does not authenticate a user. */
async function authenticateUserForGrant(
  request: SandboxRequest,
  realm: Realm,
  fields: URLSearchParams,
  client: Client | undefined,
): Promise<UserAuthentication | undefined> {
  const grantType = fields.get('grant_type') ?? '';
  if (grantType === 'password') {
    checkLoginHintEscapes(request);
    return authenticateForPasswordGrant(fields, client, realm);
  }
  if (grantType === jwtBearerGrant || grantType === samlBearerGrant) {
    return authenticateByAssertion(request, realm, grantType);
  }
  return undefined;
}

/**
 * Checks that an authenticated user may use the client: the requested scopes, the required groups
 * and the identity provider.
 */
function checkUserAccess(
  { state }: Realm,
  client: Client,
  { user }: UserAuthentication,
  fields: URLSearchParams,
  challenge: string,
): void {
  const groups = state.groups.findUserScopes(user.id);
  const scope = resolveUserScopes(client, groups, parseScope(fields.get('scope')));
  if (typeof scope === 'string') throw oauthError(400, 'invalid_scope', scope, { challenge });
  const problem = validateUserProvider(client, user);
  if (problem !== undefined) throw oauthError(401, 'unauthorized_client', problem, { challenge });
}
