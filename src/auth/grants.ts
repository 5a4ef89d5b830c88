import { Configuration, customFetch, genericGrantRequest, type ClientAuth } from 'openid-client';
import type { Clock } from '../clock.js';
import { isTpksError, TpksError } from '../errors.js';
import type { HttpResponse, Send } from '../http/send.js';
import { isSuccess, toFailure, toRedirectError } from '../http/status-error.js';
import type { Secret } from '../secret.js';
import { toGrantError } from './grant-error.js';
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
    /** The very one that the code was asked for with. */
    readonly redirectUri: string;
    readonly codeVerifier: Secret;
  }) => Promise<Token>;
  /**
   * @param input.scope - fewer than were granted; all of them if absent.
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
  /** Absent for a public client, which has none and proves itself by PKCE (UAA 75.21 on). */
  readonly clientSecret: Secret | undefined;
  /** `opaque`: tokens that only the UAA can read. A UAA that is not asked gives JWTs. */
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
  const endpoint = `${uaa}/oauth/token`;
  const exchange = createExchange(send);
  // The issuer is a setting of the server that only discovery would tell; it is checked against
  // id_tokens alone, and those are kept out of openid-client's sight (see createExchange).
  const config = new Configuration(
    { issuer: endpoint, token_endpoint: endpoint },
    clientId,
    undefined,
    inForm(clientSecret),
  );
  config[customFetch] = exchange.fetch;
  try {
    const answer = await genericGrantRequest(config, grantType, parameters);
    return toToken({
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token,
      idToken: exchange.idToken(),
      scope: answer.scope,
      expiresInSeconds: answer.expires_in,
      date: exchange.response()?.headers['date'],
      now: clock.now(),
    });
  } catch (error) {
    throw exchange.failure() ?? (isTpksError(error) ? error : notConform(uaa, error));
  }
}

/** Client id and secret as form fields: right for every UAA, for empty and for odd secrets. */
function inForm(secret: Secret | undefined): ClientAuth {
  return (_server, client, body) => {
    body.set('client_id', client.client_id);
    if (secret !== undefined) body.set('client_secret', secret.open());
  };
}

interface Exchange {
  readonly fetch: (url: string, init: FetchInit) => Promise<Response>;
  readonly response: () => HttpResponse | undefined;
  readonly idToken: () => string | undefined;
  /** What went wrong on the wire, in our words. */
  readonly failure: () => TpksError | undefined;
}

interface FetchInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** Lets openid-client speak through our one door, and remembers what came back. */
function createExchange(send: Send): Exchange {
  let response: HttpResponse | undefined;
  let idToken: string | undefined;
  let failure: TpksError | undefined;
  return {
    fetch: async (url, { method, headers, body }) => {
      const request = {
        method,
        url,
        headers: { ...headers, accept: 'application/json' },
        // What oauth4webapi hands over is a URLSearchParams, which prints itself as a form.
        // eslint-disable-next-line @typescript-eslint/no-base-to-string
        ...(body === undefined ? {} : { body: String(body) }),
      };
      try {
        response = await send(request);
        const text = await response.text();
        if (!isSuccess(response)) {
          failure =
            response.status < 400
              ? toRedirectError({ url }, response)
              : toGrantError(await toFailure({ method, url }, response, text));
          throw failure;
        }
        const [visible, kept] = withoutIdToken(text);
        idToken = kept;
        return new Response(visible, { status: response.status, headers: response.headers });
      } catch (error) {
        if (isTpksError(error)) failure = error;
        throw error;
      }
    },
    response: () => response,
    idToken: () => idToken,
    failure: () => failure,
  };
}

/**
 * The id_token came over verified TLS from the token endpoint and is kept for kubectl; nobody here
 * relies on its claims.
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

function notConform(uaa: string, cause: unknown): TpksError {
  return new TpksError('unavailable', `${new URL(uaa).host} did not answer as a UAA does`, {
    hint: 'check the address of the UAA, then try again',
    cause,
  });
}
