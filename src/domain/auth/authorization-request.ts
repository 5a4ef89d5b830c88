import {
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import { Secret } from '../../base/secret.js';
import { readClaims } from './claims.js';
import { createOAuthClient } from './grants.js';
import { toToken, type Token } from './token.js';

export interface AuthorizationInput {
  readonly clientId: string;
  /** `code`: a code to exchange at the token endpoint; `token`: the token itself, in the fragment. */
  readonly responseType: 'code' | 'token';
  /** Where the UAA sends the response; it must be registered for the client. */
  readonly redirectUri: string;
  readonly scope?: string | undefined;
  /** Only for the response type `token`. */
  readonly tokenFormat?: 'opaque' | 'jwt' | undefined;
  readonly state?: string;
}

/** An authorization request, with the values that prove that a response belongs to it. */
export interface Authorization {
  readonly parameters: Readonly<Record<string, string>> & { readonly client_id: string };
  readonly redirectUri: string;
  /** The UAA returns it, so that a response to another request can be detected and rejected. */
  readonly state: string;
  /** A claim of the id token, so that tokens of another request can be detected and rejected. */
  readonly nonce: string;
  /** Proves to the token endpoint that this process requested the code. @see RFC 7636 */
  readonly codeVerifier: Secret;
}

/**
 * Creates an authorization request with a new state, nonce and code verifier.
 * @see RFC 6749, sections 4.1.1 and 4.2.1; OpenID Connect Core, section 3
 */
export async function createAuthorization(input: AuthorizationInput): Promise<Authorization> {
  const { clientId, responseType, redirectUri, scope, tokenFormat, state = randomState() } = input;
  const nonce = randomNonce();
  const codeVerifier = randomPKCECodeVerifier();
  const isCode = responseType === 'code';
  const wantsIdToken = !isCode && scope?.split(' ').includes('openid') === true;
  return {
    parameters: {
      client_id: clientId,
      response_type: wantsIdToken ? 'token id_token' : responseType,
      redirect_uri: redirectUri,
      state,
      nonce,
      ...(scope === undefined ? {} : { scope }),
      ...(tokenFormat === undefined || isCode ? {} : { token_format: tokenFormat }),
      // Sent to every UAA, because versions before 75.5 ignore it.
      ...(isCode
        ? {
            code_challenge: await calculatePKCECodeChallenge(codeVerifier),
            code_challenge_method: 'S256',
          }
        : {}),
    },
    redirectUri,
    state,
    nonce,
    codeVerifier: new Secret(codeVerifier),
  };
}

/** The URL of the login page to open in a browser. It contains no secret. */
export function authorizationUrl(uaa: string, { parameters }: Authorization): string {
  const client = createOAuthClient(uaa, parameters.client_id);
  return buildAuthorizationUrl(client, { ...parameters }).href;
}

/**
 * Reads the code or the access token from an authorization response.
 * @throws {TpksError} `unauthenticated` if the UAA denied the request, if the response belongs to
 *   another request, or if the value is missing.
 */
export function readResponseValue(
  response: URLSearchParams,
  name: 'code' | 'access_token',
  { state }: Authorization,
): Secret {
  // Checked before the error is read; otherwise any web page could make tpks show its text as the UAA's error.
  if (response.get('state') !== state) throw responseMismatchError();
  const error = response.get('error');
  if (error !== null)
    throw authorizationError(error, response.get('error_description') ?? undefined);
  const value = response.get(name);
  if (value !== null && value !== '') return new Secret(value);
  throw new TpksError('unauthenticated', `The UAA's response contains no ${name}`, {
    hint: 'check that the target is a UAA (tpks uaa info), then try again',
  });
}

/**
 * Reads the token from the response to a request with `response_type=token`.
 * @throws {TpksError} `unauthenticated` if the UAA denied the request or the token is for another one.
 * @param date - `Date` header of the response; `undefined` if a browser delivered the token.
 * @see RFC 6749, section 4.2.2
 */
export function readImplicitToken(
  response: URLSearchParams,
  authorization: Authorization,
  { date, now }: { readonly date?: string | undefined; readonly now: Date },
): Token {
  const accessToken = readResponseValue(response, 'access_token', authorization).reveal();
  const seconds = response.get('expires_in');
  const token = toToken({
    accessToken,
    idToken: response.get('id_token') ?? undefined,
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

/**
 * @param nonce - claim of the token; `undefined` if the token is opaque or has no nonce.
 * @throws {TpksError} `unauthenticated` if the token was issued for another request.
 */
export function validateNonce(nonce: unknown, authorization: Authorization): void {
  if (nonce !== undefined && nonce !== authorization.nonce) throw responseMismatchError();
}

function responseMismatchError(): TpksError {
  return new TpksError(
    'unauthenticated',
    'The response does not belong to this login: its state or nonce does not match',
    { hint: 'run the command again, and log in on the page that it opens; nothing was stored' },
  );
}

/** @see RFC 6749, section 4.1.2.1 */
function authorizationError(error: string, description: string | undefined): TpksError {
  const reason = description ?? error;
  const message = error === 'access_denied' ? `The login was denied: ${reason}` : reason;
  const hint = getOwnValue(hints, error) ?? grantTypeHint(reason);
  return new TpksError('unauthenticated', message, {
    oauthError: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

const hints: Readonly<Record<string, string>> = {
  access_denied: 'run the command again and choose "Authorize"',
  invalid_scope: 'omit --scope, or request only scopes that both the user and the client have',
};

function grantTypeHint(reason: string): string | undefined {
  if (!reason.startsWith('Unauthorized grant type')) return undefined;
  // UAA 77 does not name the grant type.
  const name = /: (\S+)/.exec(reason)?.[1];
  const subject = name === undefined ? 'the grant type for this login' : `the grant type ${name}`;
  return `an administrator can add ${subject} to the client`;
}
