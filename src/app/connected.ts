import { createHttpsSend } from '#send';
import { probeApi } from '../api/pks/probe.js';
import type { Grants } from '../domain/auth/grants.js';
import type { TokenClient } from '../domain/auth/request-token.js';
import { findProxyVariables } from '../platform/config/environment.js';
import { locateFolders, type Folders } from '../platform/config/folders.js';
import { createProxy } from '../platform/http/proxy.js';
import type { Send, Trust } from '../platform/http/send.js';
import type { ServerClock } from '../platform/http/server-clock.js';
import type { SlowRequests } from '../platform/http/slow-requests.js';
import { readSystemRoots } from '../platform/http/system-roots.js';
import { uaaTimeoutSeconds, withApiTimeLimit, type Servers } from '../platform/http/time-limits.js';
import { withTrace } from '../platform/http/trace.js';
import type { Terminal } from '../platform/terminal/terminal.js';
import { createContextServices, type ContextServices } from './contexts.js';
import { memoize } from './once.js';
import { createPksServices, type PksServices } from './pks.js';
import type { Runtime } from './runtime.js';
import { createSessionServices, type SessionServices } from './session.js';
import { createStores, type Stores } from './stores.js';
import { createUaaServices, type UaaServices } from './uaa.js';

interface QuietTrust extends Trust {
  /** Whether to omit the warning about unverified certificates. */
  readonly isQuiet?: boolean;
}

/** Everything that commands need to use a stored session or to send a request. */
export interface Connected extends ContextServices, SessionServices, PksServices, UaaServices {
  readonly folders: Folders;
  readonly stores: Stores;
  /** Sends requests without a token, and returns error statuses as responses. */
  readonly send: (servers: Servers & QuietTrust) => Promise<Send>;
  /** Adds the trace of requests if it is enabled. */
  readonly traced: (send: Send) => Send;
  readonly grants: (client: TokenClient & QuietTrust) => Promise<Grants>;
}

interface ConnectedDeps extends Runtime {
  readonly serverClock: ServerClock;
  readonly slowRequests: Pick<SlowRequests, 'withNotice'>;
}

export function connect(deps: ConnectedDeps): Connected {
  const { env, platform, clock, terminal, options, serverClock, slowRequests } = deps;

  const networkSend = (trust: Trust): Send => {
    const common = {
      timeoutSeconds: options().timeoutSeconds ?? uaaTimeoutSeconds,
      systemRoots: () => readSystemRoots(env),
    };
    const variables = findProxyVariables(env);
    const proxy = variables && createProxy({ ...common, ...variables });
    return createHttpsSend({ ...common, ...trust, proxy });
  };

  const traced = (send: Send): Send =>
    options().trace ? withTrace(send, { write: terminal.note, now: clock.now }) : send;

  const trustedSend = memoize(
    ({ caCert, skipTlsVerification, trustCommand, isQuiet }: QuietTrust) =>
      JSON.stringify([skipTlsVerification, caCert, trustCommand, isQuiet]),
    (trust) => {
      const watched = slowRequests.withNotice(
        serverClock.withDateTracking(deps.network ?? networkSend(trust)),
      );
      const isWarningNeeded = trust.skipTlsVerification && trust.isQuiet !== true;
      return traced(isWarningNeeded ? withTlsWarning(watched, terminal) : watched);
    },
  );

  const send = (servers: Servers & QuietTrust): Promise<Send> => {
    const sendRequest = trustedSend(servers);
    return Promise.resolve(
      options().timeoutSeconds === undefined ? withApiTimeLimit(sendRequest, servers) : sendRequest,
    );
  };

  const grants = async (client: TokenClient & QuietTrust): Promise<Grants> => {
    // Most commands have a fresh token, and the OAuth library takes 15 ms to load.
    const { createGrants } = await import('../domain/auth/grants.js');
    return createGrants({ ...client, send: await send(client), clock });
  };

  const folders = locateFolders(env, platform);
  const stores = createStores({ ...deps, folders });
  const { settings, sessionStore } = stores;
  const contexts = createContextServices({
    ...deps,
    ...{ settings, sessionStore },
    session: (context) => sessions.session(context),
  });
  const sessions = createSessionServices({ ...deps, stores, send, grants });
  const signed = { ...contexts, ...sessions };
  return {
    ...{ folders, stores, send, traced, grants },
    ...signed,
    ...createPksServices({ ...signed, settings, probeApi }),
    ...createUaaServices({ ...deps, ...signed, send, zone: () => options().zone }),
  };
}

/** Warns about each host whose certificate is not verified. `warn` prints each warning only once. */
function withTlsWarning(send: Send, { warn }: Pick<Terminal, 'warn'>): Send {
  return (request) => {
    warn(`The TLS certificate of ${new URL(request.url).origin} is not verified`);
    return send(request);
  };
}
