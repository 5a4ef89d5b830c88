import type { Clock } from '../base/clock.js';
import { lazy, once } from '../base/lazy.js';
import type { Link } from '../base/link.js';
import type { AccessAsCode } from '../domain/access-as-code/access.js';
import type { PksCredsCopies } from '../domain/auth/pks-creds.js';
import type { Diagnosis, DoctorInput } from '../domain/doctor/doctor.js';
import type { CompletionScripts } from '../platform/config/completion-files.js';
import { locateFolders, type Environment } from '../platform/config/environment.js';
import { createNameCache, type NameCache, type NameKind } from '../platform/config/name-cache.js';
import type { SettingsFile } from '../platform/config/settings.js';
import { createServerClock, type ServerClock } from '../platform/http/server-clock.js';
import { createSlowRequests } from '../platform/http/time-limits.js';
import type { Terminal } from '../platform/terminal/terminal.js';
import type { Connected } from './connected.js';
import type { ContextServices } from './contexts.js';
import type { KubeServices } from './kube.js';
import type { LoginServices } from './login.js';
import type { ResourceServices } from './resources.js';
import type { GlobalOptions, Runtime } from './runtime.js';
import type { SandboxServices } from './sandbox.js';
import type { SessionServices } from './session.js';
import type { Stores } from './stores.js';

/** The services that commands can use. The files that create them are loaded on first use. */
export interface Services
  extends
    Pick<Stores, 'sessions' | 'hasSession'>,
    ContextServices,
    SessionServices,
    KubeServices,
    LoginServices,
    ResourceServices,
    Pick<SandboxServices, 'sandbox'> {
  readonly terminal: Terminal;
  readonly link: Link;
  readonly clock: Clock;
  readonly serverClock: ServerClock;
  readonly env: Environment;
  readonly settings: SettingsFile;
  readonly connect: Connected['connect'];
  /** Shares sessions with scripts through `creds.yml`, the original CLI's file. */
  readonly pksCredsCopies: PksCredsCopies;
  readonly options: () => GlobalOptions;
  /** Resolves on Ctrl-C, for commands that run until then. */
  readonly untilInterrupted: () => Promise<void>;
  /** Cached names of each kind, for completion. */
  readonly names: (kind: NameKind) => NameCache;
  readonly access: AccessAsCode;
  readonly doctor: (input: DoctorInput) => Promise<Diagnosis>;
  /** @see SandboxServices.sandboxAccess */
  readonly sandboxAccess: (
    ...running: Parameters<SandboxServices['sandboxAccess']>
  ) => Promise<AccessAsCode | undefined>;
  readonly completionScripts: CompletionScripts;
}

/** The services of commands, and those that only the process edge needs. */
export interface RunningServices extends Services {
  /** Waits for a limited time for a token renewal that is in progress. */
  readonly settle: () => Promise<void>;
  /** Removes the report about slow servers, before the last output. */
  readonly stopReport: () => void;
}

/**
 * The composition root. Each group of services is one file, which is loaded when a command first uses one
 * of them. Help and completion load none: this saves a quarter of their CPU time, 12 of 60 ms on Node 20.
 */
