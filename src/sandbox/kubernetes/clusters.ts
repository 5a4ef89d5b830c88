import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Cluster } from '../broker/cluster.js';
import { createHttpClient, type HttpResponse, type TokenCheckSettings } from '../http-client.js';
import { isObject } from '../json.js';
import { listen, type ListeningServer } from '../listen.js';
import type { Release } from '../pks-releases.js';
import type { RequestLog } from '../request-log.js';
import type { Handle } from '../router.js';
import { withCommit, type Storage } from '../storage.js';
import { ensureCertificates, type Certificates } from '../tls.js';
import { createApiServer } from './api-server.js';
import { createOidcAuthenticator, createServiceAccountTokens } from './authentication.js';
import type { StoredObject } from './objects.js';
import { seedBindings } from './seed.js';
import { clusterGoneError } from './status.js';

/** A Kubernetes API that a cluster of the sandbox uses. */
export interface KubernetesEndpoint {
  /** URL, e.g. `https://localhost:40123`. */
  readonly server: string;
  /** CA certificate of the server, PEM. */
  readonly ca: string;
  /** Bearer token of a cluster administrator. */
  readonly adminToken: string;
}

/** Identifies a cluster. The name is not sufficient, because a new cluster can reuse it. */
type ClusterId = Pick<Cluster, 'uuid' | 'name'>;

/** The Kubernetes APIs of the sandbox's clusters: built-in ones, or one external API server. */
export interface KubernetesClusters {
  /**
   * Returns the Kubernetes API of a cluster, and starts it if necessary.
   * @throws {Error} if it cannot be started.
   */
  readonly getEndpoint: (cluster: ClusterId) => Promise<KubernetesEndpoint>;
}

/** `oidc`: clusters accept tokens of the UAA. `token`: clusters accept tokens of service accounts. */
export type KubeAuth = 'oidc' | 'token';

export interface BuiltInKubernetesOptions {
  /** Returns epoch milliseconds. */
  readonly now: () => number;
  readonly log: RequestLog;
  /** Stores the port, the token secret and the objects of each cluster. */
  readonly storage: Storage;
  /** The clusters' own certificates are in a folder next to these. */
  readonly certificates: Certificates;
  readonly kubeAuth: KubeAuth;
  /** Contains the UAA that issues the users' tokens. */
  readonly tokenCheck: TokenCheckSettings;
  /** Provides the version of clusters that do not have one. */
  readonly release: Release;
  /** Returns the current state of a cluster; undefined if it does not exist. */
  readonly findCluster: (name: string) => Cluster | undefined;
  /** Whether a new cluster `dev-1` has role bindings for `tpks access` to report (default: no). */
  readonly hasReviewData?: boolean | undefined;
}

/** A cluster that had a server. It restarts with the sandbox, so that its kubeconfigs stay valid. */
interface StoredCluster extends ClusterId {
  /** 0 = not started yet. */
  readonly port: number;
  /** Time of the first start in epoch milliseconds; shown as the age of the nodes. */
  readonly createdAt: number;
  /** Signs the tokens of service accounts. */
  readonly tokenSecret: string;
  readonly objects: readonly StoredObject[];
}

interface RunningServer {
  readonly endpoint: KubernetesEndpoint;
  readonly close: () => Promise<void>;
}

/**
 * Creates the built-in Kubernetes APIs: an HTTPS server for each cluster, on a free loopback port.
 * All servers have the same CA. They start on first use; with `--dir`, they restart with the sandbox.
 * @throws {Error} if a server cannot be restarted.
 */
