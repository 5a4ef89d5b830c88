import { createHash, randomBytes } from 'node:crypto';
import { TpksError } from '../errors.js';
import { ownValue } from '../own-value.js';
import { Secret } from '../secret.js';

/** What UAA is to be asked for at `/oauth/authorize`. */
export interface AuthorizationInput {
  readonly clientId: string;
  /** `code`: to be redeemed at the token endpoint; `token`: the token itself, in the fragment. */
  readonly responseType: 'code' | 'token';
  /** Where the answer goes; the client must be registered with it. */
  readonly redirectUri: string;
  readonly scope?: string | undefined;
  /** Of a token that comes in the answer itself. */
  readonly tokenFormat?: 'opaque' | 'jwt' | undefined;
}

/** One request for an authorization, and what proves that an answer belongs to it. */
export interface Authorization {
  readonly parameters: Readonly<Record<string, string>>;
  readonly redirectUri: string;
  /** The UAA returns it, so that the response to another request is recognized and rejected. */
  readonly state: string;
  /** Part of the id token, so that tokens of another request are recognized and rejected. */
  readonly nonce: string;
  /** Proves to the token endpoint that the code was asked for here. @see RFC 7636 */
  readonly codeVerifier: Secret;
}

/** @see RFC 6749, section 4.1.1 and 4.2.1; OpenID Connect Core, section 3 */
export function newAuthorization(input: AuthorizationInput): Authorization {
  const { clientId, responseType, redirectUri, scope, tokenFormat } = input;
  const [state, nonce] = [randomText(), randomText()];
  const codeVerifier = randomText();
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
      // Always: a UAA before 75.5 does not look at it, and no other is asked what it knows.
      ...(isCode
        ? { code_challenge: challengeOf(codeVerifier), code_challenge_method: 'S256' }
        : {}),
    },
    redirectUri,
    state,
    nonce,
    codeVerifier: new Secret(codeVerifier),
  };
}

/** The page that a person is sent to. No secret is in it. */
export function authorizationUrl(uaa: string, { parameters }: Authorization): string {
  return `${uaa}/oauth/authorize?${new URLSearchParams(parameters).toString()}`;
}

/**
 * Takes what one asked for out of an answer.
 * @param name - `code` or `access_token`.
 * @throws {TpksError} `unauthenticated` for a refusal, for an answer to something else, and for one
 *   without what was asked for.
 */
export function answered(
  answer: URLSearchParams,
  name: 'code' | 'access_token',
  { state }: Authorization,
): Secret {
  // Also checked for errors: otherwise text from any sender would be shown as the UAA's.
  if (answer.get('state') !== state) throw foreign();
  const error = answer.get('error');
  if (error !== null) throw refused(error, answer.get('error_description') ?? undefined);
  const value = answer.get(name);
  if (value !== null && value !== '') return new Secret(value);
  throw new TpksError('unauthenticated', `The answer of the UAA holds no ${name}`, {
    hint: 'try again; check that the target is a UAA: tpks uaa info',
  });
}

/**
 * @param nonce - of the token's claims; tokens that cannot be read tell none.
 * @throws {TpksError} `unauthenticated` for tokens that were made for another request.
 */
export function checkNonce(nonce: unknown, authorization: Authorization): void {
  if (nonce !== undefined && nonce !== authorization.nonce) throw foreign();
}

function foreign(): TpksError {
  return new TpksError(
    'unauthenticated',
    'The answer does not belong to this login: its state is another one',
    { hint: 'nothing was taken from it; run the command again and use the page that it opens' },
  );
}

/** @see RFC 6749, section 4.1.2.1 */
function refused(error: string, description: string | undefined): TpksError {
  const why = description ?? error;
  const said = error === 'access_denied' ? `The login was denied: ${why}` : why;
  const hint = ownValue(hints, error) ?? grantHint(why);
  return new TpksError('unauthenticated', said, {
    oauthError: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

const hints: Readonly<Record<string, string>> = {
  access_denied: 'run the command again and choose “Authorize”',
  invalid_scope: 'leave --scope out, or name scopes that the client and you have',
};

function grantHint(why: string): string | undefined {
  const grant = /^Unauthorized grant type: (\S+)/.exec(why)?.[1];
  return grant && `the client may not do this; an administrator can let it: grant type ${grant}`;
}

/** 256 bits, in letters that need no escape anywhere. */
function randomText(): string {
  return randomBytes(32).toString('base64url');
}

function challengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier).digest('base64url');
}
