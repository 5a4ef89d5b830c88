import { randomUUID } from 'node:crypto';
import type { Release } from '../release.js';
import { ErrorResponse, json } from '../router.js';
import type { Cluster, ClusterParameters } from './cluster.js';
import {
  findFreeTime,
  scheduleOperation,
  scheduleSkippedOperation,
  scheduleUpgrade,
  workerCount,
  type Operation,
} from './operations.js';
import { findPlanDefinition, planSettings, type PlanDefinition } from './plans.js';
import type { BrokerState, Instance } from './state.js';
import { toTaskInfo, type Task, type TaskStore } from './tasks.js';

export interface NewCluster {
  readonly owner: string;
  readonly name: string;
  readonly plan_name: string;
  readonly network_profile_name?: string;
  readonly compute_profile_name?: string;
  readonly kubernetes_profile_name?: string;
  /** At least the host; the plan determines the number of workers if it is absent. */
  readonly parameters: Partial<ClusterParameters>;
}

/** Changes to a cluster. Absent members and parameters stay unchanged. */
export type ClusterChange = Partial<Omit<NewCluster, 'owner' | 'name' | 'plan_name'>>;

export interface Upgrade {
  readonly owner: string;
  readonly clusters: readonly string[];
  readonly canaries: readonly string[];
  readonly maxInFlight: number;
}

/** The broker's description while an operation on the cluster is running. */
export const busyDescription =
  'od-broker is processing a request for the same instance... please try again later';

/** Creates the error for a request that the broker rejects. */
function brokerError(status: number, description: string): ErrorResponse {
  return new ErrorResponse(json(status, { body: description }), description);
}

interface ChangesDeps {
  readonly state: BrokerState;
  readonly tasks: TaskStore;
  readonly release: Release;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Duration of each cluster operation. */
  readonly milliseconds: number;
}

/** Starts and cancels operations on clusters. All functions can throw {@link ErrorResponse}. */
export type Changes = ReturnType<typeof createChanges>;

export function createChanges(deps: ChangesDeps) {
  const { state, tasks, release, now, milliseconds } = deps;
  const willFail = ({ plan_name }: Cluster) => findPlanDefinition(plan_name)?.fails ?? false;

  const startOperation = (instance: Instance, operation: Omit<Operation, 'run'>): Instance => {
    const startsAt = findFreeTime(state.listActiveRuns(), now(), workerCount);
    const run = { startsAt, endsAt: startsAt + milliseconds };
    state.save(scheduleOperation(instance, { ...operation, run }, now()));
    return requireInstance(state, instance.cluster.name);
  };

  return {
    create: (input: NewCluster): Instance => {
      const definition = findPlanDefinition(input.plan_name);
      if (!definition) throw brokerError(400, `plan ${input.plan_name} not found`);
      if (state.findByName(input.name)) {
        throw brokerError(409, `The cluster named "${input.name}" already exists.`);
      }
      const clusterCount = state.list().length;
      const cluster = createPendingCluster(input, definition, release);
      return startOperation(
        { owner: input.owner, cluster },
        {
          action: 'CREATE',
          fails: definition.fails,
          result: { kubernetes_master_ips: createMasterAddresses(definition, clusterCount) },
        },
      );
    },
    update(name: string, { parameters = {}, ...members }: ClusterChange): Instance {
      const instance = requireIdleInstance(state, name);
      const { cluster } = instance;
      const result = { ...members, parameters: { ...cluster.parameters, ...parameters } };
      return startOperation(instance, { action: 'UPDATE', fails: willFail(cluster), result });
    },
    delete: (name: string): Instance =>
      startOperation(requireIdleInstance(state, name), { action: 'DELETE', fails: false }),
    upgrade({ owner, clusters, canaries, maxInFlight }: Upgrade): Task {
      const others = clusters.filter((name) => !canaries.includes(name));
      const instances = [...canaries, ...others].map((name) => requireIdleInstance(state, name));
      const task: Task = {
        uuid: randomUUID(),
        owner,
        beganAt: now(),
        clusters: scheduleUpgrade(
          {
            canaries,
            others,
            maxInFlight,
            fails: (name) => willFail(requireInstance(state, name).cluster),
          },
          state.listActiveRuns(),
          now(),
          milliseconds,
        ),
      };
      tasks.put(task);
      state.save(...instances.map((instance) => scheduleClusterUpgrade(instance, task, release)));
      return task;
    },
    /** Cancels a task. Upgrades that have started continue; the others are removed from the task. */
    cancel(task: Task): Task {
      if (toTaskInfo(task, now()).end_time !== undefined) return task;
      const started = task.clusters.filter(({ run }) => run && run.startsAt <= now());
      const waiting = task.clusters.filter((cluster) => !started.includes(cluster));
      // Storing clusters without their steps restores the state from before the upgrade.
      const waitingInstances = waiting.flatMap(({ name }) => state.getStored(name) ?? []);
      state.save(...waitingInstances.map(({ owner, cluster }) => ({ owner, cluster })));
      const canceled = { ...task, canceledAt: now(), clusters: started };
      tasks.put(canceled);
      return canceled;
    },
  };
}

function requireInstance(state: BrokerState, name: string): Instance {
  const instance = state.findByName(name);
  if (instance) return instance;
  throw brokerError(404, `The cluster named "${name}" not found.`);
}

/**
 * Rejects a second operation, because a cluster has at most one at a time.
 *
 * @see pks-cli, section 13
 */
function requireIdleInstance(state: BrokerState, name: string): Instance {
  const instance = requireInstance(state, name);
  const isBusy = ['queued', 'in progress'].includes(instance.cluster.last_action_state);
  if (!isBusy) return instance;
  throw brokerError(409, busyDescription);
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

/**
 * Creates a cluster as in the API's response, including the null members.
 *
 * @see pks-api, section 7.2
 */
function createPendingCluster(
  { name, plan_name, parameters, ...profiles }: NewCluster,
  { plan }: PlanDefinition,
  { current }: Release,
): Cluster {
  return {
    name,
    plan_name,
    // The first step replaces the three `last_action` members.
    last_action: 'CREATE',
    last_action_state: 'queued',
    last_action_description: 'Instance provisioning queued',
    uuid: randomUUID(),
    kubernetes_master_ips: ['In Progress'],
    network_profile_name: profiles.network_profile_name ?? '',
    compute_profile_name: profiles.compute_profile_name ?? '',
    kubernetes_profile_name: profiles.kubernetes_profile_name ?? '',
    k8s_version: current.k8s,
    pks_version: current.pks,
    parameters: {
      kubernetes_master_host: '',
      kubernetes_master_port: 8443,
      worker_haproxy_ip_addresses: null,
      kubernetes_worker_instances: plan.worker_instances,
      authorization_mode: null,
      kubernetes_setting_plan_details: planSettings,
      k8s_customization_parameters: {
        vsphere_cloud_provider_config_key: null,
        unset_http_proxy: null,
        insecure_registries: null,
      },
      ...parameters,
    },
  };
}

/** Creates addresses in a subnet that depends on the number of clusters. */
function createMasterAddresses({ plan }: PlanDefinition, clusterCount: number): string[] {
  const subnet = `10.0.${String(20 + (clusterCount % 200))}`;
  return Array.from(
    { length: plan.master_instances },
    (_, index) => `${subnet}.${String(6 + index)}`,
  );
}
