import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Cluster } from '../broker/cluster.js';
import type { HttpClient } from '../http-client.js';
import { listen, type ListeningServer } from '../listen.js';
import type { Release } from '../release.js';
import type { SharedServices } from '../sandbox.js';
import { ensureCertificates } from '../tls.js';
import type { KubeAuth, KubernetesClusters, KubernetesEndpoint } from './clusters.js';
import { createApiServer } from './server/api-server.js';
import { clusterGoneError } from './server/status.js';

export interface BuiltInKubernetesOptions extends SharedServices {
  readonly kubeAuth: KubeAuth;
  /** The UAA whose tokens the clusters accept. */
  readonly uaa: HttpClient;
  /** Determines the version of clusters whose version is not set. */
  readonly release: Release;
  /** Returns the current state of a cluster; undefined if it does not exist. */
  readonly findCluster: (name: string) => Cluster | undefined;
}

/** A server that starts again with the sandbox, on the same port, so that kubeconfigs stay valid. */
interface StoredServer {
  readonly uuid: string;
  readonly name: string;
  readonly port: number;
  /** Time of the first start in epoch milliseconds; shown as the age of the nodes. */
  readonly createdAt: number;
}

/** Identifies a cluster. */
type ClusterId = Pick<StoredServer, 'uuid' | 'name'>;

interface RunningServer {
  readonly endpoint: KubernetesEndpoint;
  readonly close: () => Promise<void>;
}

/**
 * Creates the built-in Kubernetes APIs: one HTTPS server with its own CA for each cluster, on a free
 * loopback port. A server starts on first use; with `--dir`, it starts again with the sandbox. When
 * its cluster is deleted, the next request stops it.
 *
 * @throws {Error} if the stored data cannot be read, or if a server cannot be started again.
 */
export async function createBuiltInKubernetes(
  options: BuiltInKubernetesOptions,
): Promise<KubernetesClusters & { readonly close: () => Promise<void> }> {
  const { now, storageFor, certificates, findCluster } = options;
  const storage = storageFor('kubernetes');
  const stored = storage.collection<StoredServer>({
    name: 'servers',
    key: ({ uuid }) => uuid,
  });
  const running = new Map<string, Promise<RunningServer>>();
  const folderOf = (uuid: string): string => join(dirname(certificates.caPath), 'kubernetes', uuid);

  async function start(id: ClusterId): Promise<RunningServer> {
    const known = stored.get(id.uuid);
    const createdAt = known?.createdAt ?? now();
    const server = await startServer(options, {
      ...{ id, createdAt, folder: folderOf(id.uuid), port: known?.port ?? 0 },
      // If this fails, the next start of the sandbox deletes the data.
      onGone: () => void stop(id.uuid).catch(() => undefined),
    });
    stored.put({ ...id, createdAt, port: Number(new URL(server.endpoint.server).port) });
    storage.commit();
    return server;
  }

  /** Stops the server of a deleted cluster and deletes its data. */
  async function stop(uuid: string): Promise<void> {
    const server = running.get(uuid);
    running.delete(uuid);
    await (await server)?.close();
    rmSync(folderOf(uuid), { recursive: true, force: true });
    stored.delete(uuid);
    storage.drop(`${uuid}/`);
    storage.commit();
  }

  function ensureRunning({ uuid, name }: ClusterId): Promise<RunningServer> {
    const current = running.get(uuid);
    if (current) return current;
    const started = start({ uuid, name });
    running.set(uuid, started);
    // A failed start is not cached, so the next request tries again.
    started.catch(() => running.delete(uuid));
    return started;
  }

  async function close(): Promise<void> {
    const servers = await Promise.allSettled(running.values());
    const started = servers.filter((server) => server.status === 'fulfilled');
    await Promise.all(started.map(({ value }) => value.close()));
  }

  try {
    for (const id of stored.all()) {
      if (findCluster(id.name)?.uuid === id.uuid) await ensureRunning(id);
      else await stop(id.uuid);
    }
  } catch (error) {
    await close();
    throw error;
  }

  return { getEndpoint: async (cluster) => (await ensureRunning(cluster)).endpoint, close };
}

interface ServerProperties {
  readonly id: ClusterId;
  /** Folder for the certificates. */
  readonly folder: string;
  /** The port to use if it is free; 0 = any free port. */
  readonly port: number;
  readonly createdAt: number;
  /** Called when the cluster no longer exists. */
  readonly onGone: () => void;
}

async function startServer(
  { now, log, storageFor, kubeAuth, uaa, release, findCluster }: BuiltInKubernetesOptions,
  { id, folder, port, createdAt, onGone }: ServerProperties,
): Promise<RunningServer> {
  const certificates = await ensureCertificates(folder);
  const adminToken = randomBytes(24).toString('base64url');

  function readCluster(): Cluster {
    const cluster = findCluster(id.name);
    if (cluster?.uuid === id.uuid) return cluster;
    onGone();
    throw clusterGoneError();
  }

  const handle = createApiServer({
    ...{ now, createdAt, adminToken, readCluster },
    storage: storageFor(`kubernetes/${id.uuid}`),
    uaa: kubeAuth === 'oidc' ? uaa : undefined,
    readVersion: (cluster) => cluster.k8s_version ?? release.current.k8s,
  });
  const listenOn = (wantedPort: number): Promise<ListeningServer> =>
    listen({
      port: wantedPort,
      certificate: certificates,
      now,
      createHandler: () => handle,
      onResponse: log.createRecorder('kubernetes'),
    });
  const server = await listenOn(port).catch((error: unknown) => {
    if (port === 0) throw error;
    return listenOn(0);
  });
  return {
    endpoint: { server: server.origin, ca: certificates.ca, adminToken },
    close: server.close,
  };
}
