import { unauthorizedError } from '../errors.js';
import { checkGrantType } from './grant-type.js';
import type { Realm } from '../realm.js';
import type { TokenCaller } from './token-caller.js';
import type { Client } from '../store/clients.js';
import type { UserAuthentication } from './password-grant.js';
import { createUserTokenResponse, readGrantOptions, type TokenResponse } from './token-response.js';

/** The grant by which a client gets a user's refresh token for another client. */
export const userTokenGrant = 'user_token';

interface UserTokenRequest {
  readonly realm: Realm;
  /** The client of the bearer token. */
  readonly client: Client;
  readonly fields: URLSearchParams;
  readonly scope: readonly string[];
  readonly authentication?: UserAuthentication | undefined;
  readonly scheme: TokenCaller['scheme'];
}

/**
 * Creates an opaque refresh token of the user for another client. The response has no access token.
 *
 * @throws ErrorResponse 401 if the request has no bearer token of a user, or if one of the clients
 *   may not use its grant.
 * @see UAA 4.30.0 `UserTokenGranter`
 */
export async function grantToOtherClient(
  { realm, client, fields, scope, authentication, scheme }: UserTokenRequest,
  receiver: Client,
): Promise<TokenResponse> {
  if (scheme !== 'bearer') {
    const description = describeAuthentication(client, scheme);
    throw unauthorizedError('unauthorized', `Invalid authentication object:${description}`);
  }
  if (!authentication) {
    throw unauthorizedError('unauthorized', 'Authentication containing a user is required');
  }
  checkGrantType(client, userTokenGrant);
  checkGrantType(receiver, 'refresh_token');
  const { refresh_token: refreshToken, ...response } = await createUserTokenResponse(realm, {
    ...authentication,
    ...readGrantOptions(fields),
    ...{ client: receiver, scope, grantType: userTokenGrant, audience: ['none'] },
    ...{ isOpaque: true, isRevocable: true },
  });
  realm.state.tokens.delete(String(response['jti']));
  return { ...response, access_token: null, refresh_token: refreshToken, jti: refreshToken };
}

/** Formats an authentication like the Java class of the real server, with arbitrary hash codes. */
function describeAuthentication({ id, authorities }: Client, scheme: 'basic' | 'form'): string {
  const credentials = 'Credentials: [PROTECTED]; Authenticated: true';
  if (scheme === 'form') {
    return (
      `org.springframework.security.oauth2.provider.OAuth2Authentication@7c5bd3a1: Principal: ${id}; ` +
      `${credentials}; Details: null; Not granted any authorities`
    );
  }
  const granted = authorities.toSorted();
  return (
    'org.springframework.security.authentication.UsernamePasswordAuthenticationToken@7c5bd3a1: ' +
    `Principal: org.springframework.security.core.userdetails.User@5bd3a17c: Username: ${id}; ` +
    'Password: [PROTECTED]; Enabled: true; AccountNonExpired: true; credentialsNonExpired: true; ' +
    `AccountNonLocked: true; Granted Authorities: ${granted.join(',')}; ${credentials}; ` +
    `Details: remoteAddress=127.0.0.1, clientId=${id}; Granted Authorities: ${granted.join(', ')}`
  );
}
