import type { SandboxRequest } from '../../router.js';
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
import { challenges, oauthError } from './error.js';
import { authenticateLoginServer, isLoginServerRequest } from './login-server.js';
import {
  authenticateByPasscode,
  authenticateForPasswordGrant,
  isPasscodeGrant,
  type UserAuthentication,
} from './password-grant.js';
import type { Realm } from '../realm.js';
import { parseScope, resolveUserScopes } from './scopes.js';
import { readParameters } from '../servlet-container.js';
import type { Client } from '../store/clients.js';

/** Who sends a request to the token endpoint. */
export interface TokenCaller {
  /** The authenticated client, or the client of the bearer token. */
  readonly client: Client;
  /** The user whose credentials, assertion or bearer token the request contains. */
  readonly authentication?: UserAuthentication | undefined;
  /** Undefined if the client has a secret. */
  readonly clientAuthMethod?: ClientAuthMethod | undefined;
  /** Whether the request is authenticated by a bearer token. */
  readonly isBearer: boolean;
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
  if (isLoginServerRequest(request, fields)) {
    const { client, authentication } = await authenticateLoginServer(request, realm);
    checkUserAccess(realm, client, authentication, fields, challenges.passcode);
    return { client, authentication, isBearer: false };
  }
  if (isPasscodeGrant(request, fields)) return authenticatePasscodeCaller(request, realm, fields);
  const isBearer = /^bearer\s/i.test(request.headers['authorization'] ?? '');
  if (isBearer && fields.has('client_id')) return authenticateBearerCaller(request, realm);
  const client = authenticateClient(request, realm, { form: true });
  const authentication = await authenticateUserOf(request, realm, fields, client);
  if (!client) throw clientAuthError();
  if (authentication) checkUserAccess(realm, client, authentication, fields, challenges.client);
  const clientAuthMethod = readClientAuthMethod(request, realm);
  return { client, authentication, clientAuthMethod, isBearer: false };
}

async function authenticateBearerCaller(
  request: SandboxRequest,
  realm: Realm,
): Promise<TokenCaller> {
  const { client, user, scope } = await authenticateCaller(request, realm);
  const acceptedScopes = ['uaa.admin', 'uaa.user'];
  if (!acceptedScopes.some((name) => scope.includes(name))) {
    throw insufficientScopeError(acceptedScopes);
  }
  const authTime = Math.floor(realm.state.now() / 1000);
  const authentication = user && { user, authTime, methods: null };
  return { client, authentication, isBearer: true };
}

function authenticatePasscodeCaller(
  request: SandboxRequest,
  realm: Realm,
  fields: URLSearchParams,
): TokenCaller {
  const client = authenticateClient(request, realm, { form: true });
  if (fields.get('grant_type') !== 'password') {
    if (!client) throw clientAuthError();
    return { client, isBearer: false };
  }
  const authentication = authenticateByPasscode(request, fields, realm);
  if (!client) {
    throw oauthError(401, 'unauthorized', missingClientText, { challenge: challenges.passcode });
  }
  checkUserAccess(realm, client, authentication, fields, challenges.passcode);
  const clientAuthMethod = readClientAuthMethod(request, realm);
  return { client, authentication, clientAuthMethod, isBearer: false };
}

const missingClientText =
  'No client authentication found. Remember to put a filter upstream of the ' +
  'TokenEndpointAuthenticationFilter.';

async function authenticateUserOf(
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
