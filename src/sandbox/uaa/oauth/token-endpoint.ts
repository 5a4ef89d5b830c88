import {
  json,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { bearerCaller, insufficientScope } from './bearer.js';
import { authenticateClient, clientMissing } from './client-auth.js';
import type { Client } from '../store/clients.js';
import { codeGrant } from './code-grant.js';
import { badRequest, challenges, methodNotAllowed, oauthError, unauthorized } from './error.js';
import { parameters } from '../container.js';
import { isPasscodeGrant, passcodeUser, passwordUser, type GrantedUser } from './password-grant.js';
import { refreshGrant } from './refresh-grant.js';
import { formatOf, tokenResponse, userTokenResponse } from './token-issue.js';
import type { Realm } from '../realm.js';
import { grantedScopes, parseScope } from './scopes.js';

/** `POST /oauth/token`, and GET, which this server allows. */
export function tokenRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/oauth/token', async (request): Promise<SandboxResponse> => {
      await rejectBearer(request, realm);
      const body = await grantToken(request, realm);
      return json(200, body, { 'cache-control': 'no-store', pragma: 'no-cache' });
    }),
  ];
}

/** A request to the token endpoint. */
interface GrantInput {
  readonly realm: Realm;
  readonly client: Client;
  readonly fields: URLSearchParams;
  readonly grantType: string;
  readonly user?: GrantedUser;
}

/** A bearer token on this route belongs to the `user_token` grant, which needs `uaa.user`. */
async function rejectBearer(request: SandboxRequest, realm: Realm): Promise<void> {
  if (!/^bearer\s/i.test(request.headers['authorization'] ?? '')) return;
  await bearerCaller(request, realm);
  throw insufficientScope(['uaa.admin', 'uaa.user']);
}

async function grantToken(request: SandboxRequest, realm: Realm): Promise<Record<string, unknown>> {
  const fields = parameters(request);
  const grantType = fields.get('grant_type') ?? '';
  const passcode = grantType.startsWith('password') && isPasscodeGrant(request, fields);
  const client = authenticateClient(request, realm, { form: true });
  // The user is checked before the client's rights, as in the real filters.
  const user = passcode
    ? passcodeUser(request, fields, realm.state)
    : grantType === 'password' && client
      ? passwordUser(fields, realm)
      : undefined;
  if (!client) {
    throw clientMissing(grantType === 'password' ? 'No client authentication found.' : undefined);
  }
  if (request.method !== 'POST' && request.method !== 'GET') {
    throw methodNotAllowed(request);
  }
  const named = fields.get('client_id');
  if (named !== null && named !== client.id) {
    throw unauthorized('invalid_client', 'Given client ID does not match authenticated client');
  }
  if (grantType === '') throw badRequest('invalid_request', 'Missing grant type');
  if (grantType === 'implicit') throw badRequest('invalid_grant', noImplicit);
  const issue = grants.get(grantType);
  if (!issue) throw badRequest('unsupported_grant_type', `Unsupported grant type: ${grantType}`);
  return issue({ realm, client, fields, grantType, ...(user && { user }) });
}

const noImplicit = 'Implicit grant type not supported from token endpoint';

type GrantHandler = (input: GrantInput) => Promise<Record<string, unknown>>;

const grants: ReadonlyMap<string, GrantHandler> = new Map<string, GrantHandler>([
  ['authorization_code', redeemCode],
  ['client_credentials', clientGrant],
  ['password', userGrant],
  ['refresh_token', refresh],
]);

function redeemCode({ realm, client, fields, grantType }: GrantInput) {
  checkGrantType(client, grantType);
  return codeGrant(realm, client, fields);
}

function clientGrant(input: GrantInput): Promise<Record<string, unknown>> {
  const { realm, client, fields, grantType } = input;
  const scope = clientScopes(client, parseScope(fields.get('scope')));
  checkGrantType(client, grantType);
  return tokenResponse(realm, { client, scope, grantType, ...formatOf(fields) });
}

function refresh({ realm, client, fields, grantType }: GrantInput) {
  checkGrantType(client, grantType);
  return refreshGrant(realm, client, fields);
}

async function userGrant(input: GrantInput): Promise<Record<string, unknown>> {
  const { realm, client, fields, grantType, user: granted } = input;
  if (!granted) throw clientMissing();
  const names = realm.state.groups.namesOfUser(granted.user.id);
  const challenge = granted.byPasscode ? challenges.passcode : challenges.client;
  const scope = grantedScopes(client, names, parseScope(fields.get('scope')));
  if (typeof scope === 'string') throw oauthError(400, 'invalid_scope', scope, { challenge });
  checkGrantType(client, grantType);
  const nonce = fields.get('nonce') ?? undefined;
  const grant = { ...granted, client, scope, grantType, nonce, ...formatOf(fields) };
  return userTokenResponse(realm, grant);
}

function clientScopes(client: Client, requested: readonly string[]): readonly string[] {
  const foreign = requested.find((scope) => !client.authorities.includes(scope));
  if (foreign === undefined) return requested.length > 0 ? requested : client.authorities;
  throw oauthError(400, 'invalid_scope', `Invalid scope: ${foreign}`, {
    extra: { scope: client.authorities.join(' ') },
  });
}

function checkGrantType(client: Client, grantType: string): void {
  if (!client.grants.includes(grantType)) {
    throw unauthorized('invalid_client', `Unauthorized grant type: ${grantType}`);
  }
}
