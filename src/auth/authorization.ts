import {
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { TpksError } from '../errors.js';
import { ownValue } from '../own-value.js';
import { Secret } from '../secret.js';
import { oauthClient } from './oauth-client.js';

/** A request to `/oauth/authorize`. */
export interface AuthorizationInput {
  readonly clientId: string;
  /** `code`: a code for the token endpoint; `token`: the token itself, in the fragment. */
  readonly responseType: 'code' | 'token';
  /** Where the UAA sends the response; it must be registered for the client. */
  readonly redirectUri: string;
  readonly scope?: string | undefined;
  /** Only for the response type `token`. */
  readonly tokenFormat?: 'opaque' | 'jwt' | undefined;
}

/** A request for an authorization, and the values that prove that a response belongs to it. */
export interface Authorization {
  readonly parameters: Readonly<Record<string, string>> & { readonly client_id: string };
  readonly redirectUri: string;
  /** The UAA returns it, so that the response to another request is recognized and rejected. */
  readonly state: string;
  /** Part of the id token, so that tokens of another request are recognized and rejected. */
  readonly nonce: string;
  /** Proves to the token endpoint that this process requested the code. @see RFC 7636 */
  readonly codeVerifier: Secret;
}

/** @see RFC 6749, section 4.1.1 and 4.2.1; OpenID Connect Core, section 3 */
export async function newAuthorization(input: AuthorizationInput): Promise<Authorization> {
  const { clientId, responseType, redirectUri, scope, tokenFormat } = input;
  const [state, nonce, codeVerifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()];
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
      // Sent to every UAA: those before 75.5 ignore it.
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

/** The page that the user is sent to. It contains no secret. */
export function authorizationUrl(uaa: string, { parameters }: Authorization): string {
  const client = oauthClient(uaa, parameters.client_id, undefined);
  return buildAuthorizationUrl(client, { ...parameters }).href;
}

/**
 * Reads the requested value from the response.
 * @param name - `code` or `access_token`.
 * @throws {TpksError} `unauthenticated` for a refusal, for the response to another request, and if
 *   the value is missing.
 */
export function responseValue(
  response: URLSearchParams,
  name: 'code' | 'access_token',
  { state }: Authorization,
): Secret {
  // Also checked for errors: otherwise text from any sender would be shown as the UAA's.
  if (response.get('state') !== state) throw foreignResponse();
  const error = response.get('error');
  if (error !== null) throw refusal(error, response.get('error_description') ?? undefined);
  const value = response.get(name);
  if (value !== null && value !== '') return new Secret(value);
  throw new TpksError('unauthenticated', `The response of the UAA contains no ${name}`, {
    hint: 'try again; check that the target is a UAA: tpks uaa info',
  });
}

/**
 * @param nonce - claim of the token; `undefined` if the token is opaque or has none.
 * @throws {TpksError} `unauthenticated` for a token that was issued for another request.
 */
export function checkNonce(nonce: unknown, authorization: Authorization): void {
  if (nonce !== undefined && nonce !== authorization.nonce) throw foreignResponse();
}

function foreignResponse(): TpksError {
  return new TpksError(
    'unauthenticated',
    'The response does not belong to this login: its state or nonce is different',
    { hint: 'nothing was stored; run the command again and use the page that it opens' },
  );
}

/** @see RFC 6749, section 4.1.2.1 */
function refusal(error: string, description: string | undefined): TpksError {
  const why = description ?? error;
  const message = error === 'access_denied' ? `The login was denied: ${why}` : why;
  const hint = ownValue(hints, error) ?? grantHint(why);
  return new TpksError('unauthenticated', message, {
    oauthError: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

const hints: Readonly<Record<string, string>> = {
  access_denied: 'run the command again and choose “Authorize”',
  invalid_scope: 'omit --scope, or name scopes that both you and the client have',
};

function grantHint(why: string): string | undefined {
  const grant = /^Unauthorized grant type: (\S+)/.exec(why)?.[1];
  return grant && `an administrator can allow this grant type for the client: ${grant}`;
}
