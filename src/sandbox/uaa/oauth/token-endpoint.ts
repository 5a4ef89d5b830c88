import {
  json,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { authenticateCaller, insufficientScopeError } from './bearer.js';
import { authenticateClient, clientAuthError } from './client-auth.js';
import type { Client } from '../store/clients.js';
import { grantByCode } from './code-grant.js';
import {
  badRequestError,
  challenges,
  methodNotAllowedError,
  oauthError,
  unauthorizedError,
} from './error.js';
import { readParameters } from '../servlet-container.js';
import {
  isPasscodeGrant,
  authenticateByPasscode,
  authenticateByPassword,
  type UserAuthentication,
} from './password-grant.js';
import { grantByRefreshToken } from './refresh-grant.js';
import {
  parseTokenFormat,
  createTokenResponse,
  createUserTokenResponse,
} from './token-response.js';
import type { Realm } from '../realm.js';
import { resolveUserScopes, parseScope } from './scopes.js';

/** Creates the route `/oauth/token`. Like the real server, it accepts GET as well as POST. */
export function tokenRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/oauth/token', async (request): Promise<SandboxResponse> => {
      await rejectBearerToken(request, realm);
      const body = await handleTokenRequest(request, realm);
      return json(200, body, { 'cache-control': 'no-store', pragma: 'no-cache' });
    }),
  ];
}

/** A request to the token endpoint after authentication. */
interface GrantInput {
  readonly realm: Realm;
  readonly client: Client;
  readonly fields: URLSearchParams;
  readonly grantType: string;
  /** Only in the password grant. */
  readonly authentication?: UserAuthentication;
}

/**
 * Rejects requests with a bearer token. The real server accepts them only for the `user_token`
 * grant, which the sandbox does not support.
 *
 * @throws ErrorResponse 403 `insufficient_scope`, or 401 if the token is invalid.
 */
async function rejectBearerToken(request: SandboxRequest, realm: Realm): Promise<void> {
  if (!/^bearer\s/i.test(request.headers['authorization'] ?? '')) return;
  await authenticateCaller(request, realm);
  throw insufficientScopeError(['uaa.admin', 'uaa.user']);
}

async function handleTokenRequest(
  request: SandboxRequest,
  realm: Realm,
): Promise<Record<string, unknown>> {
  const fields = readParameters(request);
  const grantType = fields.get('grant_type') ?? '';
  const isPasscode = grantType.startsWith('password') && isPasscodeGrant(request, fields);
  const client = authenticateClient(request, realm, { form: true });
  // Like the filters of the real server, authenticate the user before checking the client's grants.
  const authentication = isPasscode
    ? authenticateByPasscode(request, fields, realm.state)
    : grantType === 'password' && client
      ? authenticateByPassword(fields, realm)
      : undefined;
  if (!client) {
    throw clientAuthError(grantType === 'password' ? 'No client authentication found.' : undefined);
  }
  if (request.method !== 'POST' && request.method !== 'GET') {
    throw methodNotAllowedError(request);
  }
  const clientId = fields.get('client_id');
  if (clientId !== null && clientId !== client.id) {
    throw unauthorizedError(
      'invalid_client',
      'Given client ID does not match authenticated client',
    );
  }
  if (grantType === '') throw badRequestError('invalid_request', 'Missing grant type');
  if (grantType === 'implicit') throw badRequestError('invalid_grant', implicitNotSupported);
  const handleGrant = grantHandlers.get(grantType);
  if (!handleGrant) {
    throw badRequestError('unsupported_grant_type', `Unsupported grant type: ${grantType}`);
  }
  return handleGrant({
    realm,
    client,
    fields,
    grantType,
    ...(authentication && { authentication }),
  });
}

const implicitNotSupported = 'Implicit grant type not supported from token endpoint';

type GrantHandler = (input: GrantInput) => Promise<Record<string, unknown>>;

const grantHandlers: ReadonlyMap<string, GrantHandler> = new Map<string, GrantHandler>([
  ['authorization_code', handleCodeGrant],
  ['client_credentials', handleClientGrant],
  ['password', handlePasswordGrant],
  ['refresh_token', handleRefreshGrant],
]);

function handleCodeGrant({ realm, client, fields, grantType }: GrantInput) {
  checkGrantType(client, grantType);
  return grantByCode(realm, client, fields);
}

function handleClientGrant(input: GrantInput): Promise<Record<string, unknown>> {
  const { realm, client, fields, grantType } = input;
  const scope = resolveClientScopes(client, parseScope(fields.get('scope')));
  checkGrantType(client, grantType);
  return createTokenResponse(realm, { client, scope, grantType, ...parseTokenFormat(fields) });
}

function handleRefreshGrant({ realm, client, fields, grantType }: GrantInput) {
  checkGrantType(client, grantType);
  return grantByRefreshToken(realm, client, fields);
}

async function handlePasswordGrant(input: GrantInput): Promise<Record<string, unknown>> {
  const { realm, client, fields, grantType, authentication } = input;
  if (!authentication) throw clientAuthError();
  const names = realm.state.groups.findUserScopes(authentication.user.id);
  const challenge = authentication.isByPasscode ? challenges.passcode : challenges.client;
  const scope = resolveUserScopes(client, names, parseScope(fields.get('scope')));
  if (typeof scope === 'string') throw oauthError(400, 'invalid_scope', scope, { challenge });
  checkGrantType(client, grantType);
  const nonce = fields.get('nonce') ?? undefined;
  const grant = { ...authentication, client, scope, grantType, nonce, ...parseTokenFormat(fields) };
  return createUserTokenResponse(realm, grant);
}

function resolveClientScopes(client: Client, requested: readonly string[]): readonly string[] {
  const disallowedScope = requested.find((scope) => !client.authorities.includes(scope));
  if (disallowedScope === undefined) return requested.length > 0 ? requested : client.authorities;
  throw oauthError(400, 'invalid_scope', `Invalid scope: ${disallowedScope}`, {
    extra: { scope: client.authorities.join(' ') },
  });
}

function checkGrantType(client: Client, grantType: string): void {
  if (!client.grants.includes(grantType)) {
    throw unauthorizedError('invalid_client', `Unauthorized grant type: ${grantType}`);
  }
}
