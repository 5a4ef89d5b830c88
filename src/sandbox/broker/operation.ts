import { randomInt, randomUUID } from 'node:crypto';
import type { Cluster } from './cluster.js';
import type { Instance, Run, Step } from './state.js';

export interface Operation {
  readonly action: Cluster['last_action'];
  readonly run: Run;
  readonly fails: boolean;
  /** Changes to the cluster at the end; none if the operation fails. */
  readonly result?: Partial<Cluster>;
}

/** The broker's terms for the operations. @see pks-cli, section 13 */
const words: Readonly<Record<Operation['action'], string>> = {
  CREATE: 'provisioning',
  UPDATE: 'update',
  DELETE: 'deletion',
  UPGRADE: 'upgrade',
};

/** @returns the cluster with the steps of the operation, from `now` on. */
export function begin(
  { owner, cluster }: Instance,
  { action, run, fails, result = {} }: Operation,
  now: number,
): Instance {
  const word = words[action];
  const started: Step = {
    at: run.startsAt,
    change: {
      last_action: action,
      last_action_state: 'in progress',
      last_action_description:
        action === 'CREATE' ? 'Creating cluster' : `Instance ${word} in progress`,
    },
  };
  const underWay: Step = {
    at: run.startsAt + (run.endsAt - run.startsAt) / 4,
    change: { last_action_description: `Instance ${word} in progress` },
  };
  const succeeded: Step = {
    at: run.endsAt,
    change: {
      ...result,
      last_action_state: 'succeeded',
      last_action_description: `Instance ${word} completed`,
    },
    ...(action === 'DELETE' && { isEnd: true }),
  };
  const failed: Step = {
    at: run.endsAt,
    change: { last_action_state: 'failed', last_action_description: problem(cluster, action) },
  };
  return {
    owner,
    cluster,
    run,
    steps: [
      ...(run.startsAt > now ? [queued(action, now)] : []),
      started,
      ...(action === 'CREATE' ? [underWay] : []),
      fails ? failed : succeeded,
    ],
  };
}

/** @returns the cluster with an operation that is queued, never starts, and is undone at `until`. */
export function waitInVain(
  { owner, cluster }: Instance,
  action: Operation['action'],
  now: number,
  until: number,
): Instance {
  const { last_action, last_action_state, last_action_description } = cluster;
  const before = { last_action, last_action_state, last_action_description };
  return { owner, cluster, steps: [queued(action, now), { at: until, change: before }] };
}

function queued(action: Operation['action'], at: number): Step {
  return {
    at,
    change: {
      last_action: action,
      last_action_state: 'queued',
      last_action_description: `Instance ${words[action]} queued`,
    },
  };
}

/** @see pks-api, section 11 */
function problem({ uuid }: Cluster, action: Operation['action']): string {
  return (
    'There was a problem completing your request. Please contact your operations team ' +
    `providing the following information: service: p.pks, service-instance-guid: ${uuid}, ` +
    `broker-request-id: ${randomUUID()}, task-id: ${String(randomInt(1000, 10_000))}, ` +
    `operation: ${action.toLowerCase()}`
  );
}
