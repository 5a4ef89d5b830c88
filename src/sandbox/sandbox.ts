import { Broker } from './broker/broker.js';
import { apiClientId, connectExternalUaa } from './external-uaa.js';
import { createTemporaryFolder, lockFolder } from './folder-lock.js';
import { createHttpClient, type TokenCheckSettings } from './http-client.js';
import { createClusterAccess } from './kubernetes/client.js';
import {
  connectExternalKubernetes,
  createBuiltInKubernetes,
  type KubeAuth,
  type KubernetesClusters,
  type KubernetesEndpoint,
} from './kubernetes/clusters.js';
import { listen, type ListeningServer } from './listen.js';
import { createApi } from './pks/api.js';
import { createBindsErrorSimulation, type BindsErrorKind, type BindSettings } from './pks/binds.js';
import { releases, type ReleaseName } from './pks-releases.js';
import { createRequestLog, type RequestLog } from './request-log.js';
import { openState, withCommit, type State } from './storage.js';
import { ensureCertificates, type Certificates } from './tls.js';
import type { UaaRelease } from './uaa/uaa-releases.js';
import { createUaa, type Uaa, type UaaOptions } from './uaa/uaa.js';

export interface SandboxOptions extends UaaSettings {
  /** 0 = any free port; default 9021. */
  readonly apiPort?: number | undefined;
  /**
   * Folder for the certificates and the data of the UAA and the broker. If absent, the data is kept
   * in memory, and the certificates are in a temporary folder, which `close` deletes.
   */
  readonly dir?: string | undefined;
  /** File to which one JSON line per request is appended. */
  readonly log?: string | undefined;
  /** Returns epoch milliseconds; default: the machine's clock. */
  readonly now?: (() => number) | undefined;
  /** Seconds by which the servers' clock, and therefore their `Date` header, is ahead of `now`. */
  readonly clockOffsetSeconds?: number | undefined;
  /** Duration of each cluster operation; default 120. */
  readonly provisionSeconds?: number | undefined;
  /** Release of the API; default 1.7. */
  readonly pksVersion?: ReleaseName | undefined;
  /** How clusters authenticate users; default `oidc`. */
  readonly kubeAuth?: KubeAuth | undefined;
  /** A real Kubernetes API server to use for all clusters, instead of the built-in ones. */
  readonly kubernetes?: KubernetesEndpoint | undefined;
  /** Simulated failure of requests for cluster credentials; default: none. */
  readonly bindsError?: BindsErrorKind | undefined;
}

export interface Sandbox {
  /** Base URLs, e.g. `https://localhost:9021`. */
  readonly api: string;
  readonly uaa: string;
  /** Absolute path of a PEM file with all CAs that clients of `api` and `uaa` must trust. */
  readonly caCert: string;
  /** Content of that file. */
  readonly caPem: string;
  /** Accounts that can log in; empty for an external UAA. */
  readonly users: UaaConnection['users'];
  readonly clients: UaaConnection['clients'];
  /** Secret of the UAA client that the API uses to check tokens. */
  readonly pksClientSecret: string;
  /**
   * Sends a request to the built-in UAA without using the network, which is several times faster.
   * Undefined for an external UAA.
   */
  readonly respondAsUaa?: UaaConnection['respond'];
  /**
   * Stops the servers and saves the data. Resolves when the ports are free and the temporary files are
   * deleted.
   * @throws {Error} from node:fs if the data cannot be saved.
   */
  readonly close: () => Promise<void>;
}

