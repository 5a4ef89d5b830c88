import { checkNonce, responseValue, type Authorization } from './authorization.js';
import { claims } from './claims.js';
import { toToken, type Token } from './token.js';

export interface ImplicitContext {
  readonly authorization: Authorization;
  /** Header `Date` of the answer, where UAA itself brought it. */
  readonly date?: string | undefined;
  readonly now: Date;
}

/**
 * The token in the answer to a request with `response_type=token`.
 * @throws {TpksError} `unauthenticated` for a refusal, and for a token of another request.
 * @see RFC 6749, section 4.2.2
 */
export function implicitToken(
  answer: URLSearchParams,
  { authorization, date, now }: ImplicitContext,
): Token {
  const accessToken = responseValue(answer, 'access_token', authorization).open();
  const seconds = answer.get('expires_in');
  const token = toToken({
    accessToken,
    idToken: answer.get('id_token') ?? undefined,
    refreshToken: undefined,
    // Left out where all that was asked for was granted.
    scope: answer.get('scope') ?? authorization.parameters['scope'],
    expiresInSeconds: seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) : undefined,
    date,
    now,
  });
  for (const each of [token.accessToken, token.idToken]) {
    if (each !== undefined) checkNonce(claims(each)?.['nonce'], authorization);
  }
  return token;
}
