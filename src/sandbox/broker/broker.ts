import { releases, type Release } from '../release.js';
import { createRouter, json } from '../router.js';
import type { SandboxRequest, SandboxResponse } from '../router.js';
import { committing, storageInMemory, type Storage } from '../storage/storage.js';
import { basic } from '../http-client.js';
import { createChanges } from './changes.js';
import { generatedClusters } from './generated.js';
import { createProfileStore, seedProfiles } from './profiles.js';
import { createQuotaStore, seedQuotas } from './quotas.js';
import { brokerRoutes } from './routes.js';
import { seedClusters, seedTasks } from './seed.js';
import { createBrokerState } from './state.js';
import { createTaskStore } from './tasks.js';

export interface BrokerOptions {
  /** The API's credentials. */
  readonly credentials: { readonly username: string; readonly password: string };
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** 1.7 if absent. */
  readonly release?: Release;
  /** Duration of each operation. */
  readonly provisionSeconds: number;
  /** Number of additional clusters. */
  readonly clusters?: number;
  /** In memory if absent. */
  readonly storage?: Storage;
}

/**
 * The broker behind the API. It knows all clusters and their owners, and nothing about tokens. Only
 * the API has credentials for it.
 *
 * It represents the on-demand broker and BOSH. Its routes are the sandbox's own, because only the
 * API uses the real ones and they are not documented.
 */
export function createBroker({
  credentials,
  now,
  release = releases['1.7'],
  provisionSeconds,
  clusters = 0,
  storage = storageInMemory(),
}: BrokerOptions): (request: SandboxRequest) => Promise<SandboxResponse> {
  const seed = [...seedClusters(now(), provisionSeconds, release), ...generatedClusters(clusters)];
  const state = createBrokerState(seed, now, storage);
  const tasks = createTaskStore(storage, seedTasks(now()));
  const profiles = createProfileStore(seedProfiles(now()), storage);
  const quotas = createQuotaStore(seedQuotas, storage);
  const milliseconds = provisionSeconds * 1000;
  const changes = createChanges({ state, tasks, release, now, milliseconds });
  const handle = createRouter(brokerRoutes({ state, changes, tasks, profiles, quotas, now }), () =>
    json(404, { description: 'no such route' }),
  );
  const expected = basic(credentials.username, credentials.password);
  return committing(storage, async (request) =>
    request.headers['authorization'] === expected
      ? handle(request)
      : json(401, { description: 'credentials are needed' }, { 'www-authenticate': 'Basic' }),
  );
}
