import type { AccessAsCode } from './access/access.js';
import type { Grants } from './auth/grants.js';
import type { TokenClient } from './auth/request-token.js';
import type { Clock } from './clock.js';
import type { Environment } from './config/environment.js';
import type { NameCache, NameKind } from './config/name-cache.js';
import type { Places } from './config/places.js';
import type { Send, Trust } from './http/send.js';
import type { startSandbox } from './sandbox/sandbox.js';
import { createServerClock, type ServerClock } from './server-clock.js';
import { createContextServices, type ContextServices } from './services/contexts.js';
import { createLoginServices, type LoginServices } from './services/login.js';
import { memoised, once } from './services/once.js';
import { createPksServices, type PksServices } from './services/pks.js';
import { createSessionServices, type SessionServices } from './services/session.js';
import { createStores, type Stores } from './services/stores.js';
import { createUaaServices, type UaaServices } from './services/uaa.js';
import type { OutputForm, Terminal } from './terminal/terminal.js';
import type { Zone } from './uaa/zone.js';

/** Options of every command, declared in `program.ts`, and options of whole groups. */
export interface GlobalOptions {
  readonly context?: string | undefined;
  readonly json: boolean;
  readonly output?: OutputForm | undefined;
  /** `false` after `--non-interactive` or `--no-input`. */
  readonly interactive: boolean;
  /** `false` after `--no-color`. */
  readonly color: boolean;
  /** For one request; 60 by default. */
  readonly timeoutSeconds?: number | undefined;
  readonly trace: boolean;
  /** Identity zone of requests to the UAA; the UAA's own if absent. Only for `uaa`. */
  readonly zone?: Zone | undefined;
}

/** What commands can use; each service is imported and created on first use. */
export interface Services
  extends
    Pick<Stores, 'settings' | 'sessionStore'>,
    ContextServices,
    SessionServices,
    LoginServices,
    PksServices,
    UaaServices {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly serverClock: ServerClock;
  readonly env: Environment;
  readonly options: () => GlobalOptions;
  /** For a command that runs until Ctrl-C. */
  readonly untilInterrupted: () => Promise<void>;
  /** Cluster names from a context's last `clusters`, for completion. */
  readonly clusterNames: () => Promise<NameCache>;
  /** The same for each kind of name. */
  readonly names: (kind: NameKind) => Promise<NameCache>;
  /** Sends without a token, and without turning statuses into errors. */
  readonly send: (trust: Trust) => Promise<Send>;
  readonly sandbox: () => Promise<typeof startSandbox>;
  readonly access: () => Promise<AccessAsCode>;
}

export interface Runtime {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly terminal: Terminal;
  readonly options: () => GlobalOptions;
  readonly untilInterrupted: () => Promise<void>;
  /** Replaces the network. */
  readonly network?: Send | undefined;
}

/** The services, and what only the process edge needs. */
export interface RunningServices extends Services {
  /** Waits for a limited time for a token renewal that is in progress. */
  readonly settle: () => Promise<void>;
}

const defaultTimeoutSeconds = 60;

/** The composition root. Services are created lazily, on first use. */
export function createServices(runtime: Runtime): RunningServices {
  const { env, platform, clock, terminal, options, untilInterrupted } = runtime;
  const folders = once(async (): Promise<Places> =>
    (await import('./config/places.js')).places(env, platform),
  );

  const serverClock = createServerClock(clock);

  const networkSend = async (trust: Trust): Promise<Send> => {
    const [{ systemRoots }, { createHttpsSend }] = await Promise.all([
      import('./http/system-roots.js'),
      import('./http/https-send.js'),
    ]);
    const deps = {
      timeoutSeconds: options().timeoutSeconds ?? defaultTimeoutSeconds,
      systemRoots: () => systemRoots(env),
    };
    const address = env.HTTPS_PROXY ?? env.https_proxy;
    const noProxy = env.NO_PROXY ?? env.no_proxy ?? '';
    const proxy = address
      ? (await import('./http/proxy.js')).createProxy({ ...deps, address, noProxy })
      : undefined;
    return createHttpsSend({ ...deps, ...trust, proxy });
  };

  const send = memoised(
    ({ caCert, skipTlsVerification, trustCommand }: Trust) =>
      JSON.stringify([skipTlsVerification, caCert, trustCommand]),
    async (trust) => {
      const watched = serverClock.watch(runtime.network ?? (await networkSend(trust)));
      const plainSend = trust.skipTlsVerification ? withTlsWarning(watched, terminal) : watched;
      if (!options().trace) return plainSend;
      const { withTrace } = await import('./http/trace.js');
      return withTrace(plainSend, { write: terminal.note, now: clock.now });
    },
  );

  const names = memoised(
    (kind: NameKind) => kind,
    async (kind) => {
      const [{ createNameCache }, { cache }] = await Promise.all([
        import('./config/name-cache.js'),
        folders(),
      ]);
      return createNameCache(cache, kind);
    },
  );

  const grants = async (client: TokenClient): Promise<Grants> => {
    const [{ createGrants }, bareSend] = await Promise.all([
      import('./auth/grants.js'),
      send(client),
    ]);
    return createGrants({ ...client, send: bareSend, clock });
  };

  const stores = createStores({ ...runtime, folders });
  const { settings, sessionStore, settle } = stores;
  const contexts = createContextServices({ ...runtime, settings });
  const sessions = createSessionServices({ ...runtime, stores, send, grants, serverClock });
  const signed = { ...contexts, ...sessions };
  const uaa = createUaaServices({ ...signed, clock, send, zone: () => options().zone });
  return {
    terminal,
    clock,
    serverClock,
    env,
    options,
    untilInterrupted,
    clusterNames: () => names('clusters'),
    names,
    send,
    sandbox: async () => (await import('./sandbox/sandbox.js')).startSandbox,
    settings,
    sessionStore,
    settle,
    ...signed,
    ...createLoginServices({ ...runtime, stores, folders, send, grants }),
    ...createPksServices(signed),
    ...uaa,
    access: async () =>
      (await import('./access/access.js')).createAccessAsCode({
        ...signed,
        ...uaa,
        env,
        untilInterrupted,
      }),
  };
}

/** Warns about each server that is called without verifying its certificate; once, as `warn` does. */
function withTlsWarning(send: Send, { warn }: Pick<Terminal, 'warn'>): Send {
  return (request) => {
    warn(`The TLS certificate of ${new URL(request.url).origin} is not verified`);
    return send(request);
  };
}
