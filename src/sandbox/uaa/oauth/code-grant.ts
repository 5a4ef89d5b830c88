import { badRequestError, unauthorizedError } from '../errors.js';
import { validateVerifierFormat, validateVerifier } from './pkce.js';
import {
  createUserTokenResponse,
  readGrantOptions,
  type ClientRequest,
  type TokenResponse,
} from './token-response.js';

/**
 * Exchanges an authorization code for tokens. The code becomes invalid even if the request fails.
 *
 * @throws ErrorResponse 400 `invalid_request`, `invalid_grant`; 401 `invalid_client`,
 *   `invalid_token`.
 * @see RFC 6749, section 4.1.3
 */
export async function grantByCode({
  realm,
  client,
  fields,
  clientAuthMethod,
}: ClientRequest): Promise<TokenResponse> {
  const { state, settings } = realm;
  const code = fields.get('code');
  if (code === null) {
    throw badRequestError('invalid_request', 'An authorization code must be supplied.');
  }
  const { hasPkce } = settings.behaviour;
  const verifier = hasPkce ? fields.get('code_verifier') : null;
  const formatError = validateVerifierFormat(verifier);
  if (formatError !== undefined) throw badRequestError('invalid_request', formatError);
  const authorization = state.codes.redeem(code);
  if (authorization === undefined || authorization === 'expired') {
    throw badRequestError('invalid_grant', `Invalid authorization code: ${code}`);
  }
  const isPublicClient = client.information['allowpublic'] === true;
  const pkceError = hasPkce && validateVerifier(authorization.pkce, verifier, isPublicClient);
  if (typeof pkceError === 'string') throw badRequestError('invalid_grant', pkceError);
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
  const options = readGrantOptions(new URLSearchParams({ ...parameters, ...toRecord(fields) }));
  const grant = {
    client,
    user,
    scope,
    authTime,
    grantType: 'authorization_code',
    clientAuthMethod,
  };
  return createUserTokenResponse(realm, { ...grant, ...options });
}

/** Converts parameters to an object with the first value of each. */
function toRecord(fields: URLSearchParams): Readonly<Record<string, string>> {
  return Object.fromEntries([...fields].reverse());
}
