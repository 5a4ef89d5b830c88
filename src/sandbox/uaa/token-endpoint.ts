import { json } from '../router.js';
import type { Route, SandboxRequest, SandboxResponse } from '../router.js';
import { route } from '../router.js';
import { authenticateClient } from './client-auth.js';
import type { Client } from './client-store.js';
import { challenges, oauthRefusal } from './oauth-error.js';
import { parameters } from './parameters.js';
import { passwordUser } from './password-grant.js';
import type { GrantedUser } from './password-grant.js';
import { refreshGrant } from './refresh-grant.js';
import type { Refusal } from './refusal.js';
import { newRefreshToken, tokenResponse } from './token-issue.js';
import type { Grant, TokenIssue } from './token-issue.js';
import { parseScope, userScopes } from './token-scope.js';

/** `POST /oauth/token`, and GET, which this server allows. */
export function tokenRoutes(issue: TokenIssue): readonly Route[] {
  const answer = (request: SandboxRequest): Promise<SandboxResponse> => grantToken(request, issue);
  return [
    route('POST', '/oauth/token', answer),
    route('GET', '/oauth/token', answer),
    route('*', '/oauth/token', (request) => {
      authenticateClient(request, issue.state, { form: true });
      throw oauthRefusal({
        status: 405,
        error: 'method_not_allowed',
        description: `Request method '${request.method}' not supported`,
      });
    }),
  ];
}

async function grantToken(request: SandboxRequest, issue: TokenIssue): Promise<SandboxResponse> {
  const { state } = issue;
  const client = authenticateClient(request, state, { form: true });
  const fields = parameters(request);
  const grantType = fields.get('grant_type') ?? '';
  // The user comes before everything about the client's rights: so the real filters are ordered.
  const granted = grantType === 'password' ? passwordUser(request, fields, state) : undefined;
  checkSameClient(fields, client);
  const body = await bodyOf(grantType, { issue, client, fields, ...(granted && { granted }) });
  return json(200, body, { 'cache-control': 'no-store', pragma: 'no-cache' });
}

interface GrantInput {
  readonly issue: TokenIssue;
  readonly client: Client;
  readonly fields: URLSearchParams;
  readonly granted?: GrantedUser;
}

async function bodyOf(
  grantType: string,
  { issue, client, fields, granted }: GrantInput,
): Promise<Record<string, unknown>> {
  const opaque = fields.get('token_format') === 'opaque';
  const requested = parseScope(fields.get('scope') ?? undefined);
  switch (grantType) {
    case '':
      throw invalidRequest('invalid_request', 'Missing grant type');
    case 'implicit':
      throw invalidRequest(
        'invalid_grant',
        'Implicit grant type not supported from token endpoint',
      );
    case 'client_credentials': {
      const scope = clientScopes(client, requested);
      checkGrantType(client, grantType);
      return tokenResponse(issue, { client, scope, grantType, opaque, revocable: opaque });
    }
    case 'refresh_token':
      checkGrantType(client, grantType);
      return refreshGrant(issue, client, fields);
    case 'password': {
      if (!granted) break;
      const { user } = granted;
      const groups = new Set(issue.state.groups.of(user.id).map(({ group }) => group.displayName));
      const scope = userScopes(client, groups, requested, challenges.client);
      checkGrantType(client, grantType);
      const grant = { client, ...granted, scope, grantType, opaque, revocable: opaque };
      return tokenResponse(issue, grant, await refreshTokenFor(issue, grant));
    }
  }
  throw invalidRequest('unsupported_grant_type', `Unsupported grant type: ${grantType}`);
}

async function refreshTokenFor(issue: TokenIssue, grant: Grant & GrantedUser) {
  if (!grant.client.grants.includes('refresh_token')) return undefined;
  return newRefreshToken(issue, grant);
}

function clientScopes(client: Client, requested: readonly string[]): readonly string[] {
  const foreign = requested.find((scope) => !client.authorities.includes(scope));
  if (foreign !== undefined) {
    throw oauthRefusal({
      status: 400,
      error: 'invalid_scope',
      description: `Invalid scope: ${foreign}`,
      extra: { scope: client.authorities.join(' ') },
    });
  }
  return requested.length > 0 ? requested : client.authorities;
}

function checkSameClient(fields: URLSearchParams, client: Client): void {
  const named = fields.get('client_id');
  if (named !== null && named !== client.id) {
    throw invalidClient('Given client ID does not match authenticated client');
  }
}

function checkGrantType(client: Client, grantType: string): void {
  if (!client.grants.includes(grantType)) {
    throw invalidClient(`Unauthorized grant type: ${grantType}`);
  }
}

function invalidClient(description: string): Refusal {
  return oauthRefusal({ status: 401, error: 'invalid_client', description }, challenges.token);
}

function invalidRequest(error: string, description: string): Refusal {
  return oauthRefusal({ status: 400, error, description });
}
