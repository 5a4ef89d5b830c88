import { customFetch, genericGrantRequest } from 'openid-client';
import type { Clock } from '../clock.js';
import { isTpksError, TpksError } from '../errors.js';
import type { HttpRequest, Send } from '../http/send.js';
import { isSuccess, toFailure, toRedirectError } from '../http/status-error.js';
import type { Secret } from '../secret.js';
import { toGrantError } from './grant-error.js';
import { oauthClient } from './oauth-client.js';
import { toToken, type Token } from './token.js';

/** The token requests of one UAA client. Each is exactly one request. */
export interface Grants {
  /**
   * @throws {TpksError} `unauthenticated` when UAA rejects the credentials,
   *   with UAA's own code in `oauthError`; `failed` when it refuses the request otherwise.
   * @see RFC 6749, section 4.3
   */
  readonly password: (input: {
    readonly username: string;
    readonly password: Secret;
    readonly scope?: string | undefined;
  }) => Promise<Token>;
  /** @see uaa-api: passcode grant, a password grant with a temporary code */
  readonly passcode: (input: {
    readonly passcode: Secret;
    readonly scope?: string | undefined;
  }) => Promise<Token>;
  /** @see RFC 6749, section 4.4 */
  readonly clientCredentials: (input?: { readonly scope?: string | undefined }) => Promise<Token>;
  /** @see RFC 6749, section 4.1.3; RFC 7636, section 4.5 */
  readonly authorizationCode: (input: {
    readonly code: Secret;
    /** Exactly as in the request for the code. */
    readonly redirectUri: string;
    readonly codeVerifier: Secret;
  }) => Promise<Token>;
  /**
   * @param input.scope - a subset of the granted scopes; all of them if absent.
   * @see RFC 6749, section 6
   */
  readonly refresh: (
    refreshToken: Secret,
    input?: { readonly scope?: string | undefined },
  ) => Promise<Token>;
}

export interface GrantsDeps {
  /** The bare network to this UAA. */
  readonly send: Send;
  readonly uaa: string;
  readonly clientId: string;
  /** `undefined` for a public client, which proves itself with PKCE (from UAA 75.21). */
  readonly clientSecret: Secret | undefined;
  /** `opaque`: tokens that only the UAA can read. The default of UAA is JWTs. */
  readonly tokenFormat?: 'opaque' | 'jwt' | undefined;
  readonly clock: Clock;
}

export function createGrants(deps: GrantsDeps): Grants {
  const request = (
    grantType: string,
    parameters: Record<string, string>,
    scope?: string,
  ): Promise<Token> =>
    requestToken(deps, grantType, {
      ...parameters,
      ...(scope === undefined ? {} : { scope }),
      ...(deps.tokenFormat === undefined ? {} : { token_format: deps.tokenFormat }),
    });
  return {
    password: ({ username, password, scope }) =>
      request('password', { username, password: password.open() }, scope),
    passcode: ({ passcode, scope }) => request('password', { passcode: passcode.open() }, scope),
    clientCredentials: ({ scope } = {}) => request('client_credentials', {}, scope),
    authorizationCode: ({ code, redirectUri, codeVerifier }) =>
      request('authorization_code', {
        code: code.open(),
        redirect_uri: redirectUri,
        code_verifier: codeVerifier.open(),
      }),
    refresh: (refreshToken, { scope } = {}) =>
      request('refresh_token', { refresh_token: refreshToken.open() }, scope),
  };
}

async function requestToken(
  { send, uaa, clientId, clientSecret, clock }: GrantsDeps,
  grantType: string,
  parameters: Record<string, string>,
): Promise<Token> {
  const client = oauthClient(uaa, clientId, clientSecret);
  let date: string | undefined;
  let idToken: string | undefined;
  client[customFetch] = async (url, { method, headers, body }) => {
    const form = new URLSearchParams(body as URLSearchParams).toString();
    const response = await postForm(send, { method, url, headers, body: form });
    const [visible, hidden] = withoutIdToken(response.text);
    date = response.headers['date'];
    idToken = hidden;
    return new Response(visible, { status: response.status, headers: response.headers });
  };
  try {
    const answer = await genericGrantRequest(client, grantType, parameters);
    return toToken({
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token,
      idToken,
      scope: answer.scope,
      expiresInSeconds: answer.expires_in,
      date,
      now: clock.now(),
    });
  } catch (error) {
    throw ownError(error) ?? invalidResponse(uaa, error);
  }
}

/** @throws {TpksError} for each response that is not a success. */
async function postForm(send: Send, { headers, ...request }: HttpRequest) {
  const response = await send({ ...request, headers: { ...headers, accept: 'application/json' } });
  const text = await response.text();
  if (isSuccess(response)) return { ...response, text };
  throw response.status < 400
    ? toRedirectError(request, response)
    : toGrantError(await toFailure(request, response, text));
}

/** openid-client wraps the errors of its custom fetch. */
function ownError(error: unknown): TpksError | undefined {
  const thrown = error instanceof Error && !isTpksError(error) ? error.cause : error;
  return isTpksError(thrown) ? thrown : undefined;
}

/**
 * Hides the id token from openid-client, which would reject its issuer. The token came over verified
 * TLS from the token endpoint and is stored for kubectl; tpks does not rely on its claims.
 */
function withoutIdToken(text: string): [visible: string, idToken: string | undefined] {
  if (!text.includes('"id_token"')) return [text, undefined];
  try {
    const { id_token: idToken, ...rest } = JSON.parse(text) as Record<string, unknown>;
    return [JSON.stringify(rest), typeof idToken === 'string' ? idToken : undefined];
  } catch {
    return [text, undefined];
  }
}

function invalidResponse(uaa: string, cause: unknown): TpksError {
  return new TpksError('unavailable', `${new URL(uaa).host} did not answer as a UAA does`, {
    hint: 'check the address of the UAA, then try again',
    cause,
  });
}