export async function createBuiltInKubernetes(
  options: BuiltInKubernetesOptions,
): Promise<KubernetesClusters & { readonly close: () => Promise<void> }> {
  const { now, log, storage, kubeAuth, tokenCheck, release, findCluster } = options;
  const reviewCluster = options.hasReviewData ? findCluster('dev-1') : undefined;
  const storedClusters = storage.collection<StoredCluster>({
    name: 'clusters',
    key: ({ uuid }) => uuid,
    seed: () => (reviewCluster ? [createCluster(reviewCluster, seedBindings(now()))] : []),
  });
  const authenticateUser = createOidcAuthenticator(tokenCheck, now);
  const folder = join(dirname(options.certificates.caPath), 'kubernetes');
  const runningServers = new Map<string, Promise<RunningServer>>();
  let certificates: Promise<Certificates> | undefined;

  function createCluster(
    { uuid, name }: ClusterId,
    objects: readonly StoredObject[],
  ): StoredCluster {
    const tokenSecret = randomBytes(32).toString('base64url');
    return { uuid, name, port: 0, createdAt: now(), objects, tokenSecret };
  }

  async function start(id: ClusterId): Promise<RunningServer> {
    const cluster = storedClusters.get(id.uuid) ?? createCluster(id, []);
    certificates ??= ensureCertificates(folder);
    const certificate = await certificates;
    const adminToken = randomBytes(24).toString('base64url');
    const listenOn = (port: number): Promise<ListeningServer> =>
      listen({
        port,
        certificate,
        now,
        createService: () => ({ handle: createHandler(cluster, adminToken) }),
        onResponse: log.createRecorder('kubernetes'),
      });
    // The stored port may be in use by another program.
    const server = await listenOn(cluster.port).catch(() => listenOn(0));
    storedClusters.put({ ...cluster, port: Number(new URL(server.origin).port) });
    storage.commit();
    const endpoint = { server: server.origin, ca: certificate.ca, adminToken };
    return { endpoint, close: server.close };
  }

  function createHandler(
    { uuid, name, createdAt, tokenSecret }: StoredCluster,
    adminToken: string,
  ): Handle {
    const tokens = createServiceAccountTokens(tokenSecret, now);
    const handle = createApiServer({
      now,
      createdAt,
      adminToken,
      tokens,
      authenticate: kubeAuth === 'oidc' ? authenticateUser : tokens.authenticate,
      readCluster: () => {
        const cluster = findCluster(name);
        if (cluster?.uuid !== uuid) throw clusterGoneError();
        const { parameters, k8s_version: version = release.current.k8s } = cluster;
        return { uuid, workers: parameters.kubernetes_worker_instances, version };
      },
      store: {
        read: () => storedClusters.get(uuid)?.objects ?? [],
        write: (objects) => {
          const cluster = storedClusters.get(uuid);
          if (cluster) storedClusters.put({ ...cluster, objects });
        },
      },
    });
    return withCommit(storage, handle);
  }

  function ensureRunning(id: ClusterId): Promise<RunningServer> {
    const currentServer = runningServers.get(id.uuid);
    if (currentServer) return currentServer;
    const startedServer = start(id);
    runningServers.set(id.uuid, startedServer);
    // A failed start is not cached, so the next request tries again.
    startedServer.catch(() => runningServers.delete(id.uuid));
    return startedServer;
  }

  async function close(): Promise<void> {
    const servers = await Promise.allSettled(runningServers.values());
    const startedServers = servers.filter((server) => server.status === 'fulfilled');
    await Promise.all(startedServers.map(({ value }) => value.close()));
  }

  try {
    for (const { uuid, name, port } of storedClusters.all()) {
      if (findCluster(name)?.uuid !== uuid) storedClusters.delete(uuid);
      else if (port !== 0) await ensureRunning({ uuid, name });
    }
    storage.commit();
  } catch (error) {
    await close();
    throw error;
  }

  return { getEndpoint: async (cluster) => (await ensureRunning(cluster)).endpoint, close };
}

/**
 * Uses an external API server for all clusters.
 * @throws {Error} if the API server rejects the token, or if the connection fails but is not refused.
 */
export async function connectExternalKubernetes(
  endpoint: KubernetesEndpoint,
): Promise<KubernetesClusters> {
  const shared = { ...endpoint, server: endpoint.server.replace(/\/+$/, '') };
  await checkAdministrator(shared);
  return { getEndpoint: () => Promise.resolve(shared) };
}

/**
 * Checks that the token belongs to an administrator, so that errors are reported when the sandbox starts.
 * An API server that is not running yet is accepted, because it may need the UAA of the sandbox.
 */
async function checkAdministrator(endpoint: KubernetesEndpoint): Promise<void> {
  const { server } = endpoint;
  const { status = 503, body = '' } = (await requestAccessReview(endpoint)) ?? {};
  // A load balancer may respond before the API server is running.
  if (status >= 500) return;
  if (status === 401) {
    throw new Error(`The Kubernetes API ${server} rejected the token in --kubernetes-token-file`);
  }
  if (![201, 403].includes(status)) {
    throw new Error(
      `${server} is not a Kubernetes API: it responded with status ${String(status)}`,
    );
  }
  if (!/"allowed": *true/.test(body)) {
    throw new Error(
      `The token in --kubernetes-token-file does not belong to an administrator of ${server}`,
    );
  }
}

/**
 * Checks with the API server whether the token permits all actions.
 * @returns undefined if the connection is refused.
 */
async function requestAccessReview({
  server,
  ca,
  adminToken,
}: KubernetesEndpoint): Promise<HttpResponse | undefined> {
  const http = createHttpClient(server, ca);
  const spec = { resourceAttributes: { verb: '*', group: '*', resource: '*' } };
  try {
    return await http.send({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ spec }),
    });
  } catch (error) {
    const { code, message } = isObject(error) ? error : {};
    if (code === 'ECONNREFUSED') return undefined;
    const advice = /CERT|SIGNATURE|SSL/.test(String(code)) ? '; check --kubernetes-ca' : '';
    throw new Error(`Cannot connect to the Kubernetes API ${server}: ${String(message)}${advice}`, {
      cause: error,
    });
  } finally {
    await http.close();
  }
}
