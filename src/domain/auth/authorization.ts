import {
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { toFailure } from '../../api/client/api-error.js';
import { isRedirect } from '../../api/client/api-error.js';
import type { Clock } from '../../base/clock.js';
import { TpksError, errorMessage, isTpksError, rewordError } from '../../base/errors.js';
import { getOwnValue, tryParseJson } from '../../base/json-value.js';
import { Secret, redact } from '../../base/secret.js';
import type { HttpResponse, Send } from '../../platform/http/send.js';
import type { listenOnLoopback, Loopback } from './browser.js';
import { createOAuthClient, toGrantError, type Grants } from './grants.js';
import { toToken, type Token, readClaims } from './token.js';

/** The parameters of a request to `/oauth/authorize`. */
export interface AuthorizationInput {
  readonly clientId: string;
  /** `code`: a code to exchange at the token endpoint; `token`: the token itself, in the fragment. */
  readonly responseType: 'code' | 'token';
  /** Where the UAA sends the response; it must be registered for the client. */
  readonly redirectUri: string;
  readonly scope?: string | undefined;
  /** Only for the response type `token`. */
  readonly tokenFormat?: 'opaque' | 'jwt' | undefined;
  /** A new random value by default. */
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
  const client = createOAuthClient(uaa, parameters.client_id, undefined);
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
  // Checked before the error is read; otherwise anyone could make tpks show a text as the UAA's.
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
 * @throws {TpksError} `unauthenticated` if the UAA denied the request or the token belongs to another
 *   request.
 * @param date - `Date` header of the response; `undefined` if a browser delivered the token.
 * @see RFC 6749, section 4.2.2
 */
function readImplicitToken(
  response: URLSearchParams,
  authorization: Authorization,
  { date, now }: { readonly date?: string | undefined; readonly now: Date },
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

/**
 * Checks that a token was issued for this request.
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
    { hint: 'nothing was stored; run the command again and log in on the page that it opens' },
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

/** What the user entered at the prompts of a UAA, and the client that requests the token. */
export interface PostedCredentials {
  readonly uaa: string;
  readonly clientId: string;
  readonly tokenFormat?: 'opaque' | 'jwt' | undefined;
  /** By the name of the prompt, e.g. `username`. */
  readonly promptValues: ReadonlyMap<string, string | Secret>;
  /** A redirect URI of the client; it is never opened. */
  readonly redirectUri: string;
  readonly scope?: string | undefined;
}

/**
 * Requests a token with the implicit grant without a browser: one request that contains the credentials.
 * @param deps.send - sends requests without a token, and returns error statuses as responses.
 * @throws {TpksError} `unauthenticated` if the UAA rejects the credentials; `failed` if the client is not
 *   allowed to use this grant or this redirect URI.
 * @see uaa-api, section 6.3 (b)
 */
export async function postCredentials(
  { uaa, promptValues, ...input }: PostedCredentials,
  { send, clock }: { readonly send: Send; readonly clock: Clock },
): Promise<Token> {
  const { clientId, redirectUri } = input;
  const authorization = await createAuthorization({ ...input, responseType: 'token' });
  // All parameters are in the body, because URLs are logged.
  const body = new URLSearchParams({ ...authorization.parameters, source: 'credentials' });
  for (const [name, value] of promptValues) {
    body.set(name, typeof value === 'string' ? value : value.reveal());
  }
  const request = {
    method: 'POST',
    url: `${uaa}/oauth/authorize`,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: body.toString(),
  };
  const response = await send(request);
  const text = await response.text();
  if (response.status >= 400) {
    const failure = await toFailure(request, response, text);
    throw /^Invalid redirect /.test(failure.message)
      ? redirectUriError(clientId, redirectUri)
      : toGrantError(failure);
  }
  if (isApprovalRequest(text)) throw approvalRequiredError(clientId);
  return readImplicitToken(readFragment(response, { uaa, redirectUri }), authorization, {
    date: response.headers['date'],
    now: clock.now(),
  });
}

/** Reads the fragment of the redirect, which a browser would have delivered to the redirect URI. */
function readFragment(
  response: HttpResponse,
  { uaa, redirectUri }: { readonly uaa: string; readonly redirectUri: string },
): URLSearchParams {
  const location = response.headers['location'] ?? '';
  const [target = '', fragment = ''] = location.split('#', 2);
  if (isRedirect(response) && target === redirectUri) return new URLSearchParams(fragment);
  // The message does not contain the location, because it may contain a token.
  throw new TpksError(
    'unavailable',
    `${new URL(uaa).host} did not return a token for the credentials`,
    {
      status: response.status,
      hint: 'check the address of the UAA: tpks uaa info',
    },
  );
}

/** Whether the response is the data of the approval page. It contains the credentials. */
function isApprovalRequest(text: string): boolean {
  const body = tryParseJson(text);
  return typeof body === 'object' && body !== null && 'auth_request' in body;
}

function approvalRequiredError(clientId: string): TpksError {
  return new TpksError('failed', `The user must approve the client ${clientId} in a browser`, {
    hint:
      `log in with a browser: tpks uaa token implicit get -c ${clientId}\n` +
      'or ask an administrator to approve its scopes for all users (autoapprove)',
  });
}

function redirectUriError(clientId: string, redirectUri: string): TpksError {
  return new TpksError(
    'failed',
    `The redirect URI ${redirectUri} is not registered for the client ${clientId}`,
    {
      status: 400,
      oauthError: 'invalid_grant',
      hint: `use one of the client's redirect URIs: --redirect-uri URI; to list them: tpks uaa client get ${clientId}`,
    },
  );
}

/** Options of a login in a browser. */
export interface BrowserOptions {
  /** Ports for the redirect on this machine; the first free one is used. */
  readonly ports: readonly number[];
  /** Path of the redirect URI. */
  readonly path: string;
  /** How long the user has to log in. */
  readonly timeoutSeconds: number;
  /** `false`: only print the URL. */
  readonly canOpenBrowser: boolean;
  /** The command that logs in without a browser, for hints. */
  readonly browserlessCommand: string;
}

export interface BrowserLogin
  extends
    BrowserOptions,
    Pick<AuthorizationInput, 'clientId' | 'responseType' | 'scope' | 'tokenFormat'> {
  readonly uaa: string;
}

export interface BrowserLoginDeps {
  /** Sends requests to this UAA without a token, and returns error statuses as responses. */
  readonly send: Send;
  /** Exchanges the code for a token. */
  readonly grants: Pick<Grants, 'authorizationCode'>;
  readonly listen: typeof listenOnLoopback;
  /** @returns whether a browser was started. */
  readonly openBrowser: (url: string) => Promise<boolean>;
  readonly clock: Clock;
  /** Prints one line for the user. */
  readonly note: (text: string) => void;
}

/**
 * Logs a user in with a browser that is redirected back to this machine.
 * @throws {TpksError} `failed` if no port is available, or with `redirect_uri_mismatch` in `oauthError` if
 *   the UAA rejects the client or the redirect URI; `unauthenticated` if the user denies the login or does
 *   not finish it in time; `unavailable`; `untrusted`.
 */
export async function logInWithBrowser(
  login: BrowserLogin,
  deps: BrowserLoginDeps,
): Promise<Token> {
  const { ports, path, responseType } = login;
  const state = randomState();
  const loopback = await deps
    .listen({ ports, path, isInFragment: responseType === 'token', state })
    .catch((error: unknown) => {
      throw withBrowserlessHint(error, login);
    });
  const { redirectUri } = loopback;
  try {
    const authorization = await createAuthorization({ ...login, redirectUri, state });
    if (!(await isRedirectAllowed(login, authorization, deps))) {
      throw redirectMismatchError(login, redirectUri);
    }
    return await waitForToken(login, loopback, authorization, deps);
  } finally {
    await loopback.close();
  }
}

/**
 * Whether the UAA would redirect a browser to this machine. With `prompt=none`, it responds without
 * a login page, so a wrong client or redirect URI is detected before the user logs in.
 * @see OpenID Connect Core, section 3.1.2.1
 */
async function isRedirectAllowed(
  { uaa }: BrowserLogin,
  authorization: Authorization,
  { send }: BrowserLoginDeps,
): Promise<boolean> {
  const parameters = { ...authorization.parameters, prompt: 'none' };
  const { status, text } = await send({
    method: 'GET',
    url: authorizationUrl(uaa, { ...authorization, parameters }),
    headers: { accept: 'application/json' },
  });
  await text();
  // Other statuses are inconclusive; if there is a problem, the browser shows it.
  return status !== 400;
}

async function waitForToken(
  login: BrowserLogin,
  loopback: Loopback,
  authorization: Authorization,
  deps: BrowserLoginDeps,
): Promise<Token> {
  const { uaa } = login;
  const { note, clock, openBrowser } = deps;
  const url = authorizationUrl(uaa, authorization);
  note('Log in with your browser at:');
  note(url);
  note(`Waiting for the response at ${loopback.redirectUri} ...`);
  let isWaiting = true;
  void (login.canOpenBrowser ? openBrowser(url) : Promise.resolve(false)).then((isOpen) => {
    if (isOpen || !isWaiting) return;
    if (login.canOpenBrowser) note('Could not open a browser. Open the URL above manually.');
    const { port } = new URL(loopback.redirectUri);
    note(
      `If the browser is on another machine, run this command there first: ssh -L ${port}:localhost:${port} THIS_HOST`,
    );
  });
  const response = await Promise.race([
    loopback.response,
    clock.sleep(login.timeoutSeconds * 1000).then(() => undefined),
  ]);
  isWaiting = false;
  if (response === undefined) throw timeoutError(login);
  try {
    const token = await readToken(response.parameters, login, authorization, deps);
    const text = 'You can close this window and return to the terminal.';
    await response.reply({ isSuccess: true, title: 'Logged in to the UAA', text });
    return token;
  } catch (error) {
    const reason = redact(
      isTpksError(error) ? error.message : `tpks failed: ${errorMessage(error)}`,
    );
    const text = `${reason.replace(/\.$/, '')}. See the terminal for what to do next.`;
    await response.reply({ isSuccess: false, title: 'Login failed', text });
    throw error;
  }
}

async function readToken(
  parameters: URLSearchParams,
  { responseType }: BrowserLogin,
  authorization: Authorization,
  { grants, clock }: BrowserLoginDeps,
): Promise<Token> {
  if (responseType === 'token') {
    return readImplicitToken(parameters, authorization, { now: clock.now() });
  }
  const code = readResponseValue(parameters, 'code', authorization);
  const { redirectUri, codeVerifier } = authorization;
  const token = await grants.authorizationCode({ code, redirectUri, codeVerifier });
  if (token.idToken) validateNonce(readClaims(token.idToken)?.['nonce'], authorization);
  return token;
}

/** A login without a browser needs no listener, so it is an alternative if no port is available. */
function withBrowserlessHint(error: unknown, login: BrowserLogin): unknown {
  if (!isTpksError(error)) return error;
  const hints = [error.hint, browserlessHint(login)].filter((hint) => hint !== undefined);
  return rewordError(error, { hint: hints.join('\n') });
}

function browserlessHint({ browserlessCommand }: BrowserLogin): string {
  return `or log in without a browser on this machine: ${browserlessCommand}`;
}

function timeoutError(login: BrowserLogin): TpksError {
  const { uaa, timeoutSeconds } = login;
  return new TpksError(
    'unauthenticated',
    `The browser login at ${new URL(uaa).host} was not finished within ${String(timeoutSeconds)} s`,
    {
      hint:
        'run the command again, if necessary with a longer --browser-timeout SECONDS\n' +
        browserlessHint(login),
    },
  );
}

function redirectMismatchError({ uaa, clientId }: BrowserLogin, redirectUri: string): TpksError {
  return new TpksError(
    'failed',
    `The UAA at ${new URL(uaa).host} has no client ${clientId} with the redirect URI ${redirectUri}`,
    {
      oauthError: 'redirect_uri_mismatch',
      hint:
        `an administrator can add it to the client's redirect URIs; to list them: tpks uaa client get ${clientId}\n` +
        'or use --port PORT if http://localhost:PORT is already one of them',
    },
  );
}
