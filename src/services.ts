import type { AccessAsCode } from './access/access.js';
import type { Grants } from './auth/grants.js';
import type { TokenClient } from './auth/request-token.js';
import type { Clock, Schedule } from './clock.js';
import { findProxyVariables, type Environment } from './config/environment.js';
import type { NameCache, NameKind } from './config/name-cache.js';
import type { Folders } from './config/folders.js';
import type { Program } from './config/settings.js';
import type { Doctor } from './doctor/doctor.js';
import type { Send, Trust } from './http/send.js';
import { createSlowRequests } from './http/slow-requests.js';
import { uaaTimeoutSeconds, withApiTimeLimit, type Servers } from './http/time-limits.js';
import { createServerClock, type ServerClock } from './server-clock.js';
import {
  createClusterAccessServices,
  type ClusterAccessServices,
} from './services/cluster-access.js';
import { createContextServices, type ContextServices } from './services/contexts.js';
import { createKubeServices, type KubeServices } from './services/kube.js';
import { createLoginServices, type LoginServices } from './services/login.js';
import { memoize, once } from './services/once.js';
import { createPksCredsServices, type PksCredsServices } from './services/pks-creds.js';
import { createPksServices, type PksServices } from './services/pks.js';
import { createSandboxServices, type SandboxServices } from './services/sandbox.js';
import { createSessionServices, type SessionServices } from './services/session.js';
import { createStores, type Stores } from './services/stores.js';
import { createUaaServices, type UaaServices } from './services/uaa.js';
import type { OutputFormat, Terminal } from './terminal/terminal.js';
import type { Zone } from './uaa/zone.js';

/** Options of every command, declared in `program.ts`, and options of command groups. */
export interface GlobalOptions {
  readonly context?: string | undefined;
  readonly json: boolean;
  readonly output?: OutputFormat | undefined;
  /** `false` after `--non-interactive` or `--no-input`. */
  readonly interactive: boolean;
  /** `false` after `--no-color`. */
  readonly color: boolean;
  /** Time limit of each request; if absent, it depends on the server (see `time-limits.ts`). */
  readonly timeoutSeconds?: number | undefined;
  readonly trace: boolean;
  /** Identity zone of requests to the UAA, only for `tpks uaa`; if absent, the UAA's default zone. */
  readonly zone?: Zone | undefined;
}

/** The services that commands can use. Each one is imported and created on first use. */
export interface Services
  extends
    Pick<Stores, 'settings' | 'sessionStore'>,
    ContextServices,
    SessionServices,
    KubeServices,
    ClusterAccessServices,
    LoginServices,
    PksCredsServices,
    PksServices,
    SandboxServices,
    UaaServices {
  readonly terminal: Terminal;
  readonly program: Program;
  readonly clock: Clock;
  readonly serverClock: ServerClock;
  readonly env: Environment;
  readonly options: () => GlobalOptions;
  /** Resolves on Ctrl-C, for commands that run until then. */
  readonly untilInterrupted: () => Promise<void>;
  /** Cluster names that `tpks clusters` printed last, for completion. */
  readonly clusterNames: () => Promise<NameCache>;
  /** Cached names of each kind, for completion. */
  readonly names: (kind: NameKind) => Promise<NameCache>;
  /** Sends without a token, and without turning statuses into errors. */
  readonly send: (servers: Servers) => Promise<Send>;
  readonly access: () => Promise<AccessAsCode>;
  readonly doctor: () => Promise<Doctor>;
}

export interface Runtime {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly terminal: Terminal;
  readonly options: () => GlobalOptions;
  readonly untilInterrupted: () => Promise<void>;
  /** For the report about slow servers; if absent, nothing is reported. */
  readonly schedule?: Schedule | undefined;
  readonly program: Program;
  /** Replaces the network in tests. */
  readonly network?: Send | undefined;
}

interface QuietTrust extends Trust {
  /** Whether to leave out the warning about certificates that are not verified. */
  readonly isQuiet?: boolean;
}

/** The services of commands, and those that only the process edge needs. */
export interface RunningServices extends Services {
  /** Waits for a limited time for a token renewal that is in progress. */
  readonly settle: () => Promise<void>;
  /** Removes the report about slow servers, before the last output. */
  readonly stopReport: () => void;
}

