import { Configuration, customFetch, genericGrantRequest, type ClientAuth } from 'openid-client';
import {
  isSuccess,
  toFailure,
  toRedirectError,
  toStatusError,
  type Failure,
} from '../../api/client/api-error.js';
import type { Clock } from '../../base/clock.js';
import { isTpksError, TpksError } from '../../base/errors.js';
import type { Secret } from '../../base/secret.js';
import type { HttpRequest, Send, Trust } from '../../platform/http/send.js';
import { authenticateWithKey } from './client-assertion.js';
import type { ClientKey } from './client-key.js';
import { Response } from './light-fetch.js';
import { toToken, type Token } from './token.js';

export interface TokenClient extends Trust {
  readonly uaa: string;
  readonly isUaaGuessed?: boolean | undefined;
  readonly clientId: string;
  /** `undefined` for a public client, which uses PKCE instead (from UAA 75.21). */
  readonly clientSecret: Secret | undefined;
  /** Used instead of a secret. */
  readonly clientKey?: ClientKey | undefined;
  /** `opaque` for tokens that only the UAA can read; the UAA issues JWTs by default. */
  readonly tokenFormat?: 'opaque' | 'jwt' | undefined;
  /** `id_token` to get an ID token with every grant, as kubectl needs. */
  readonly responseType?: 'id_token' | undefined;
}

export interface GrantsDeps extends Omit<TokenClient, keyof Trust> {
  /** Sends requests to this UAA without a token, and returns error statuses as responses. */
  readonly send: Send;
  readonly clock: Clock;
}

export type Grants = ReturnType<typeof createGrants>;

interface Scope {
  readonly scope?: string | undefined;
}

/**
 * The token requests of one UAA client. Each function sends exactly one request.
 * @throws {TpksError} `unauthenticated` if the UAA rejects the credentials, with its error code in
 *   `oauthError`; `failed` if it rejects the request for another reason.
 */
export function createGrants(deps: GrantsDeps) {
  const request = (
    grantType: string,
    parameters: Record<string, string>,
    scope?: string,
  ): Promise<Token> =>
    requestToken(deps, grantType, {
      ...parameters,
      ...(scope === undefined ? {} : { scope }),
      ...(deps.tokenFormat === undefined ? {} : { token_format: deps.tokenFormat }),
      ...(deps.responseType === undefined ? {} : { response_type: deps.responseType }),
    });
  return {
    /** @see RFC 6749, section 4.3 */
    password: ({
      username,
      password,
      scope,
    }: Scope & { readonly username: string; readonly password: Secret }) =>
      request('password', { username, password: password.reveal() }, scope),
    /** A password grant with a one-time passcode. @see docs/contributing/servers/uaa.md#passcodes */
    passcode: ({ passcode, scope }: Scope & { readonly passcode: Secret }) =>
      request('password', { passcode: passcode.reveal() }, scope),
    /** @see RFC 6749, section 4.4 */
    clientCredentials: ({ scope }: Scope = {}) => request('client_credentials', {}, scope),
    /**
     * @param input.redirectUri - must be the same as in the authorization request.
     * @see RFC 6749, section 4.1.3; RFC 7636, section 4.5
     */
    authorizationCode: (input: {
      readonly code: Secret;
      readonly redirectUri: string;
      readonly codeVerifier: Secret;
    }) =>
      request('authorization_code', {
        code: input.code.reveal(),
        redirect_uri: input.redirectUri,
        code_verifier: input.codeVerifier.reveal(),
      }),
    /**
     * Exchanges a JWT of an identity provider that the UAA trusts.
     * @see RFC 7523, section 2.1; docs/contributing/servers/ci.md#exchange
     */
    jwtBearer: ({ assertion, scope }: Scope & { readonly assertion: Secret }) =>
      request(
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
        { assertion: assertion.reveal() },
        scope,
      ),
    /** @param input.scope - a subset of the granted scopes; `undefined` for all. @see RFC 6749, section 6 */
    refresh: (refreshToken: Secret, { scope }: Scope = {}) =>
      request('refresh_token', { refresh_token: refreshToken.reveal() }, scope),
  };
}

