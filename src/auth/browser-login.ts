import { randomState } from 'openid-client';
import type { Clock } from '../clock.js';
import { errorMessage, isTpksError, rewordError, TpksError } from '../errors.js';
import type { Send } from '../http/send.js';
import { redact } from '../secret.js';
import {
  authorizationUrl,
  createAuthorization,
  readResponseValue,
  validateNonce,
  type Authorization,
  type AuthorizationInput,
} from './authorization.js';
import { readClaims } from './claims.js';
import type { Grants } from './grants.js';
import { readImplicitToken } from './implicit-token.js';
import type { Loopback, LoopbackOptions } from './browser/loopback.js';
import type { BrowserOptions } from './request-token.js';
import type { Token } from './token.js';

export interface BrowserLoginInput
  extends
    BrowserOptions,
    Pick<AuthorizationInput, 'clientId' | 'responseType' | 'scope' | 'tokenFormat'> {}

/** Logs users in with a browser that is redirected back to this machine. */
export interface BrowserLogin {
  /**
   * Starts the listener and checks that the UAA accepts the redirect URI.
   * @throws {TpksError} `failed` if no port is available; `unavailable`; `untrusted`.
   */
  readonly start: (input: BrowserLoginInput) => Promise<PendingLogin>;
}

/** A login that listens for the redirect. Call either `waitForToken` or `cancel`. */
export interface PendingLogin {
  readonly redirectUri: string;
  /** `false` if the UAA rejects the client or the redirect URI, so the user cannot log in. */
  readonly isRedirectAllowed: boolean;
  /**
   * Sends the user to the UAA, waits for the response and closes the listener.
   * @throws {TpksError} `unauthenticated` if the user denies the login or does not finish it in
   *   time.
   */
  readonly waitForToken: () => Promise<Token>;
  /** Closes the listener without a login. */
  readonly cancel: () => Promise<void>;
}

export interface BrowserLoginDeps {
  /** Sends requests to this UAA without a token, and returns error statuses as responses. */
  readonly send: Send;
  readonly uaa: string;
  /** Exchanges the code for a token. */
  readonly grants: () => Promise<Pick<Grants, 'authorizationCode'>>;
  readonly listen: (options: LoopbackOptions) => Promise<Loopback>;
  /** @returns whether a browser was started. */
  readonly openBrowser: (url: string) => Promise<boolean>;
  readonly clock: Clock;
  /** Prints one line for the user. */
  readonly note: (text: string) => void;
}

export function createBrowserLogin(deps: BrowserLoginDeps): BrowserLogin {
  return {
    start: async (input) => {
      const { ports, path, responseType } = input;
      const state = randomState();
      const loopback = await deps
        .listen({ ports, path, isInFragment: responseType === 'token', state })
        .catch((error: unknown) => {
          throw withBrowserlessHint(error, input);
        });
      const { redirectUri, close } = loopback;
      try {
        const authorization = await createAuthorization({ ...input, redirectUri, state });
        return {
          redirectUri,
          isRedirectAllowed: await isRedirectAllowed(deps, authorization),
          cancel: close,
          waitForToken: () => waitForToken(deps, input, loopback, authorization).finally(close),
        };
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}

/**
 * Whether the UAA would redirect a browser to this machine. With `prompt=none`, it responds without
 * a login page, so a wrong client or redirect URI is detected before the user logs in.
 * @see OpenID Connect Core, section 3.1.2.1
 */
async function isRedirectAllowed(
  { send, uaa }: BrowserLoginDeps,
  authorization: Authorization,
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
  deps: BrowserLoginDeps,
  input: BrowserLoginInput,
  loopback: Loopback,
  authorization: Authorization,
): Promise<Token> {
  const { uaa, note, clock, openBrowser } = deps;
  const url = authorizationUrl(uaa, authorization);
  note('Log in with your browser at:');
  note(url);
  note(`Waiting for the response at ${loopback.redirectUri} ...`);
  let isWaiting = true;
  void (input.canOpenBrowser ? openBrowser(url) : Promise.resolve(false)).then((isOpen) => {
    if (isOpen || !isWaiting) return;
    if (input.canOpenBrowser) note('Could not open a browser. Open the URL above manually.');
    const { port } = new URL(loopback.redirectUri);
    note(
      `If the browser is on another machine, run this command there first: ssh -L ${port}:localhost:${port} THIS_HOST`,
    );
  });
  const response = await Promise.race([
    loopback.response,
    clock.sleep(input.timeoutSeconds * 1000).then(() => undefined),
  ]);
  isWaiting = false;
  if (response === undefined) throw timeoutError(uaa, input);
  try {
    const token = await requestToken(deps, input, authorization, response.parameters);
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

async function requestToken(
  { grants, clock }: BrowserLoginDeps,
  { responseType }: BrowserLoginInput,
  authorization: Authorization,
  parameters: URLSearchParams,
): Promise<Token> {
  if (responseType === 'token') {
    return readImplicitToken(parameters, { authorization, now: clock.now() });
  }
  const code = readResponseValue(parameters, 'code', authorization);
  const { redirectUri, codeVerifier } = authorization;
  const token = await (await grants()).authorizationCode({ code, redirectUri, codeVerifier });
  if (token.idToken) validateNonce(readClaims(token.idToken)?.['nonce'], authorization);
  return token;
}

/** A login without a browser needs no listener, so it is an alternative if no port is available. */
function withBrowserlessHint(error: unknown, input: BrowserLoginInput): unknown {
  if (!isTpksError(error)) return error;
  const hints = [error.hint, browserlessHint(input)].filter((hint) => hint !== undefined);
  return rewordError(error, { hint: hints.join('\n') });
}

function browserlessHint(input: BrowserLoginInput): string {
  return `or log in without a browser on this machine: ${input.browserlessCommand}`;
}

function timeoutError(uaa: string, input: BrowserLoginInput): TpksError {
  const seconds = String(input.timeoutSeconds);
  return new TpksError(
    'unauthenticated',
    `The browser login at ${new URL(uaa).host} was not finished within ${seconds} s`,
    {
      hint:
        'run the command again, if necessary with a longer --browser-timeout SECONDS\n' +
        browserlessHint(input),
    },
  );
}