/** The composition root. Services are created lazily, on first use. */
export function createServices(runtime: Runtime): RunningServices {
  const { env, platform, program, clock, terminal, options, untilInterrupted } = runtime;
  const folders = once(async (): Promise<Folders> =>
    (await import('./config/folders.js')).locateFolders(env, platform),
  );

  const serverClock = createServerClock(clock);
  const slowRequests = createSlowRequests({
    clock,
    schedule: runtime.schedule ?? (() => () => undefined),
    show: terminal.showSlow,
  });

  const networkSend = async (trust: Trust): Promise<Send> => {
    const [{ readSystemRoots }, { createHttpsSend }] = await Promise.all([
      import('./http/system-roots.js'),
      import('#send'),
    ]);
    const deps = {
      timeoutSeconds: options().timeoutSeconds ?? uaaTimeoutSeconds,
      systemRoots: () => readSystemRoots(env),
    };
    const variables = findProxyVariables(env);
    const proxy =
      variables && (await import('./http/proxy.js')).createProxy({ ...deps, ...variables });
    return createHttpsSend({ ...deps, ...trust, proxy });
  };

  const traced = async (plainSend: Send): Promise<Send> => {
    if (!options().trace) return plainSend;
    const deps = { write: terminal.note, now: clock.now };
    return (await import('./http/trace.js')).withTrace(plainSend, deps);
  };
  const trustedSend = memoize(
    ({ caCert, skipTlsVerification, trustCommand, isQuiet }: QuietTrust) =>
      JSON.stringify([skipTlsVerification, caCert, trustCommand, isQuiet]),
    async (trust) => {
      const watched = slowRequests.withNotice(
        serverClock.withDateTracking(runtime.network ?? (await networkSend(trust))),
      );
      const isWarningNeeded = trust.skipTlsVerification && trust.isQuiet !== true;
      return traced(isWarningNeeded ? withTlsWarning(watched, terminal) : watched);
    },
  );

  const send = async (servers: Servers & QuietTrust): Promise<Send> => {
    const sendRequest = await trustedSend(servers);
    if (options().timeoutSeconds !== undefined) return sendRequest;
    return withApiTimeLimit(sendRequest, servers);
  };

  const names = memoize(
    (kind: NameKind) => kind,
    async (kind) => {
      const [{ createNameCache }, { cache }] = await Promise.all([
        import('./config/name-cache.js'),
        folders(),
      ]);
      return createNameCache(cache, kind);
    },
  );

  const grants = async (client: TokenClient & QuietTrust): Promise<Grants> => {
    const [{ createGrants }, bareSend] = await Promise.all([
      import('./auth/grants.js'),
      send(client),
    ]);
    return createGrants({ ...client, send: bareSend, clock });
  };

  const stores = createStores({ ...runtime, folders });
  const { settings, sessionStore, settle } = stores;
  const pksCreds = createPksCredsServices({ ...runtime, stores, folders });
  const contexts = createContextServices({
    ...runtime,
    settings,
    sessionStore,
    session: (context) => sessions.session(context),
  });
  const sessions = createSessionServices({
    ...runtime,
    ...pksCreds,
    stores,
    send,
    grants,
    serverClock,
  });
  const signed = { ...contexts, ...sessions };
  const logins = createLoginServices({
    ...runtime,
    ...pksCreds,
    ...{ stores, folders, send, grants },
    kubernetesSessions: () => kube.kubernetesSessions(),
  });
  const kube: KubeServices = createKubeServices({
    ...runtime,
    ...{ stores, folders, requestToken: logins.requestToken },
    quietGrants: (client) => grants({ ...client, isQuiet: true }),
  });
  const pks = createPksServices({ ...signed, settings, probeApi: logins.probeApi });
  const uaa = createUaaServices({ ...runtime, ...signed, send, zone: () => options().zone });
  return {
    terminal,
    program,
    clock,
    serverClock,
    env,
    options,
    untilInterrupted,
    clusterNames: () => names('clusters'),
    names,
    send,
    settings,
    sessionStore,
    settle,
    stopReport: slowRequests.stop,
    ...signed,
    ...pksCreds,
    ...logins,
    ...kube,
    ...createClusterAccessServices({ ...runtime, ...stores, ...logins, ...kube, ...pks, send }),
    ...createSandboxServices({ ...runtime, traced, grants }),
    ...pks,
    ...uaa,
    access: async () =>
      (await import('./access/access.js')).createAccessAsCode({
        ...signed,
        ...uaa,
        env,
        untilInterrupted,
      }),
    doctor: async () => {
      const [{ createDoctor }, ownFolders] = await Promise.all([
        import('./doctor/doctor.js'),
        folders(),
      ]);
      const readSettings = async () => (await settings()).read();
      const { session } = sessions;
      const { keychain } = stores;
      const doctorDeps = { ...kube, readSettings, send, session, keychain, folders: ownFolders };
      return createDoctor({ env, platform, clock, ...doctorDeps });
    },
  };
}

/** Warns about each host whose certificate is not verified. `warn` prints each warning only once. */
function withTlsWarning(send: Send, { warn }: Pick<Terminal, 'warn'>): Send {
  return (request) => {
    warn(`The TLS certificate of ${new URL(request.url).origin} is not verified`);
    return send(request);
  };
}
