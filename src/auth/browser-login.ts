import type { Clock } from '../clock.js';
import { errorMessage, isTpksError, reworded, TpksError } from '../errors.js';
import type { Send } from '../http/send.js';
import { redact } from '../secret.js';
import {
  authorizationUrl,
  checkNonce,
  newAuthorization,
  responseValue,
  type Authorization,
  type AuthorizationInput,
} from './authorization.js';
import { claims } from './claims.js';
import type { Grants } from './grants.js';
import { implicitToken } from './implicit-token.js';
import type { Loopback, LoopbackOptions } from './browser/loopback.js';
import type { Token } from './token.js';

export interface BrowserLoginInput extends Pick<
  AuthorizationInput,
  'clientId' | 'responseType' | 'scope' | 'tokenFormat'
> {
  /** Where the browser brings the answer, on this machine; the first port that is free. */
  readonly ports: readonly number[];
  readonly path: string;
  /** How long a person may take. */
  readonly limitSeconds: number;
  /** `false`: only tell the address. */
  readonly opensBrowser: boolean;
  /** The command that needs none, for whoever did not answer. */
  readonly withoutBrowser: string;
}

/** Logins in which a person answers the UAA in a browser. */
export interface BrowserLogin {
  /**
   * Listens, and asks the UAA whether it would send an answer here.
   * @throws {TpksError} `failed` when no port is free; `unavailable`, `untrusted`
   */
  readonly begin: (input: BrowserLoginInput) => Promise<PendingLogin>;
}

export interface PendingLogin {
  readonly redirectUri: string;
  /** `false`: the UAA knows no such client, or not with this redirect URI. Nobody need be asked. */
  readonly isWelcome: boolean;
  /**
   * Sends the person to the UAA, waits for the answer, and ends the listener.
   * @throws {TpksError} `unauthenticated` when the person refuses or takes too long, and for an
   *   answer to another request.
   */
  readonly token: () => Promise<Token>;
  /** Ends the listener, where `token` is not called. */
  readonly cancel: () => Promise<void>;
}

export interface BrowserLoginDeps {
  /** The bare network to this UAA. */
  readonly send: Send;
  readonly uaa: string;
  /** To redeem a code with. */
  readonly grants: () => Promise<Pick<Grants, 'authorizationCode'>>;
  readonly listen: (options: LoopbackOptions) => Promise<Loopback>;
  /** @returns whether a browser was found. */
  readonly openBrowser: (url: string) => Promise<boolean>;
  readonly clock: Clock;
  /** Tells one line to the person. */
  readonly note: (text: string) => void;
}

export function createBrowserLogin(deps: BrowserLoginDeps): BrowserLogin {
  return {
    begin: async (input) => {
      const { ports, path, responseType } = input;
      const loopback = await deps
        .listen({ ports, path, inFragment: responseType === 'token' })
        .catch((error: unknown) => {
          throw orWithoutBrowser(error, input.withoutBrowser);
        });
      const { redirectUri, close } = loopback;
      try {
        const authorization = await newAuthorization({ ...input, redirectUri });
        return {
          redirectUri,
          isWelcome: await isWelcome(deps, authorization),
          cancel: close,
          token: () => run(deps, input, loopback, authorization).finally(close),
        };
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}

/**
 * Asks the UAA, as a browser without a session would: with `prompt=none` it says at once whether
 * it would come back here. So the user does not log in only to see an error page.
 * @see OpenID Connect Core, section 3.1.2.1
 */
async function isWelcome(
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
  // Anything else says nothing about it: the browser will show what it is.
  return status !== 400;
}

async function run(
  deps: BrowserLoginDeps,
  input: BrowserLoginInput,
  loopback: Loopback,
  authorization: Authorization,
): Promise<Token> {
  const { uaa, note, clock, openBrowser } = deps;
  const { limitSeconds, opensBrowser, withoutBrowser } = input;
  const url = authorizationUrl(uaa, authorization);
  note('Log in with your browser at:');
  note(url);
  note(`Waiting for the answer at ${loopback.redirectUri} …`);
  let isWaiting = true;
  void (opensBrowser ? openBrowser(url) : Promise.resolve(false)).then((isOpen) => {
    if (isOpen || !isWaiting) return;
    if (opensBrowser) note('No browser could be opened: open the address above yourself.');
    const { port } = new URL(loopback.redirectUri);
    note(
      `Is the browser on another machine? First run there: ssh -L ${port}:localhost:${port} THIS_HOST`,
    );
  });
  const answer = await Promise.race([
    loopback.answer,
    clock.sleep(limitSeconds * 1000).then(() => undefined),
  ]);
  isWaiting = false;
  if (answer === undefined) throw tooLate(limitSeconds, withoutBrowser);
  try {
    const token = await tokenOf(deps, input, authorization, answer.parameters);
    const text = 'You can close this window and go back to the terminal.';
    await answer.reply({ isGood: true, title: 'Logged in to the UAA', text });
    return token;
  } catch (error) {
    const why = redact(isTpksError(error) ? error.message : `tpks failed: ${errorMessage(error)}`);
    const text = `${why.replace(/\.$/, '')}. The terminal says what to type next.`;
    await answer.reply({ isGood: false, title: 'Not logged in', text });
    throw error;
  }
}

async function tokenOf(
  { grants, clock }: BrowserLoginDeps,
  { responseType }: BrowserLoginInput,
  authorization: Authorization,
  parameters: URLSearchParams,
): Promise<Token> {
  if (responseType === 'token') {
    return implicitToken(parameters, { authorization, now: clock.now() });
  }
  const code = responseValue(parameters, 'code', authorization);
  const { redirectUri, codeVerifier } = authorization;
  const token = await (await grants()).authorizationCode({ code, redirectUri, codeVerifier });
  if (token.idToken) checkNonce(claims(token.idToken)?.['nonce'], authorization);
  return token;
}

/** Where nothing can be listened to, an answer need not come this way. */
function orWithoutBrowser(error: unknown, withoutBrowser: string): unknown {
  if (!isTpksError(error)) return error;
  const hints = [error.hint, orElse(withoutBrowser)].filter((hint) => hint !== undefined);
  return reworded(error, { hint: hints.join('\n') });
}

function orElse(withoutBrowser: string): string {
  return `or without a browser here: ${withoutBrowser}`;
}

function tooLate(limitSeconds: number, withoutBrowser: string): TpksError {
  return new TpksError(
    'unauthenticated',
    `No answer came from the browser within ${String(limitSeconds)} s`,
    {
      hint:
        'run the command again; --browser-timeout SECONDS waits longer\n' + orElse(withoutBrowser),
    },
  );
}