/**
 * Starts a UAA and a PKS API on loopback ports. They share a clock and a log, and communicate over
 * HTTP. The Kubernetes APIs of the clusters start on first use.
 * @throws {Error} if a port, file, folder or address cannot be used; the message names it or its option.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { now: machineNow = Date.now, clockOffsetSeconds = 0 } = options;
  const folder = options.dir === undefined ? createTemporaryFolder() : lockFolder(options.dir);
  const closeables: Closeable[] = [{ close: folder.release }];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeAll(closeables));
  try {
    const state = openState(options.dir);
    closeables.push(state);
    const log = createRequestLog(options.log);
    closeables.push(log);
    const certificates = await ensureCertificates(folder.path);
    const shared: SharedServices = {
      now: () => machineNow() + clockOffsetSeconds * 1000,
      log,
      certificates,
      getStorage: state.getStorage,
      closeables,
    };
    const uaa: UaaConnection =
      options.uaa === undefined
        ? await startBuiltInUaa(shared, options)
        : await connectExternalUaa({ ...options, url: options.uaa, certificates, closeables });
    const api = await startApi(shared, options, uaa);
    state.save();
    return {
      api,
      uaa: uaa.tokenCheck.uaa.baseUrl,
      caCert: uaa.caCert,
      caPem: uaa.caPem,
      users: uaa.users,
      clients: uaa.clients,
      pksClientSecret: uaa.tokenCheck.clientSecret,
      respondAsUaa: uaa.respond,
      close,
    };
  } catch (error) {
    // Closing also saves the state, which may fail with the same error.
    await close().catch(() => undefined);
    throw error;
  }
}

/** Closes everything in reverse order. @throws the first error, after everything else is closed. */
async function closeAll(closeables: readonly Closeable[]): Promise<void> {
  const errors: unknown[] = [];
  for (const closeable of closeables.toReversed()) {
    try {
      await closeable.close();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

async function startApi(
  shared: SharedServices,
  options: SandboxOptions,
  { tokenCheck }: UaaConnection,
): Promise<string> {
  const { now, log, certificates, closeables } = shared;
  const { apiPort = 9021, pksVersion = '1.7', kubeAuth = 'oidc' } = options;
  const { provisionSeconds = 120 } = options;
  const release = releases[pksVersion];
  const storage = shared.getStorage('broker');
  const broker = new Broker({ now, release, provisionSeconds, storage });
  const access = createClusterAccess();
  closeables.push(access);
  let clusters: KubernetesClusters;
  if (options.kubernetes) {
    clusters = await connectExternalKubernetes(options.kubernetes);
  } else {
    const builtIn = await createBuiltInKubernetes({
      now,
      log,
      certificates,
      kubeAuth,
      tokenCheck,
      release,
      findCluster: (name) => broker.findCluster(name),
      hasReviewData: options.hasReviewData,
      storage: shared.getStorage('kubernetes'),
    });
    closeables.push(builtIn);
    clusters = builtIn;
  }
  const binds: BindSettings = {
    clusters,
    access,
    kubeAuth,
    issuer: `${tokenCheck.uaa.baseUrl}/oauth/token`,
    simulateError: createBindsErrorSimulation(options.bindsError),
  };
  const server = await listen({
    port: apiPort,
    portFlag: '--api-port',
    certificate: certificates,
    now,
    createService: () => ({
      handle: withCommit(storage, createApi({ tokenCheck, broker, binds, now, release })),
    }),
    onResponse: log.createRecorder('api'),
  });
  closeables.push(server);
  return server.origin;
}

interface SharedServices {
  readonly now: () => number;
  readonly log: RequestLog;
  readonly certificates: Certificates;
  /** Returns the storage for the server with this name. */
  readonly getStorage: State['getStorage'];
  /** Closed in reverse order when the sandbox stops. */
  readonly closeables: Closeable[];
}

interface Closeable {
  readonly close: () => void | Promise<void>;
}

interface UaaSettings extends Pick<
  UaaOptions,
  'tokenSeconds' | 'refreshSeconds' | 'rotateRefresh' | 'issuerCa' | 'hasReviewData'
> {
  /** 0 = any free port; default 8443. */
  readonly uaaPort?: number | undefined;
  /** Release that the built-in UAA simulates; default 77. */
  readonly uaaBehaviour?: UaaRelease | undefined;
  /** Hostnames that the built-in UAA accepts, in addition to `localhost` and `127.0.0.1`. */
  readonly uaaHostnames?: readonly string[] | undefined;
  /** Base URL of an external UAA to use instead of the built-in one. */
  readonly uaa?: string | undefined;
  /** CA certificate of the external UAA: PEM text, or the path of a PEM file. */
  readonly uaaCa?: string | undefined;
  /** Secret of the client `pks_client` at the external UAA; default `pks_client-secret`. */
  readonly pksClientSecret?: string | undefined;
}

/** The UAA that the API uses, and the data that users need to log in. */
interface UaaConnection {
  readonly tokenCheck: TokenCheckSettings;
  readonly users: Uaa['accounts']['users'];
  readonly clients: Uaa['accounts']['clients'];
  /** Absolute path of the file that contains `caPem`. */
  readonly caCert: string;
  /** CA certificates of the API and of this UAA. */
  readonly caPem: string;
  /** Undefined for an external UAA. */
  readonly respond?: ListeningServer['respond'];
}

/** @throws {Error} if the UAA's port cannot be used. */
async function startBuiltInUaa(
  { now, log, certificates, getStorage, closeables }: SharedServices,
  settings: UaaSettings,
): Promise<UaaConnection> {
  const { uaaPort = 8443, uaaBehaviour, uaaHostnames } = settings;
  const { tokenSeconds, refreshSeconds, rotateRefresh, issuerCa, hasReviewData } = settings;
  const server = await listen({
    port: uaaPort,
    portFlag: '--uaa-port',
    certificate: certificates,
    now,
    createService: (origin) =>
      createUaa({
        issuer: origin,
        now,
        storage: getStorage('uaa'),
        behaviour: uaaBehaviour,
        hostnames: uaaHostnames,
        tokenSeconds,
        refreshSeconds,
        rotateRefresh,
        issuerCa,
        hasReviewData,
      }),
    onResponse: log.createRecorder('uaa'),
  });
  const { ca: caPem, caPath: caCert } = certificates;
  const http = createHttpClient(server.origin, caPem);
  closeables.push(server, http);
  const { accounts, pksClientSecret: clientSecret } = server.service;
  const tokenCheck = { uaa: http, clientId: apiClientId, clientSecret };
  return { tokenCheck, ...accounts, caCert, caPem, respond: server.respond };
}
