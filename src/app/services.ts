import { existsSync } from 'node:fs';
import type { NameKind } from '../base/errors.js';
import { lazy, once } from '../base/lazy.js';
import type { AccessAsCode } from '../domain/access-as-code/access.js';
import type { Diagnosis, DoctorInput } from '../domain/doctor/doctor.js';
import type { RunFolder } from '../domain/each/run-folder.js';
import type { ExpiryReport } from '../domain/expiry/report.js';
import type { CompletionScripts } from '../platform/config/completion-files.js';
import { locateFolders } from '../platform/config/environment.js';
import { createNameCache, type NameCache } from '../platform/config/name-cache.js';
import { findExecutable } from '../platform/disk/find-executable.js';
import { createServerClock, type ServerClock } from '../platform/http/server-clock.js';
import { createSlowRequests } from '../platform/http/time-limits.js';
import type { RequestServices } from './request-services.js';
import type { ContextServices } from './contexts.js';
import type { KubeServices } from './kube.js';
import type { LoginServices } from './login.js';
import type { ResourceServices } from './resources.js';
import type { Runtime } from './runtime.js';
import type { SandboxServices } from './sandbox.js';
import type { Stores } from './stores.js';

/** The services that commands can use. The files that create them are loaded on first use. */
export interface Services
  extends
    Pick<Runtime, 'terminal' | 'link' | 'clock' | 'env' | 'options' | 'untilInterrupted'>,
    Pick<Stores, 'sessions' | 'hasSession' | 'pksCredsCopies'>,
    Pick<RequestServices, 'settings' | 'session' | 'idTokens' | 'connect'>,
    ContextServices,
    KubeServices,
    LoginServices,
    ResourceServices,
    Pick<SandboxServices, 'sandbox'> {
  readonly serverClock: ServerClock;
  /** Cached names of each kind, for completion. */
  readonly names: (kind: NameKind) => NameCache;
  readonly access: AccessAsCode;
  readonly doctor: (input: DoctorInput) => Promise<Diagnosis>;
  /** @see readExpiry */
  readonly expiry: (input: { readonly allContexts: boolean }) => Promise<ExpiryReport>;
  readonly sandboxAccess: (
    running: Parameters<SandboxServices['sandboxAccess']>[0],
  ) => Promise<AccessAsCode | undefined>;
  readonly completionScripts: CompletionScripts;
  /** @see createRunFolder */
  readonly createRunFolder: () => Promise<RunFolder>;
  /** Finds a program by its name in `PATH`, or by its path. @see findExecutable */
  readonly findProgram: (name: string) => string | undefined;
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

  const connected = once(async () => {
    const { createRequestServices } = await import('./request-services.js');
    return createRequestServices({ ...runtime, serverClock, slowRequests });
  });
  const logins = once(async (): Promise<LoginServices> => {
    const [{ createLoginServices }, base] = await Promise.all([import('./login.js'), connected()]);
    return createLoginServices({ ...runtime, ...base, kubernetesSessions });
  });
  const kube = once(async (): Promise<KubeServices> => {
    const [{ createKubeServices }, base] = await Promise.all([import('./kube.js'), connected()]);
    return createKubeServices({ ...runtime, ...base, requestToken });
  });
  const kubernetesSessions = lazy(async () => (await kube()).kubernetesSessions);

  const connectedActions = lazy<
    ContextServices &
      Pick<ResourceServices, 'uaaRequest' | 'uaaRequestIn' | 'publicUaaRequest' | 'noteUaaIdentity'>
  >(connected);
  const { requestToken, renameContext } =
    lazy<Pick<LoginServices, 'requestToken' | 'renameContext'>>(logins);
  const kubeActions =
    lazy<
      Pick<
        KubeServices,
        'createClusterCredential' | 'roleBindings' | 'requestUserToken' | 'selectKubernetesStore'
      >
    >(kube);

  const kubeconfig: KubeServices['kubeconfig'] = (path) =>
    lazy(async () => (await kube()).kubeconfig(path));
  const session: RequestServices['session'] = (context) =>
    lazy(async () => (await connected()).session(context));
  const uaaResource: ResourceServices['uaaResource'] = (create, resourceOptions) =>
    lazy(async () => (await connected()).uaaResource(create, resourceOptions));
  const sandbox = once(async () => {
    const [{ createSandboxServices }, { connect, grants }] = await Promise.all([
      import('./sandbox.js'),
      connected(),
    ]);
    return createSandboxServices({ ...runtime, connect, grants });
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
    settle: async () => (await connected()).stores.settle(),
    names: (kind) => createNameCache(locateFolders(env, platform).cache, kind),

    settings: lazy(async () => (await connected()).settings),
    sessions: lazy(async () => (await connected()).stores.sessions),
    hasSession: async (location) => (await connected()).stores.hasSession(location),
    pksCredsCopies: lazy(async () => (await connected()).stores.pksCredsCopies),
    context: connectedActions.context,
    anyContext: connectedActions.anyContext,
    uaaContext: connectedActions.uaaContext,
    findContext: connectedActions.findContext,
    identities: connectedActions.identities,
    readScopes: connectedActions.readScopes,
    reportFormerTarget: connectedActions.reportFormerTarget,
    installation: connectedActions.installation,
    session,
    idTokens: lazy(async () => (await connected()).idTokens),
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
    uaaRequest: connectedActions.uaaRequest,
    uaaRequestIn: connectedActions.uaaRequestIn,
    publicUaaRequest: connectedActions.publicUaaRequest,
    noteUaaIdentity: connectedActions.noteUaaIdentity,

    logins: lazy(async () => (await logins()).logins),
    logouts: lazy(async () => (await logins()).logouts),
    renameContext,
    secrets: lazy(async () => (await logins()).secrets),
    certificates: lazy(async () => (await logins()).certificates),
    requestToken,
    importer: lazy(async () => (await logins()).importer),

    kubeconfig,
    kubernetesSessions,
    createClusterCredential: kubeActions.createClusterCredential,
    clusterAccess: lazy(async () => (await kube()).clusterAccess),
    binds: lazy(async () => (await kube()).binds),
    bindsIn: (context) => lazy(async () => (await kube()).bindsIn(context)),
    bindsWithToken: (target, accessToken, loginCommand) =>
      lazy(async () => (await kube()).bindsWithToken(target, accessToken, loginCommand)),
    roleBindings: kubeActions.roleBindings,
    requestUserToken: kubeActions.requestUserToken,
    selectKubernetesStore: kubeActions.selectKubernetesStore,

    sandbox: async (input) => (await sandbox()).sandbox(input),
    sandboxAccess: async (running) => (await sandbox()).sandboxAccess(running),
    completionScripts: lazy(async () => {
      const { createCompletionScripts } = await import('../platform/config/completion-files.js');
      return createCompletionScripts(env, platform);
    }),
    createRunFolder: async () => {
      const { createRunFolder } = await import('../domain/each/run-folder.js');
      return createRunFolder(locateFolders(env, platform).config);
    },
    findProgram: (name) => {
      const file = findExecutable(name, { env, platform });
      return file !== undefined && existsSync(file) ? file : undefined;
    },
    access: lazy(async () => {
      const { createAccessAsCode } = await import('../domain/access-as-code/access.js');
      return createAccessAsCode({
        env,
        untilInterrupted,
        uaaContext: connectedActions.uaaContext,
        uaaResource,
      });
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
    expiry: async (input) => {
      const [{ readExpiry }, { settings, stores, anyContext, clusters, clustersIn }] =
        await Promise.all([import('../domain/expiry/expiry.js'), connected()]);
      return readExpiry(input, {
        env,
        clock,
        milliseconds: (options().timeoutSeconds ?? 5) * 1000,
        readSettings: settings.read,
        sessions: stores.sessions,
        context: anyContext,
        listClusters: () => clusters().list(),
        listClustersIn: (context) => clustersIn(context).list(),
      });
    },
  };
}
