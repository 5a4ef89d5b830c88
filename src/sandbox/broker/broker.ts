import { randomUUID } from 'node:crypto';
import type { Release } from '../pks-releases.js';
import { ErrorResponse, json } from '../router.js';
import type { Collection, Storage } from '../storage.js';
import { createPendingCluster, type Cluster, type NewCluster } from './cluster.js';
import {
  scheduleOperation,
  scheduleSkippedOperation,
  scheduleUpgrade,
  type Operation,
} from './operations.js';
import { findPlanDefinition, type PlanDefinition } from './plans.js';
import { seedClusters, seedProfiles, seedQuotas, seedTasks } from './seed.js';
import {
  createClusterStore,
  createProfileStore,
  createTaskStore,
  findTaskEnd,
  type ClusterStore,
  type Instance,
  type ProfileStore,
  type Task,
  type TaskStore,
} from './state.js';

/**
 * Limits on the number and the total size of an owner's clusters; memory in GB.
 * @see docs/contributing/servers/pks-api.md#quotas
 */
export interface Quota {
  readonly owner: string;
  readonly limit: { readonly cpu: number; readonly memory: number; readonly cluster: number };
}

interface BrokerOptions {
  /** Returns epoch milliseconds. */
  readonly now: () => number;
  readonly release: Release;
  /** Duration of each cluster operation. */
  readonly provisionSeconds: number;
  readonly storage: Storage;
}

/** Changes to a cluster. Absent members and parameters stay unchanged. */
type ClusterChange = Partial<Omit<NewCluster, 'owner' | 'name' | 'plan_name'>>;

interface Upgrade {
  readonly owner: string;
  readonly clusters: readonly string[];
  readonly canaries: readonly string[];
  readonly maxInFlight: number;
}

function brokerError(status: number, description: string): ErrorResponse {
  return new ErrorResponse(json(status, { body: description }), description);
}

/** Also used for clusters of other owners, so that their names stay private. */
export function clusterNotFoundError(name: string): ErrorResponse {
  return brokerError(404, `The cluster named "${name}" not found.`);
}

/** The error if an operation on the cluster is running. @see docs/contributing/servers/pks-api.md#errors */
export function busyError(): ErrorResponse {
  return brokerError(
    409,
    'od-broker is processing a request for the same instance... please try again later',
  );
}

/**
 * Simulates the on-demand broker and BOSH, which are behind the API. Stores all clusters with their
 * owners, and starts and cancels operations on them. The API checks the permissions of the caller and
 * validates the requests before it calls these methods, which throw {@link ErrorResponse}.
 */
export class Broker {
  readonly clusters: ClusterStore;
  readonly tasks: TaskStore;
  readonly profiles: ProfileStore;
  readonly quotas: Collection<Quota>;
  readonly #now: () => number;
  readonly #release: Release;
  readonly #operationMilliseconds: number;

  constructor({ now, release, provisionSeconds, storage }: BrokerOptions) {
    this.#now = now;
    this.#release = release;
    this.#operationMilliseconds = provisionSeconds * 1000;
    this.clusters = createClusterStore(
      seedClusters(now(), provisionSeconds, release),
      now,
      storage,
    );
    this.tasks = createTaskStore(seedTasks(now()), storage);
    this.profiles = createProfileStore(seedProfiles(now()), storage);
    this.quotas = storage.collection<Quota>({
      name: 'quotas',
      key: ({ owner }) => owner,
      seed: () => seedQuotas,
    });
  }

  /** Returns the current state of a cluster; undefined if it does not exist. */
  findCluster(name: string): Cluster | undefined {
    return this.clusters.findByName(name)?.cluster;
  }

  create(input: NewCluster): Instance {
    const definition = findPlanDefinition(input.plan_name);
    if (!definition) throw brokerError(400, `plan ${input.plan_name} not found`);
    if (this.findCluster(input.name)) {
      throw brokerError(409, `The cluster named "${input.name}" already exists.`);
    }
    const clusterCount = this.clusters.list().length;
    const cluster = createPendingCluster(input, definition.plan, this.#release.current);
    this.#start(
      { owner: input.owner, cluster },
      {
        action: 'CREATE',
        fails: definition.fails,
        result: { kubernetes_master_ips: createMasterAddresses(definition, clusterCount) },
      },
    );
    return this.#require(input.name);
  }

