import { createBroker } from './broker/broker.js';
import { createTemporaryFolder, lockFolder } from './folder-lock.js';
import { connectExternalKubernetes } from './kubernetes-connection.js';
import { createClusterAccess } from './kubernetes/client.js';
import {
  createBuiltInKubernetes,
  type KubeAuth,
  type KubernetesClusters,
  type KubernetesEndpoint,
} from './kubernetes/clusters.js';
import { listen } from './listen.js';
import { createApi } from './pks/api.js';
import { createBindsErrorSimulation, type BindSettings, type BindsErrorKind } from './pks/binds.js';
import { releases, type ReleaseName } from './release.js';
import { createRequestLog, type RequestLog } from './request-log.js';
import { openState, withCommit, type State } from './storage/storage.js';
import { ensureCertificates } from './tls.js';
import {
  startBuiltInUaa,
  connectExternalUaa,
  type SharedServices,
  type UaaConnection,
  type UaaSettings,
} from './uaa-connection.js';

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
  /** Epoch milliseconds; default: the machine's clock. */
  readonly now?: (() => number) | undefined;
  /** Seconds by which the servers' clock, and therefore their `Date` header, is ahead of `now`. */
  readonly clockOffsetSeconds?: number | undefined;
  /** Duration of each cluster operation; default 120. */
  readonly provisionSeconds?: number | undefined;
  /** Release of the API; default 1.7. */
  readonly pksVersion?: ReleaseName | undefined;
  /** How clusters authenticate users; default `oidc`. */
  readonly kubeAuth?: KubeAuth | undefined;
  /** A real API server for all clusters, instead of the built-in ones. */
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
   * Sends a request to the built-in UAA without the network, which is several times as fast. Undefined
   * for an external UAA.
   */
  readonly respondAsUaa?: UaaConnection['respond'];
  /**
   * Stops the servers and saves the data. Resolves when the ports are free and the temporary files are
   * deleted.
   *
   * @throws {Error} from node:fs if the data cannot be saved.
   */
  readonly close: () => Promise<void>;
}

/**
 * Starts a UAA and a PKS API on loopback ports. They share a clock and a log, and communicate over
 * HTTP. The Kubernetes APIs of the clusters start on first use.
 *
 * @throws {Error} if a port, file, folder or address cannot be used; the message names it or its option.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { now: machineNow = Date.now, clockOffsetSeconds = 0 } = options;
  const { path: dir, release } =
    options.dir === undefined ? createTemporaryFolder() : lockFolder(options.dir);
  const closeables: SharedServices['closeables'] = [];
  let state: State | undefined;
  let log: RequestLog | undefined;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeAll());
  const closeAll = async (): Promise<void> => {
    try {
      await Promise.all(closeables.map(({ close: closeOne }) => closeOne()));
    } finally {
      try {
        state?.close();
      } finally {
        log?.close();
        release();
      }
    }
  };
  try {
    state = openState(options.dir);
    log = createRequestLog(options.log);
    const frame: SharedServices = {
      now: () => machineNow() + clockOffsetSeconds * 1000,
      log,
      certificates: await ensureCertificates(dir),
      storageFor: state.storageFor,
      closeables,
    };
    const uaa =
      options.uaa === undefined
        ? await startBuiltInUaa(frame, options)
        : await connectExternalUaa(frame, options.uaa, options);
    const api = await startApi(frame, options, uaa);
    state.save();
    const { users, clients, tokens, caCert, caPem } = uaa;
    const pksClientSecret = tokens.clientSecret;
    const addresses = { api, uaa: tokens.uaa.baseUrl, caCert, caPem };
    return { ...addresses, users, clients, pksClientSecret, respondAsUaa: uaa.respond, close };
  } catch (error) {
    // Closing saves the state, and may fail in the same way.
    await close().catch(() => undefined);
    throw error;
  }
}

async function startApi(
  shared: SharedServices,
  options: SandboxOptions,
  { tokens }: UaaConnection,
): Promise<string> {
  const { now, log, certificates, closeables } = shared;
  const { apiPort = 9021, pksVersion = '1.7', kubeAuth = 'oidc' } = options;
  const { provisionSeconds = 120 } = options;
  const release = releases[pksVersion];
  const storage = shared.storageFor('broker');
  const broker = createBroker({ now, release, provisionSeconds, storage });
  const access = createClusterAccess();
  closeables.push(access);
  let clusters: KubernetesClusters;
  if (options.kubernetes) {
    clusters = await connectExternalKubernetes(options.kubernetes);
  } else {
    const { findCluster } = broker;
    const builtIn = await createBuiltInKubernetes({
      ...{ now, log, certificates, kubeAuth, uaa: tokens, release, findCluster },
      storage: shared.storageFor('kubernetes'),
    });
    closeables.push(builtIn);
    clusters = builtIn;
  }
  const binds: BindSettings = {
    clusters,
    access,
    kubeAuth,
    issuer: `${tokens.uaa.baseUrl}/oauth/token`,
    simulateError: createBindsErrorSimulation(options.bindsError),
  };
  const server = await listen({
    port: apiPort,
    portFlag: '--api-port',
    certificate: certificates,
    now,
    createHandler: () => withCommit(storage, createApi({ tokens, broker, binds, now, release })),
    onResponse: log.createRecorder('api'),
  });
  closeables.push(server);
  return server.origin;
}
