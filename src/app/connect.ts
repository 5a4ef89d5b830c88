import { createHttpsSend } from '#send';
import { withStatusErrors, type Explain } from '../api/client/api-error.js';
import { findErrorCode, isTpksError, rewordError } from '../base/errors.js';
import { memoize, once } from '../base/lazy.js';
import { hostOf } from '../base/pks-conventions.js';
import { Secret } from '../base/secret.js';
import { quoteForShell } from '../base/shell-quote.js';
import type { Session } from '../domain/auth/session.js';
import type { Context } from '../domain/contexts/context.js';
import { formatLoginCommand } from '../domain/contexts/login-command.js';
import { findProxyVariables } from '../platform/config/environment.js';
import { withBearer } from '../platform/http/bearer.js';
import type { Send, Trust } from '../platform/http/send.js';
import type { ServerClock } from '../platform/http/server-clock.js';
import {
  uaaTimeoutSeconds,
  withApiTimeLimit,
  type Servers,
  type SlowRequests,
} from '../platform/http/time-limits.js';
import { withTrace } from '../platform/http/trace.js';
import { readSystemRoots } from '../platform/http/certificate-authorities.js';
import type { Runtime } from './runtime.js';

export interface Target extends Servers {
  /** Whether to omit the warning about unverified certificates. */
  readonly isQuiet?: boolean;
}

export interface ConnectOptions {
  /**
   * Adds a token to requests: the token of a context, which is renewed if necessary and sent only to the context's
   * servers, or a token that is not stored. If absent, requests have no token.
   */
  readonly auth?: Context | Secret;
  /** Turns every status other than 2xx into an error; if absent, no status is an error. */
  readonly explain?: Explain | undefined;
}

/** Returns a function that sends requests to servers. Connections are opened by the first request. */
export type Connect = (target: Target, options?: ConnectOptions) => Send;

interface ConnectDeps extends Pick<
  Runtime,
  'env' | 'link' | 'clock' | 'terminal' | 'options' | 'network'
> {
  readonly serverClock: Pick<ServerClock, 'withDateTracking'>;
  readonly slowRequests: Pick<SlowRequests, 'withNotice'>;
  readonly session: (context: Context) => Session;
}

export function createConnect(deps: ConnectDeps): Connect {
  const { env, link, terminal, options, serverClock, slowRequests } = deps;

  const networkSend = (trust: Trust): Send => {
    const timeoutSeconds = options().timeoutSeconds ?? uaaTimeoutSeconds;
    const systemRoots = () => readSystemRoots(env);
    const common = { timeoutSeconds, systemRoots, caVariable: env.TPKS_CA_CERT, ...trust };
    if (findProxyVariables(env) === undefined) return createHttpsSend(common);
    // Loaded only if needed: it loads node:http, which takes 2 ms in the standalone binary.
    const proxied = once(async () => {
      const { findProxy } = await import('../platform/http/proxy.js');
      return createHttpsSend({ ...common, proxy: findProxy(env) });
    });
    return async (request) => (await proxied())(request);
  };

  /** One function for each trust, so that it can reuse its connections. */
  const trustedSend = memoize(
    ({ caCert, skipTlsVerification, trustCommand, isQuiet }: Target) =>
      JSON.stringify([skipTlsVerification, caCert, trustCommand, isQuiet]),
    (target) => {
      const send = slowRequests.withNotice(
        serverClock.withDateTracking(deps.network ?? networkSend(target)),
      );
      const isWarningNeeded = target.skipTlsVerification && target.isQuiet !== true;
      return withTraceOption(isWarningNeeded ? withTlsWarning(send, terminal.warn) : send, deps);
    },
  );

  const withToken = (send: Send, auth: Context | Secret): Send => {
    if (auth instanceof Secret) {
      const authorization = `Bearer ${auth.reveal()}`;
      return (request) => send({ ...request, headers: { ...request.headers, authorization } });
    }
    const { uaa, api, store, grant, clientId } = auth;
    const hasSession = store !== 'none' && !link.hasOriginalTexts;
    return withBearer(send, {
      getAccessToken: deps.session(auth).accessToken,
      loginCommand: formatLoginCommand(auth),
      rejectionHint:
        grant === 'jwt_bearer'
          ? `a new token was rejected too: check that the client ${clientId} has autoapprove (tpks uaa client get ${quoteForShell(clientId)})`
          : undefined,
      sessionTitle: hasSession ? `The session of ${auth.name}` : undefined,
      hosts: api === undefined ? [uaa] : [uaa, api],
    });
  };

  return (target, { auth, explain } = {}) => {
    const trusted = trustedSend(target);
    const hasOwnLimit = options().timeoutSeconds !== undefined;
    const timed = hasOwnLimit ? trusted : withApiTimeLimit(trusted, target);
    const isHintNeeded = target.isUaaGuessed === true && !link.hasOriginalTexts;
    const limited = isHintNeeded ? withUaaUrlHint(timed, target) : timed;
    const signed = auth === undefined ? limited : withToken(limited, auth);
    return explain === undefined ? signed : withStatusErrors(signed, explain);
  };
}

function withTraceOption(
  send: Send,
  { options, terminal, clock }: Pick<Runtime, 'options' | 'terminal' | 'clock'>,
): Send {
  return options().trace ? withTrace(send, { write: terminal.note, now: clock.now }) : send;
}

/** If the guessed UAA is unreachable, names the options for its address. */
function withUaaUrlHint(send: Send, { uaa = '' }: Target): Send {
  const { host } = new URL(uaa);
  return async (request) => {
    try {
      return await send(request);
    } catch (error) {
      const isUnreachable =
        isTpksError(error) && error.kind === 'unavailable' && error.host === host;
      // If the hostname cannot be resolved, the address of the API is the problem.
      const isUnresolved = ['ENOTFOUND', 'EAI_AGAIN'].includes(findErrorCode(error) ?? '');
      if (!isUnreachable || isUnresolved) throw error;
      const advice = `tpks assumes that the UAA is at ${uaa}; if it is not, set its address with --uaa-url URL or TPKS_UAA_URL`;
      throw rewordError(error, { hint: `${advice}\n${error.hint ?? ''}`.trimEnd() });
    }
  };
}

/** Warns about each host whose certificate is not verified. `warn` prints each warning only once. */
function withTlsWarning(send: Send, warn: (text: string) => void): Send {
  return (request) => {
    warn(`The TLS certificate of https://${hostOf(request.url)} is not verified`);
    return send(request);
  };
}
