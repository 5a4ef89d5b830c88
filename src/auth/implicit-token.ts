import { validateNonce, readResponseValue, type Authorization } from './authorization.js';
import { readClaims } from './claims.js';
import { toToken, type Token } from './token.js';

export interface ImplicitTokenInput {
  readonly authorization: Authorization;
  /** `Date` header of the response; `undefined` if a browser delivered the token. */
  readonly date?: string | undefined;
  readonly now: Date;
}

/**
 * Reads the token from the response to a request with `response_type=token`.
 * @throws {TpksError} `unauthenticated` if the UAA denied the request or the token belongs to another
 *   request.
 * @see RFC 6749, section 4.2.2
 */
export function readImplicitToken(
  response: URLSearchParams,
  { authorization, date, now }: ImplicitTokenInput,
): Token {
  const accessToken = readResponseValue(response, 'access_token', authorization).reveal();
  const seconds = response.get('expires_in');
  const token = toToken({
    accessToken,
    idToken: response.get('id_token') ?? undefined,
    refreshToken: undefined,
    // The UAA omits the scope if it granted all requested scopes.
    scope: response.get('scope') ?? authorization.parameters['scope'],
    expiresInSeconds: seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) : undefined,
    date,
    now,
  });
  for (const each of [token.accessToken, token.idToken]) {
    if (each !== undefined) validateNonce(readClaims(each)?.['nonce'], authorization);
  }
  return token;
}
