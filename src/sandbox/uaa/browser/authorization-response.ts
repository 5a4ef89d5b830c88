import type { SandboxResponse } from '../../router.js';
import { AuthorizationError, type AuthorizationRequest } from './authorization-request.js';
import { findApprovedScopes } from './consent.js';
import { readChallenge } from '../oauth/pkce.js';
import type { Realm } from '../realm.js';
import { addResponseParams } from './redirect-uri.js';
import { parseTokenFormat, createTokenResponse } from '../oauth/token-response.js';

/** Creates the redirect to the client after the user has decided on all scopes. */
export async function createAuthorizationResponse(
  authorization: AuthorizationRequest,
  realm: Realm,
): Promise<SandboxResponse> {
  const { fields, redirectUri, responseTypes } = authorization;
  const scope = findApprovedScopes(authorization, realm);
  const isImplicit = responseTypes.has('token') || responseTypes.has('id_token');
  const content = isImplicit
    ? await createImplicitResponse(authorization, scope, realm)
    : { code: createCode(authorization, scope, realm) };
  const state = fields.get('state');
  const params = { ...content, ...(state !== null && { state }) };
  return {
    status: 302,
    headers: { location: addResponseParams(redirectUri, params, isImplicit) },
    body: '',
  };
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
    parameters: Object.fromEntries([...fields].reverse()),
    authTime,
    pkce: behaviour.hasPkce ? readChallenge(fields) : undefined,
  });
}

async function createImplicitResponse(
  { client, user, fields, responseTypes, redirectUri, authTime }: AuthorizationRequest,
  scope: readonly string[],
  realm: Realm,
): Promise<Record<string, string>> {
  const createError = (error: string, description: string): AuthorizationError =>
    new AuthorizationError(error, description, {
      redirectUri,
      isInFragment: true,
      state: fields.get('state'),
    });
  if (!client.grants.includes('implicit')) {
    throw createError('invalid_client', 'Unauthorized grant type: implicit');
  }
  if (scope.length === 0) throw createError('invalid_token', 'No scopes were granted');
  const body = await createTokenResponse(realm, {
    ...{ client, user, scope, authTime, grantType: 'implicit' },
    nonce: fields.get('nonce') ?? undefined,
    ...parseTokenFormat(fields),
  });
  const { access_token: accessToken, id_token: idToken, ...rest } = body;
  const grantedScope = String(body['scope']);
  // As RFC 6749, section 4.2.2 allows, the scope is omitted if it is the requested one.
  if (grantedScope === fields.get('scope')) delete rest['scope'];
  const response = {
    token_type: 'bearer',
    ...(responseTypes.has('token') && { access_token: accessToken }),
    ...(responseTypes.has('id_token') && idToken !== undefined && { id_token: idToken }),
    ...rest,
  };
  return Object.fromEntries(Object.entries(response).map(([name, value]) => [name, String(value)]));
}
