import type { Client } from '../store/clients.js';
import { badRequest, unauthorized } from './error.js';
import { malformedVerifier, verifierProblem } from './pkce.js';
import type { Realm } from '../realm.js';
import { formatOf, userTokenResponse } from './token-issue.js';

/**
 * The authorization code grant. A code becomes invalid even if the request fails.
 *
 * @throws ErrorResponse 400 `invalid_request`, `invalid_grant`; 401 `invalid_client`, `invalid_token`.
 * @see RFC 6749, section 4.1.3
 */
export async function codeGrant(
  realm: Realm,
  client: Client,
  fields: URLSearchParams,
): Promise<Record<string, unknown>> {
  const { state, settings } = realm;
  const code = fields.get('code');
  if (code === null) {
    throw badRequest('invalid_request', 'An authorization code must be supplied.');
  }
  const { hasPkce } = settings.behaviour;
  const verifier = hasPkce ? fields.get('code_verifier') : null;
  const malformed = malformedVerifier(verifier);
  if (malformed !== undefined) throw badRequest('invalid_request', malformed);
  const authorized = state.codes.take(code);
  if (authorized === undefined || authorized === 'expired') {
    throw badRequest('invalid_grant', `Invalid authorization code: ${code}`);
  }
  const isPublic = client.information['allowpublic'] === true;
  const problem = hasPkce && verifierProblem(authorized.pkce, verifier, isPublic);
  if (typeof problem === 'string') throw badRequest('invalid_grant', problem);
  const redirectUri = fields.get('redirect_uri') ?? undefined;
  if (authorized.redirectUri !== redirectUri) {
    throw badRequest('invalid_grant', 'Redirect URI mismatch.');
  }
  if (authorized.clientId !== client.id) throw unauthorized('invalid_client', 'Client ID mismatch');
  const user = state.users.get(authorized.userId);
  if (!user) throw badRequest('invalid_grant', `Invalid authorization code: ${code}`);
  if (authorized.scope.length === 0) throw unauthorized('invalid_token', 'No scopes were granted');

  const { scope, authTime, nonce } = authorized;
  return userTokenResponse(realm, {
    ...{ client, user, scope, authTime, nonce, grantType: 'authorization_code' },
    ...formatOf(fields),
  });
}
