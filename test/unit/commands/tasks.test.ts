import { expect, test } from '@jest/globals';
import type { Task } from '../../../src/api/pks/clusters.js';
import { formatTaskForTerminal } from '../../../src/commands/tasks.js';
import { toPlainText } from '../../support/checks/plain-lines.js';

const now = new Date('2026-11-25T10:00:00Z');
const secondsAgo = (seconds: number) => now.getTime() / 1000 - seconds;

test('a task on a terminal shows how long each upgrade took or has taken so far', () => {
  const task: Task = {
    uuid: 'd772aba0',
    type: 'UPGRADE',
    status: 'in progress',
    start_time: secondsAgo(3600),
    clusters: [
      {
        cluster_name: 'prod-1',
        last_action_state: 'succeeded',
        start_time: secondsAgo(3600),
        end_time: secondsAgo(2400),
        is_canary: true,
      },
      { cluster_name: 'prod-2', last_action_state: 'in progress', start_time: secondsAgo(2400) },
      { cluster_name: 'prod-3', last_action_state: 'queued', start_time: 0 },
    ],
  };
  expect(formatTaskForTerminal(task, { now, width: 80 }).map(toPlainText)).toEqual([
    'Task:     d772aba0',
    'Type:     upgrade',
    'Status:   in progress',
    'Started:  2026-11-25T09:00:00Z (1 h ago)',
    '',
    'NAME    STATUS       CANARY  STARTED  DURATION',
    'prod-1  succeeded    yes     1h ago   20 min',
    'prod-2  in progress          40m ago  40 min',
    'prod-3  queued',
  ]);
});
