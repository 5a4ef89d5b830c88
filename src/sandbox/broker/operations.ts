import { randomInt, randomUUID } from 'node:crypto';
import type { Cluster } from './cluster.js';
import type { Instance, Run, Step, TaskCluster } from './state.js';

export interface Operation {
  readonly action: Cluster['last_action'];
  readonly run: Run;
  readonly fails: boolean;
  /** Changes to the cluster if the operation succeeds. */
  readonly result?: Partial<Cluster>;
}

/** Nouns that the broker uses for the operations. @see docs/contributing/servers/pks-api.md#operations */
const actionNouns: Readonly<Record<Operation['action'], string>> = {
  CREATE: 'provisioning',
  UPDATE: 'update',
  DELETE: 'deletion',
  UPGRADE: 'upgrade',
};

/** Returns the cluster with the steps of a new operation. @param now - epoch milliseconds */
export function scheduleOperation(
  { owner, cluster }: Instance,
  { action, run, fails, result }: Operation,
  now: number,
): Instance {
  const noun = actionNouns[action];
  const firstStep: Step = {
    at: run.startsAt,
    change: {
      last_action: action,
      last_action_state: 'in progress',
      last_action_description:
        action === 'CREATE' ? 'Creating cluster' : `Instance ${noun} in progress`,
    },
  };
  const lastStep: Step = fails
    ? {
        at: run.endsAt,
        change: {
          last_action_state: 'failed',
          last_action_description: describeFailure(cluster, action),
        },
      }
    : {
        at: run.endsAt,
        change: {
          ...result,
          last_action_state: 'succeeded',
          last_action_description: `Instance ${noun} completed`,
        },
        ...(action === 'DELETE' && { isEnd: true }),
      };
  const queued = run.startsAt > now ? [createQueuedStep(action, now)] : [];
  return { owner, cluster, steps: [...queued, firstStep, lastStep] };
}

/**
 * Returns the cluster with an operation that is queued at `now`, but never starts. At `until`, the
 * cluster returns to its previous state.
 */
export function scheduleSkippedOperation(
  { owner, cluster }: Instance,
  action: Operation['action'],
  now: number,
  until: number,
): Instance {
  const { last_action, last_action_state, last_action_description } = cluster;
  const before = { last_action, last_action_state, last_action_description };
  return { owner, cluster, steps: [createQueuedStep(action, now), { at: until, change: before }] };
}

function createQueuedStep(action: Operation['action'], time: number): Step {
  return {
    at: time,
    change: {
      last_action: action,
      last_action_state: 'queued',
      last_action_description: `Instance ${actionNouns[action]} queued`,
    },
  };
}

/** Returns the description of a failed operation. @see docs/contributing/servers/pks-api.md#operations */
function describeFailure({ uuid }: Cluster, action: Operation['action']): string {
  return (
    'There was a problem completing your request. Please contact your operations team ' +
    `providing the following information: service: p.pks, service-instance-guid: ${uuid}, ` +
    `broker-request-id: ${randomUUID()}, task-id: ${String(randomInt(1000, 10_000))}, ` +
    `operation: ${action.toLowerCase()}`
  );
}

interface UpgradePlan {
  readonly canaries: readonly string[];
  readonly others: readonly string[];
  readonly maxInFlight: number;
  /** Whether the upgrade of this cluster will fail. */
  readonly fails: (name: string) => boolean;
}

/**
 * Schedules the canaries one after the other, and then the others in groups of `maxInFlight`. If a
 * canary fails, the upgrades after it never start. Other failures have no effect.
 * @param start - start of the first upgrade, in epoch milliseconds.
 * @param milliseconds - duration of each upgrade.
 * @see docs/contributing/servers/pks-api.md#upgrades
 */
export function scheduleUpgrade(
  { canaries, others, maxInFlight, fails }: UpgradePlan,
  start: number,
  milliseconds: number,
): TaskCluster[] {
  const groups = [...canaries.map((name) => [name]), ...splitIntoGroups(others, maxInFlight)];
  const failedCanary = canaries.findIndex(fails);
  return groups.flatMap((names, index) => {
    const isCanary = index < canaries.length;
    const isReached = failedCanary < 0 || index <= failedCanary;
    const startsAt = start + index * milliseconds;
    const run = { startsAt, endsAt: startsAt + milliseconds };
    return names.map((name) => ({
      name,
      isCanary,
      ...(isReached && { run: { ...run, fails: fails(name) } }),
    }));
  });
}

function splitIntoGroups(names: readonly string[], size: number): string[][] {
  const count = Math.ceil(names.length / size);
  return Array.from({ length: count }, (_, index) => names.slice(index * size, (index + 1) * size));
}
