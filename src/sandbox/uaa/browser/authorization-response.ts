import type { SandboxResponse } from '../../router.js';
import { AuthorizationProblem, type AuthorizationRequest } from './authorization-request.js';
import { approvedScopes } from './consent.js';
import { challengeOf } from '../oauth/pkce.js';
import type { Realm } from '../realm.js';
import { withResponse } from './redirect-uri.js';
import { formatOf, tokenResponse } from '../oauth/token-issue.js';

/** The response to a request that needs no more consent. */
export async function authorizationResponse(
  authorization: AuthorizationRequest,
  realm: Realm,
): Promise<SandboxResponse> {
  const { fields, redirect, responseTypes } = authorization;
  const scope = approvedScopes(authorization, realm);
  const isImplicit = responseTypes.has('token') || responseTypes.has('id_token');
  const content = isImplicit
    ? await implicitResponse(authorization, scope, realm)
    : { code: newCode(authorization, scope, realm) };
  const state = fields.get('state');
  const params = { ...content, ...(state !== null && { state }) };
  return {
    status: 302,
    headers: { location: withResponse(redirect, params, isImplicit) },
    body: '',
  };
}

function newCode(
  { client, user, fields, authTime }: AuthorizationRequest,
  scope: readonly string[],
  { state, settings: { behaviour } }: Realm,
): string {
  return state.codes.create({
    clientId: client.id,
    userId: user.id,
    scope,
    redirectUri: fields.get('redirect_uri') ?? undefined,
    nonce: fields.get('nonce') ?? undefined,
    authTime,
    pkce: behaviour.hasPkce ? challengeOf(fields) : undefined,
  });
}

async function implicitResponse(
  { client, user, fields, responseTypes, redirect, authTime }: AuthorizationRequest,
  scope: readonly string[],
  realm: Realm,
): Promise<Record<string, string>> {
  const problem = (error: string, description: string): AuthorizationProblem =>
    new AuthorizationProblem(error, description, {
      redirect,
      isInFragment: true,
      state: fields.get('state'),
    });
  if (!client.grants.includes('implicit')) {
    throw problem('invalid_client', 'Unauthorized grant type: implicit');
  }
  if (scope.length === 0) throw problem('invalid_token', 'No scopes were granted');
  const body = await tokenResponse(realm, {
    ...{ client, user, scope, authTime, grantType: 'implicit' },
    nonce: fields.get('nonce') ?? undefined,
    ...formatOf(fields),
  });
  const { access_token: access, id_token: id, ...rest } = body;
  const granted = String(body['scope']);
  // The scope is omitted if it is the requested one.
  if (granted === fields.get('scope')) delete rest['scope'];
  const response = {
    token_type: 'bearer',
    ...(responseTypes.has('token') && { access_token: access }),
    ...(responseTypes.has('id_token') && id !== undefined && { id_token: id }),
    ...rest,
  };
  return Object.fromEntries(Object.entries(response).map(([name, value]) => [name, String(value)]));
}
