import type { Clock } from '../base/clock.js';
import type { Program } from '../base/program-name.js';
import type { AccessAsCode } from '../domain/access-as-code/access.js';
import type { PksCredsCopies } from '../domain/auth/pks-creds.js';
import type { Doctor } from '../domain/doctor/doctor.js';
import type { CompletionScripts } from '../platform/config/completion-files.js';
import type { Environment } from '../platform/config/environment.js';
import { locateFolders } from '../platform/config/folders.js';
import { createNameCache, type NameCache, type NameKind } from '../platform/config/name-cache.js';
import type { SettingsFile } from '../platform/config/settings.js';
import { createServerClock, type ServerClock } from '../platform/http/server-clock.js';
import { createSlowRequests } from '../platform/http/slow-requests.js';
import type { Terminal } from '../platform/terminal/terminal.js';
import type { Connected } from './connected.js';
import type { ContextServices } from './contexts.js';
import type { KubeServices } from './kube.js';
import type { LoginServices } from './login.js';
import { once, type Loaded } from './once.js';
import type { PksServices } from './pks.js';
import type { GlobalOptions, Runtime } from './runtime.js';
import type { SandboxServices } from './sandbox.js';
import type { SessionServices } from './session.js';
import type { Stores } from './stores.js';
import type { UaaServices } from './uaa.js';

/** The services that commands can use. The modules that create them are loaded on first use. */
export interface Services
  extends
    Pick<Stores, 'sessionStore'>,
    ContextServices,
    SessionServices,
    Loaded<KubeServices>,
    Loaded<LoginServices>,
    PksServices,
    Loaded<SandboxServices>,
    UaaServices {
  readonly terminal: Terminal;
  readonly program: Program;
  readonly clock: Clock;
  readonly serverClock: ServerClock;
  readonly env: Environment;
  readonly settings: () => Promise<SettingsFile>;
  /** Shares sessions with scripts through `creds.yml`, the original CLI's file. */
  readonly pksCredsCopies: () => Promise<PksCredsCopies>;
  readonly options: () => GlobalOptions;
  /** Resolves on Ctrl-C, for commands that run until then. */
  readonly untilInterrupted: () => Promise<void>;
  /** Cached names of each kind, for completion. */
  readonly names: (kind: NameKind) => Promise<NameCache>;
  readonly access: () => Promise<AccessAsCode>;
  readonly doctor: () => Promise<Doctor>;
  readonly completionScripts: () => Promise<CompletionScripts>;
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
  const { env, platform, clock, terminal } = runtime;
  const serverClock = createServerClock(clock);
  const slowRequests = createSlowRequests({
    clock,
    schedule: runtime.schedule ?? (() => () => undefined),
    show: terminal.showSlow,
  });

  let connecting: Promise<Connected> | undefined;
  const load = () =>
    (connecting ??= import('./connected.js').then(({ connect }) =>
      connect({ ...runtime, serverClock, slowRequests }),
    ));
  const logins = once(async () => {
    const [{ createLoginServices }, connected] = await Promise.all([import('./login.js'), load()]);
    return createLoginServices({ ...runtime, ...connected, kubernetesSessions });
  });
  const requestToken: LoginServices['requestToken'] = async (...request) =>
    (await logins()).requestToken(...request);
  const kube = once(async () => {
    const [{ createKubeServices }, connected] = await Promise.all([import('./kube.js'), load()]);
    return createKubeServices({ ...runtime, ...connected, requestToken });
  });
  const kubernetesSessions = async () => (await kube()).kubernetesSessions();
  const sandbox = once(async () => {
    const [{ createSandboxServices }, connected] = await Promise.all([
      import('./sandbox.js'),
      load(),
    ]);
    return createSandboxServices({ ...runtime, ...connected });
  });
  const names = (kind: NameKind): Promise<NameCache> =>
    Promise.resolve(createNameCache(locateFolders(env, platform).cache, kind));

  return {
    ...{ terminal, clock, serverClock, env },
    program: runtime.program,
    options: runtime.options,
    untilInterrupted: runtime.untilInterrupted,
    stopReport: slowRequests.stop,
    settle: async () => (await connecting)?.stores.settle(),
    names,

    settings: async () => (await load()).stores.settings,
    sessionStore: async (...input) => (await load()).stores.sessionStore(...input),
    pksCredsCopies: async () => (await load()).stores.pksCredsCopies(),
    context: async () => (await load()).context(),
    anyContext: async () => (await load()).anyContext(),
    uaaContext: async (selector) => (await load()).uaaContext(selector),
    findContext: async (name) => (await load()).findContext(name),
    identities: async () => (await load()).identities(),
    readScopes: async (context) => (await load()).readScopes(context),
    reportFormerTarget: async () => (await load()).reportFormerTarget(),
    installation: async (flags) => (await load()).installation(flags),
    session: async (context) => (await load()).session(context),
    bearerSend: async (context) => (await load()).bearerSend(context),

    pksSend: async (context) => (await load()).pksSend(context),
    pksResource: async (create, options) => (await load()).pksResource(create, options),
    clusters: async (options) => (await load()).clusters(options),
    clustersIn: async (context) => (await load()).clustersIn(context),
    tasks: async () => (await load()).tasks(),

    uaaSend: async (context) => (await load()).uaaSend(context),
    noteUaaIdentity: async () => (await load()).noteUaaIdentity(),
    uaaResource: async (create, options) => (await load()).uaaResource(create, options),
    publicUaaResource: async (create, target) => (await load()).publicUaaResource(create, target),

    logins: async () => (await logins()).logins(),
    logouts: async () => (await logins()).logouts(),
    renameContext: async (...names) => (await logins()).renameContext(...names),
    secrets: async () => (await logins()).secrets(),
    requestToken,
    importer: async () => (await logins()).importer(),

    kubeconfig: async (path) => (await kube()).kubeconfig(path),
    kubernetesSessions,
    createClusterCredential: async (...input) => (await kube()).createClusterCredential(...input),
    clusterAccess: async () => (await kube()).clusterAccess(),
    binds: async () => (await kube()).binds(),
    bindsWithToken: async (...input) => (await kube()).bindsWithToken(...input),
    requestUserToken: async (...input) => (await kube()).requestUserToken(...input),
    nameKubernetesSession: async (...input) => (await kube()).nameKubernetesSession(...input),
    selectKubernetesStore: async (...input) => (await kube()).selectKubernetesStore(...input),

    sandbox: async () => (await sandbox()).sandbox(),
    sandboxAccess: async (running) => (await sandbox()).sandboxAccess(running),
    completionScripts: async () => {
      const { createCompletionScripts } = await import('../platform/config/completion-files.js');
      return createCompletionScripts(env, platform);
    },
    access: async () => {
      const [{ createAccessAsCode }, connected] = await Promise.all([
        import('../domain/access-as-code/access.js'),
        load(),
      ]);
      return createAccessAsCode({ ...runtime, ...connected });
    },
    doctor: async () => {
      const [{ createDoctor }, { folders, stores, send, session }, { kubeconfig }] =
        await Promise.all([import('../domain/doctor/doctor.js'), load(), kube()]);
      const { keychain, settings } = stores;
      return createDoctor({
        ...{
          env,
          platform,
          clock,
          kubernetesSessions,
          kubeconfig,
          keychain,
          send,
          session,
          folders,
        },
        readSettings: settings.read,
      });
    },
  };
}
