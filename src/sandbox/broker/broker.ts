import { releases, type Release } from '../release.js';
import { createRouter, json, type SandboxRequest, type SandboxResponse } from '../router.js';
import { withCommit, createMemoryStorage, type Storage } from '../storage/storage.js';
import { basicAuthorization } from '../http-client.js';
import { createChanges } from './changes.js';
import type { Cluster } from './cluster.js';
import { createProfileStore, seedProfiles } from './profiles.js';
import { createQuotaStore, seedQuotas } from './quotas.js';
import { brokerRoutes } from './routes.js';
import { seedTasks, seedClusters } from './seed.js';
import { createBrokerState, type Instance } from './state.js';
import { createTaskStore } from './tasks.js';

export interface BrokerOptions {
  /** Credentials that the API must send. */
  readonly credentials: { readonly username: string; readonly password: string };
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Default 1.7. */
  readonly release?: Release;
  /** Duration of each cluster operation. */
  readonly provisionSeconds: number;
  /** Number of additional clusters, for performance tests. */
  readonly clusters?: number;
  /** Default: in memory. */
  readonly storage?: Storage;
}

export interface Broker {
  /** Handles the requests of the API. */
  readonly handle: (request: SandboxRequest) => Promise<SandboxResponse>;
  /** Returns the current state of a cluster; undefined if it does not exist. */
  readonly findCluster: (name: string) => Cluster | undefined;
}

/**
 * Creates the broker behind the API, which simulates the on-demand broker and BOSH. It stores all
 * clusters and their owners, but does not use tokens. Only the API has credentials for it.
 *
 * The routes are specific to the sandbox, because the real broker's routes are not documented and only
 * the API uses them.
 */
export function createBroker({
  credentials,
  now,
  release = releases['1.7'],
  provisionSeconds,
  clusters = 0,
  storage = createMemoryStorage(),
}: BrokerOptions): Broker {
  const seed = [...seedClusters(now(), provisionSeconds, release), ...generateClusters(clusters)];
  const state = createBrokerState(seed, now, storage);
  const tasks = createTaskStore(storage, seedTasks(now()));
  const profiles = createProfileStore(seedProfiles(now()), storage);
  const quotas = createQuotaStore(seedQuotas, storage);
  const milliseconds = provisionSeconds * 1000;
  const changes = createChanges({ state, tasks, release, now, milliseconds });
  const handleAuthorized = createRouter(
    brokerRoutes({ state, changes, tasks, profiles, quotas, now }),
    () => json(404, { description: 'route not found' }),
  );
  const expectedAuthorization = basicAuthorization(credentials.username, credentials.password);
  const unauthorized = json(
    401,
    { description: 'valid credentials are required' },
    { 'www-authenticate': 'Basic' },
  );
  return {
    handle: withCommit(storage, async (request) =>
      request.headers['authorization'] === expectedAuthorization
        ? handleAuthorized(request)
        : unauthorized,
    ),
    findCluster: (name) => state.findByName(name)?.cluster,
  };
}

/**
 * Generates additional clusters for performance tests of lists. They are named `load-000001` and so
 * on, and belong to cody and alana in turn.
 */
export function generateClusters(count: number): Instance[] {
  return Array.from({ length: count }, (_, index): Instance => {
    const number = String(index + 1).padStart(6, '0');
    const name = `load-${number}`;
    return {
      owner: index % 2 === 0 ? 'cody' : 'alana',
      cluster: {
        name,
        plan_name: 'small',
        last_action: 'CREATE',
        last_action_state: 'succeeded',
        last_action_description: 'Instance provisioning completed',
        uuid: `00000000-0000-4000-8000-000000${number}`,
        kubernetes_master_ips: [`10.1.${String((index >> 8) % 256)}.${String(index % 256)}`],
        k8s_version: '1.16.7',
        pks_version: '1.7.0-build.26',
        parameters: {
          kubernetes_master_host: `${name}.example.com`,
          kubernetes_master_port: 8443,
          kubernetes_worker_instances: 1,
        },
      },
    };
  });
}
