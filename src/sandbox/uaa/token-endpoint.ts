import { json, route } from '../router.js';
import type { Route, SandboxRequest, SandboxResponse } from '../router.js';
import { bearerCaller, insufficientScope } from './bearer.js';
import { authenticateClient, clientMissing } from './client-auth.js';
import type { Client } from './client-store.js';
import { challenges, oauthRefusal } from './oauth-error.js';
import { parameters } from './parameters.js';
import { isPasscodeGrant, passcodeUser, passwordUser } from './password-grant.js';
import type { GrantedUser } from './password-grant.js';
import { refreshGrant } from './refresh-grant.js';
import type { Refusal } from './refusal.js';
import { newRefreshToken, tokenResponse } from './token-issue.js';
import type { Issue } from './token-issue.js';
import { parseScope, userScopes } from './token-scope.js';

/** `POST /oauth/token`, and GET, which this server allows. */
export function tokenRoutes(issue: Issue): readonly Route[] {
  return [
    route('*', '/oauth/token', async (request): Promise<SandboxResponse> => {
      await refuseBearer(request, issue);
      const answer = await grantToken(request, issue);
      return json(200, answer, { 'cache-control': 'no-store', pragma: 'no-cache' });
    }),
  ];
}

/** What one request to the token endpoint is about. */
interface GrantInput {
  readonly issue: Issue;
  readonly client: Client;
  readonly fields: URLSearchParams;
  readonly grantType: string;
  readonly user?: GrantedUser;
}

/** A bearer token on this route belongs to the `user_token` grant, which wants `uaa.user`. */
async function refuseBearer(request: SandboxRequest, issue: Issue): Promise<void> {
  if (!/^bearer\s/i.test(request.headers['authorization'] ?? '')) return;
  await bearerCaller(request, issue);
  throw insufficientScope(['uaa.admin', 'uaa.user']);
}

async function grantToken(request: SandboxRequest, issue: Issue): Promise<Record<string, unknown>> {
  const fields = parameters(request);
  const grantType = fields.get('grant_type') ?? '';
  const passcode = grantType.startsWith('password') && isPasscodeGrant(request, fields);
  const client = authenticateClient(request, issue.state, { form: true });
  // The user comes before everything about the client's rights: so the real filters are ordered.
  const user = passcode
    ? passcodeUser(request, fields, issue.state)
    : grantType === 'password' && client
      ? passwordUser(fields, issue.state)
      : undefined;
  if (!client) {
    throw clientMissing(grantType === 'password' ? 'No client authentication found.' : undefined);
  }
  if (request.method !== 'POST' && request.method !== 'GET') {
    throw oauthRefusal({
      status: 405,
      error: 'method_not_allowed',
      description: `Request method '${request.method}' not supported`,
    });
  }
  const named = fields.get('client_id');
  if (named !== null && named !== client.id) {
    throw invalidClient('Given client ID does not match authenticated client');
  }
  const answer = grants[grantType];
  if (!answer) throw badRequest('unsupported_grant_type', `Unsupported grant type: ${grantType}`);
  return answer({ issue, client, fields, grantType, ...(user && { user }) });
}

const grants: Readonly<Record<string, (input: GrantInput) => Promise<Record<string, unknown>>>> = {
  '': () => {
    throw badRequest('invalid_request', 'Missing grant type');
  },
  implicit: () => {
    throw badRequest('invalid_grant', 'Implicit grant type not supported from token endpoint');
  },
  // Nothing here hands out codes, so no code is right.
  authorization_code: ({ client, fields, grantType }) => {
    checkGrantType(client, grantType);
    const code = fields.get('code');
    if (code === null) throw badRequest('invalid_request', codeMissing);
    throw badRequest('invalid_grant', `Invalid authorization code: ${code}`);
  },
  client_credentials: async ({ issue, client, fields, grantType }) => {
    const scope = clientScopes(client, parseScope(fields.get('scope')));
    checkGrantType(client, grantType);
    return tokenResponse(issue, { client, scope, grantType, ...formatOf(fields) });
  },
  refresh_token: async ({ issue, client, fields, grantType }) => {
    checkGrantType(client, grantType);
    return refreshGrant(issue, client, fields);
  },
  password: async ({ issue, client, fields, grantType, user: granted }) => {
    if (!granted) throw clientMissing();
    const groups = issue.state.groups.of(granted.user.id);
    const names = new Set(groups.map(({ group }) => group.displayName));
    const challenge = granted.byPasscode ? challenges.passcode : challenges.client;
    const scope = userScopes(client, names, parseScope(fields.get('scope')), challenge);
    checkGrantType(client, grantType);
    const nonce = fields.get('nonce');
    const grant = {
      ...granted,
      client,
      scope,
      grantType,
      ...(nonce !== null && { nonce }),
      ...formatOf(fields),
    };
    const refreshToken = client.grants.includes('refresh_token')
      ? await newRefreshToken(issue, grant)
      : undefined;
    return tokenResponse(issue, grant, refreshToken);
  },
};

const codeMissing = 'An authorization code must be supplied.';

function formatOf(fields: URLSearchParams): { opaque: boolean; revocable: boolean } {
  const opaque = fields.get('token_format') === 'opaque';
  return { opaque, revocable: opaque };
}

function clientScopes(client: Client, requested: readonly string[]): readonly string[] {
  const foreign = requested.find((scope) => !client.authorities.includes(scope));
  if (foreign === undefined) return requested.length > 0 ? requested : client.authorities;
  throw oauthRefusal({
    status: 400,
    error: 'invalid_scope',
    description: `Invalid scope: ${foreign}`,
    extra: { scope: client.authorities.join(' ') },
  });
}

function checkGrantType(client: Client, grantType: string): void {
  if (!client.grants.includes(grantType)) {
    throw invalidClient(`Unauthorized grant type: ${grantType}`);
  }
}

function invalidClient(description: string): Refusal {
  return oauthRefusal({ status: 401, error: 'invalid_client', description }, challenges.token);
}

function badRequest(error: string, description: string): Refusal {
  return oauthRefusal({ status: 400, error, description });
}