async function requestToken(
  { send, uaa, clientId, clientSecret, clientKey, clock }: GrantsDeps,
  grantType: string,
  parameters: Record<string, string>,
): Promise<Token> {
  const authentication =
    clientKey === undefined
      ? authenticateInForm(clientSecret)
      : await authenticateWithKey(clientKey, { send, uaa, clock });
  const client = createOAuthClient(uaa, clientId, authentication);
  /** Values of the response that openid-client does not return. */
  const received: { idToken?: string | undefined; date?: string | undefined } = {};
  client[customFetch] = async (url, { method, headers, body }) => {
    const form = new URLSearchParams(body as URLSearchParams).toString();
    const response = await postForm(send, { method, url, headers, body: form });
    const { textWithoutIdToken, idToken } = splitIdToken(response.text);
    Object.assign(received, { idToken, date: response.headers['date'] });
    const { status, headers: responseHeaders } = response;
    const lightResponse = new Response(textWithoutIdToken, { status, headers: responseHeaders });
    return lightResponse as unknown as globalThis.Response;
  };
  try {
    const response = await genericGrantRequest(client, grantType, parameters);
    return toToken({
      accessToken: response.access_token,
      refreshToken: response.refresh_token,
      idToken: received.idToken,
      scope: response.scope,
      expiresInSeconds: response.expires_in,
      date: received.date,
      now: clock.now(),
    });
  } catch (error) {
    throw findTpksError(error) ?? invalidResponseError(uaa, error);
  }
}

async function postForm(send: Send, { headers, ...request }: HttpRequest) {
  const response = await send({ ...request, headers: { ...headers, accept: 'application/json' } });
  const text = await response.text();
  if (isSuccess(response)) return { ...response, text };
  throw response.status < 400
    ? toRedirectError(request, response)
    : toGrantError(await toFailure(request, response, text));
}

/** The original error: openid-client wraps the errors that its custom fetch throws. */
function findTpksError(error: unknown): TpksError | undefined {
  const thrown = error instanceof Error && !isTpksError(error) ? error.cause : error;
  return isTpksError(thrown) ? thrown : undefined;
}

/**
 * Removes the id token: openid-client would reject its issuer. It came over verified TLS and is stored for
 * kubectl; tpks does not rely on its claims.
 */
function splitIdToken(text: string): {
  readonly textWithoutIdToken: string;
  readonly idToken: string | undefined;
} {
  const unchanged = { textWithoutIdToken: text, idToken: undefined };
  if (!text.includes('"id_token"')) return unchanged;
  try {
    const { id_token: idToken, ...rest } = JSON.parse(text) as Record<string, unknown>;
    return {
      textWithoutIdToken: JSON.stringify(rest),
      idToken: typeof idToken === 'string' ? idToken : undefined,
    };
  } catch {
    return unchanged;
  }
}

const addressHint =
  'check the address of the UAA (--uaa-url, TPKS_UAA_URL or tpks uaa target), then try again';

function invalidResponseError(uaa: string, cause: unknown): TpksError {
  const { host } = new URL(uaa);
  return new TpksError('unavailable', `${host} does not respond like a UAA`, {
    host,
    hint: addressHint,
    cause,
  });
}

/**
 * Creates the configuration of a UAA client without a discovery request, so its issuer may be wrong. Id
 * tokens, with which openid-client compares the issuer, must therefore not be passed to openid-client.
 */
export function createOAuthClient(
  uaa: string,
  clientId: string,
  authentication: ClientAuth = authenticateInForm(undefined),
): Configuration {
  const tokenEndpoint = `${uaa}/oauth/token`;
  const server = {
    issuer: tokenEndpoint,
    authorization_endpoint: `${uaa}/oauth/authorize`,
    token_endpoint: tokenEndpoint,
  };
  return new Configuration(server, clientId, undefined, authentication);
}

/**
 * Sends the credentials as form fields, which every UAA accepts, even with an empty secret.
 * @param secret - `undefined` for a public client.
 */
function authenticateInForm(secret: Secret | undefined): ClientAuth {
  return (_server, client, body) => {
    body.set('client_id', client.client_id);
    if (secret !== undefined) body.set('client_secret', secret.reveal());
  };
}

/**
 * The error codes that old and new UAAs return if they reject credentials.
 * @see docs/contributing/servers/uaa.md#rejected-logins
 */
const rejectionCodes = new Set([
  'unauthorized',
  'invalid_client',
  'unauthorized_client',
  'invalid_grant',
  'invalid_token',
  'access_denied',
]);

/**
 * Translates an error response to a token request, or to an authorization request with credentials.
 * @returns an error of the kind `unauthenticated` only if the UAA rejected the credentials: if the
 *   server itself has a problem, a new login does not help.
 */
export function toGrantError(failure: Failure): TpksError {
  const { request, status, message, oauthError, body } = failure;
  // A UAA responds with 404 and an empty object if it does not know the hostname.
  if (oauthError === undefined && (status === 404 || typeof body !== 'object')) {
    const { host } = new URL(request.url);
    return new TpksError(
      'unavailable',
      `${host} does not respond like a UAA (HTTP ${String(status)})`,
      { status, host, hint: addressHint },
    );
  }
  if (status >= 500 || status === 429) return toStatusError(failure);
  const kind =
    oauthError !== undefined && rejectionCodes.has(oauthError) ? 'unauthenticated' : 'failed';
  return new TpksError(kind, message, {
    status,
    body,
    ...(oauthError === undefined ? {} : { oauthError }),
  });
}