export function createServices(runtime: Runtime): RunningServices {
  const { env, platform, clock, terminal, link, options, untilInterrupted } = runtime;
  const serverClock = createServerClock(clock);
  const slowRequests = createSlowRequests({
    clock,
    schedule: runtime.schedule ?? (() => () => undefined),
    show: terminal.showSlow,
  });

  let connecting: Promise<Connected> | undefined;
  const connected = () =>
    (connecting ??= import('./connected.js').then(({ createConnected }) =>
      createConnected({ ...runtime, serverClock, slowRequests }),
    ));
  const logins = once(async () => {
    const [{ createLoginServices }, base] = await Promise.all([import('./login.js'), connected()]);
    return createLoginServices({ ...runtime, ...base, kubernetesSessions });
  });
  const requestToken: LoginServices['requestToken'] = async (...request) =>
    (await logins()).requestToken(...request);
  const kube = once(async () => {
    const [{ createKubeServices }, base] = await Promise.all([import('./kube.js'), connected()]);
    return createKubeServices({ ...runtime, ...base, requestToken });
  });
  const kubernetesSessions = lazy(async () => (await kube()).kubernetesSessions);
  const kubeconfig: KubeServices['kubeconfig'] = (path) =>
    lazy(async () => (await kube()).kubeconfig(path));
  const session: SessionServices['session'] = (context) =>
    lazy(async () => (await connected()).session(context));
  const uaaResource: ResourceServices['uaaResource'] = (create, resourceOptions) =>
    lazy(async () => (await connected()).uaaResource(create, resourceOptions));
  const uaaContext: ContextServices['uaaContext'] = async (selector) =>
    (await connected()).uaaContext(selector);
  const sandbox = once(async () => {
    const [{ createSandboxServices }, { grants }] = await Promise.all([
      import('./sandbox.js'),
      connected(),
    ]);
    return createSandboxServices({ ...runtime, grants });
  });

  return {
    terminal,
    link,
    clock,
    serverClock,
    env,
    options,
    untilInterrupted,
    stopReport: slowRequests.stop,
    settle: async () => (await connecting)?.stores.settle(),
    names: (kind) => createNameCache(locateFolders(env, platform).cache, kind),

    settings: lazy(async () => (await connected()).settings),
    sessions: lazy(async () => (await connected()).stores.sessions),
    hasSession: async (location) => (await connected()).stores.hasSession(location),
    pksCredsCopies: lazy(async () => (await connected()).stores.pksCredsCopies),
    context: async () => (await connected()).context(),
    anyContext: async () => (await connected()).anyContext(),
    uaaContext,
    findContext: async (name) => (await connected()).findContext(name),
    identities: async () => (await connected()).identities(),
    readScopes: async (context) => (await connected()).readScopes(context),
    reportFormerTarget: async () => (await connected()).reportFormerTarget(),
    installation: async (flags) => (await connected()).installation(flags),
    session,
    connect: (target, connectOptions) => async (request) =>
      (await connected()).connect(target, connectOptions)(request),

    pksSend: (context) => async (request) => (await connected()).pksSend(context)(request),
    pksResource: (create, resourceOptions) =>
      lazy(async () => (await connected()).pksResource(create, resourceOptions)),
    clusters: (resourceOptions) => lazy(async () => (await connected()).clusters(resourceOptions)),
    clustersIn: (context) => lazy(async () => (await connected()).clustersIn(context)),
    tasks: lazy(async () => (await connected()).tasks),
    uaaSend: (context) => async (request) => (await connected()).uaaSend(context)(request),
    uaaResource,
    publicUaaResource: (create, target) =>
      lazy(async () => (await connected()).publicUaaResource(create, target)),
    uaaRequest: async (request, requestOptions) =>
      (await connected()).uaaRequest(request, requestOptions),
    publicUaaRequest: async (request, target) =>
      (await connected()).publicUaaRequest(request, target),
    noteUaaIdentity: async () => (await connected()).noteUaaIdentity(),

    logins: lazy(async () => (await logins()).logins),
    logouts: lazy(async () => (await logins()).logouts),
    renameContext: async (...names) => (await logins()).renameContext(...names),
    secrets: lazy(async () => (await logins()).secrets),
    requestToken,
    importer: lazy(async () => (await logins()).importer),

    kubeconfig,
    kubernetesSessions,
    createClusterCredential: async (...input) => (await kube()).createClusterCredential(...input),
    clusterAccess: lazy(async () => (await kube()).clusterAccess),
    binds: lazy(async () => (await kube()).binds),
    bindsWithToken: (...input) => lazy(async () => (await kube()).bindsWithToken(...input)),
    requestUserToken: async (...input) => (await kube()).requestUserToken(...input),
    selectKubernetesStore: async (...input) => (await kube()).selectKubernetesStore(...input),

    sandbox: async (input) => (await sandbox()).sandbox(input),
    sandboxAccess: async (running) => (await sandbox()).sandboxAccess(running),
    completionScripts: lazy(async () => {
      const { createCompletionScripts } = await import('../platform/config/completion-files.js');
      return createCompletionScripts(env, platform);
    }),
    access: lazy(async () => {
      const { createAccessAsCode } = await import('../domain/access-as-code/access.js');
      return createAccessAsCode({ env, untilInterrupted, uaaContext, uaaResource });
    }),
    doctor: async (input) => {
      const [{ diagnose }, { folders, stores, settings, connect }] = await Promise.all([
        import('../domain/doctor/doctor.js'),
        connected(),
      ]);
      return diagnose(input, {
        env,
        platform,
        clock,
        kubeconfig: kubeconfig(),
        keychains: stores.keychains,
        connect,
        session,
        folders,
        readSettings: settings.read,
      });
    },
  };
}
