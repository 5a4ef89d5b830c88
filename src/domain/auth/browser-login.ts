import { randomState } from 'openid-client';
import type { Clock } from '../../base/clock.js';
import { TpksError, errorMessage, isTpksError, rewordError } from '../../base/errors.js';
import { redact } from '../../base/secret.js';
import type { Send } from '../../platform/http/send.js';
import {
  type AuthorizationInput,
  type Authorization,
  createAuthorization,
  authorizationUrl,
  readResponseValue,
  readImplicitToken,
  validateNonce,
} from './authorization-request.js';
import { readClaims } from './claims.js';
import type { Grants } from './grants.js';
import type { listenOnLoopback, Loopback } from './loopback.js';
import type { Token } from './token.js';

export interface BrowserOptions {
  /** Ports for the redirect on this machine; the first free one is used. */
  readonly ports: readonly number[];
  readonly path: string;
  readonly timeoutSeconds: number;
  /** `false`: only print the URL. */
  readonly canOpenBrowser: boolean;
  /** The command that logs in without a browser, for hints. */
  readonly browserlessCommand: string;
  /** Whether to show `browserlessCommand` if no browser could be opened. */
  readonly offersCode?: boolean;
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
  readonly grants: Pick<Grants, 'authorizationCode'>;
  readonly listen: typeof listenOnLoopback;
  /** @returns whether a browser was started. */
  readonly openBrowser: (url: string) => Promise<boolean>;
  readonly clock: Clock;
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
 * Whether the UAA would redirect to this machine. `prompt=none` detects errors before the user logs in.
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
    if (login.offersCode === true) {
      note(`Or press Ctrl-C and log in with a one-time code: ${login.browserlessCommand}`);
    }
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
