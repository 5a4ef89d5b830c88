import { randomUUID } from 'node:crypto';
import type { Release } from '../release.js';
import { ErrorResponse, json } from '../router.js';
import { createPendingCluster, type Cluster, type NewCluster } from './cluster.js';
import {
  scheduleOperation,
  scheduleSkippedOperation,
  scheduleUpgrade,
  type Operation,
} from './operations.js';
import { findPlanDefinition, type PlanDefinition } from './plans.js';
import type { BrokerState, Instance } from './state.js';
import { toTaskInfo, type Task, type TaskStore } from './tasks.js';

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

  const startOperation = (instance: Instance, operation: Omit<Operation, 'run'>): void => {
    const run = { startsAt: now(), endsAt: now() + milliseconds };
    state.save(scheduleOperation(instance, { ...operation, run }, now()));
  };

  return {
    create: (input: NewCluster): Instance => {
      const definition = findPlanDefinition(input.plan_name);
      if (!definition) throw brokerError(400, `plan ${input.plan_name} not found`);
      if (state.findByName(input.name)) {
        throw brokerError(409, `The cluster named "${input.name}" already exists.`);
      }
      const clusterCount = state.list().length;
      const cluster = createPendingCluster(input, definition.plan, release.current);
      startOperation(
        { owner: input.owner, cluster },
        {
          action: 'CREATE',
          fails: definition.fails,
          result: { kubernetes_master_ips: createMasterAddresses(definition, clusterCount) },
        },
      );
      return requireInstance(state, input.name);
    },
    update(name: string, { parameters = {}, ...members }: ClusterChange): Instance {
      const instance = requireIdleInstance(state, name);
      const { cluster } = instance;
      const result = { ...members, parameters: { ...cluster.parameters, ...parameters } };
      startOperation(instance, { action: 'UPDATE', fails: willFail(cluster), result });
      return requireInstance(state, name);
    },
    delete: (name: string): void =>
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

/** Creates addresses in a subnet that depends on the number of clusters. */
function createMasterAddresses({ plan }: PlanDefinition, clusterCount: number): string[] {
  const subnet = `10.0.${String(20 + (clusterCount % 200))}`;
  return Array.from(
    { length: plan.master_instances },
    (_, index) => `${subnet}.${String(6 + index)}`,
  );
}
