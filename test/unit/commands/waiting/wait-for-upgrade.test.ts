import { expect, test } from '@jest/globals';
import type { Task } from '../../../../src/api/pks/clusters.js';
import { isTaskFinished } from '../../../../src/commands/waiting/wait-for-upgrade.js';

type State = 'queued' | 'in progress' | 'succeeded' | 'failed';

function task(
  states: Record<string, State>,
  canaries: readonly string[] = [],
  status = 'in progress',
) {
  return {
    uuid: 'd772',
    status,
    clusters: Object.entries(states).map(([name, last_action_state]) => ({
      cluster_name: name,
      last_action_state,
      is_canary: canaries.includes(name),
    })),
  } satisfies Task;
}

test.each<[boolean, string, Record<string, State>]>([
  [false, 'not started', { a: 'queued' }],
  [false, 'in progress', { a: 'succeeded' }],
  [true, 'done', { a: 'failed', b: 'queued' }],
  [true, 'canceled', { a: 'succeeded' }],
  [false, 'canceled', { a: 'in progress' }],
])('isTaskFinished returns %s for the status %j with %j', (expected, status, states) => {
  expect(isTaskFinished(task(states, [], status))).toBe(expected);
});