  update(name: string, { parameters = {}, ...members }: ClusterChange): Instance {
    const instance = this.#requireIdle(name);
    const { cluster } = instance;
    const result = { ...members, parameters: { ...cluster.parameters, ...parameters } };
    this.#start(instance, { action: 'UPDATE', fails: willFail(cluster), result });
    return this.#require(name);
  }

  delete(name: string): void {
    this.#start(this.#requireIdle(name), { action: 'DELETE', fails: false });
  }

  upgrade({ owner, clusters, canaries, maxInFlight }: Upgrade): Task {
    const startedAt = this.#now();
    const others = clusters.filter((name) => !canaries.includes(name));
    const instances = [...canaries, ...others].map((name) => this.#requireIdle(name));
    const fails = (name: string): boolean => willFail(this.#require(name).cluster);
    const task: Task = {
      uuid: randomUUID(),
      owner,
      beganAt: startedAt,
      clusters: scheduleUpgrade(
        { canaries, others, maxInFlight, fails },
        startedAt,
        this.#operationMilliseconds,
      ),
    };
    this.tasks.put(task);
    this.clusters.save(
      ...instances.map((instance) => scheduleClusterUpgrade(instance, task, this.#release)),
    );
    return task;
  }

  /** Cancels a task. Upgrades that have started continue; the others are removed from the task. */
  cancel(task: Task): Task {
    const now = this.#now();
    if (findTaskEnd(task) <= now) return task;
    const startedClusters = task.clusters.filter(({ run }) => run && run.startsAt <= now);
    const waitingClusters = task.clusters.filter((cluster) => !startedClusters.includes(cluster));
    // Storing clusters without their steps restores the state from before the upgrade.
    const waitingInstances = waitingClusters.flatMap(
      ({ name }) => this.clusters.getStored(name) ?? [],
    );
    this.clusters.save(...waitingInstances.map(({ owner, cluster }) => ({ owner, cluster })));
    const canceled = { ...task, canceledAt: now, clusters: startedClusters };
    this.tasks.put(canceled);
    return canceled;
  }

  #start(instance: Instance, operation: Omit<Operation, 'run'>): void {
    const now = this.#now();
    const run = { startsAt: now, endsAt: now + this.#operationMilliseconds };
    this.clusters.save(scheduleOperation(instance, { ...operation, run }, now));
  }

  #require(name: string): Instance {
    const instance = this.clusters.findByName(name);
    if (instance) return instance;
    throw clusterNotFoundError(name);
  }

  /**
   * @throws {ErrorResponse} 409 if an operation is running, because a cluster can have only one at a time.
   * @see docs/contributing/servers/pks-api.md#operations
   */
  #requireIdle(name: string): Instance {
    const instance = this.#require(name);
    const isBusy = ['queued', 'in progress'].includes(instance.cluster.last_action_state);
    if (!isBusy) return instance;
    throw busyError();
  }
}

function willFail({ plan_name: planName }: Cluster): boolean {
  return findPlanDefinition(planName)?.fails ?? false;
}

function scheduleClusterUpgrade(
  instance: Instance,
  { clusters, beganAt }: Task,
  { current }: Release,
): Instance {
  const run = clusters.find(({ name }) => name === instance.cluster.name)?.run;
  if (!run) {
    const stoppedAt = Math.max(...clusters.map((each) => each.run?.endsAt ?? beganAt));
    return scheduleSkippedOperation(instance, 'UPGRADE', beganAt, stoppedAt);
  }
  const result = { pks_version: current.pks, k8s_version: current.k8s, available_upgrades: [] };
  return scheduleOperation(instance, { action: 'UPGRADE', run, fails: run.fails, result }, beganAt);
}

function createMasterAddresses({ plan }: PlanDefinition, clusterCount: number): string[] {
  const subnet = `10.0.${String(20 + (clusterCount % 200))}`;
  return Array.from(
    { length: plan.master_instances },
    (_, index) => `${subnet}.${String(6 + index)}`,
  );
}
