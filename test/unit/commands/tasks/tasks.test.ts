import { describe, expect, test } from '@jest/globals';
import { listTable } from '../../../../src/commands/list/list.js';
import { localTimes } from '../../../../src/commands/local-time.js';
import { taskDetails, taskList } from '../../../../src/commands/tasks/task-view.js';
import { cancelTask } from '../../../../src/commands/tasks/cancel-task.js';
import { tasks } from '../../../../src/commands/tasks/tasks.js';
import type { Task } from '../../../../src/pks/tasks.js';
import { plainText } from '../../../support/plain-lines.js';
import { recordedTerminal } from '../../../support/recorded-terminal.js';

const pacific = localTimes('---', 'America/Los_Angeles');

describe('the original’s output', () => {
  test('is that of tasks', () => {
    const found: Task = {
      uuid: 'd772aba0-2670-4fba-b26c-044b19d6ab60',
      type: 'UPGRADE',
      status: 'done',
      start_time: Date.UTC(2020, 5, 28, 12) / 1000,
      end_time: Date.UTC(2020, 5, 28, 12, 20) / 1000,
      clusters: [{ cluster_name: 'Sample5' }],
    };
    // The product's page says PST, which in June is nowhere the time; its columns are what counts.
    const expected = `
ID                                    Type     Status  StartTime                      EndTime                        Clusters
d772aba0-2670-4fba-b26c-044b19d6ab60  UPGRADE  done    Sun, 28 Jun 2020 05:00:00 PST  Sun, 28 Jun 2020 05:20:00 PST  Sample5
`.replaceAll('PST', 'PDT');
    expect(plainText(listTable(taskList(pacific), [found]))).toBe(expected);
  });

  test('is that of task', () => {
    const at = (minute: number, second = 0) => Date.UTC(2019, 9, 14, 19, minute, second) / 1000;
    const found: Task = {
      uuid: 'd772aba0-2670-4fba-b26c-044b19d6ab60',
      type: 'UPGRADE',
      status: 'done',
      clusters: [
        {
          cluster_name: 'k8-cluster-000',
          last_action_state: 'succeeded',
          start_time: at(0),
          end_time: at(19, 54),
          is_canary: true,
        },
        {
          cluster_name: 'k8-cluster-001',
          last_action_state: 'failed',
          start_time: at(20),
          is_canary: true,
        },
      ],
    };
    expect(plainText(taskDetails(found, pacific))).toBe(`
Your upgrade task is: done

Name            Status     Start time                     End time                       isCanary
k8-cluster-000  succeeded  Mon, 14 Oct 2019 12:00:00 PDT  Mon, 14 Oct 2019 12:19:54 PDT  true
k8-cluster-001  failed     Mon, 14 Oct 2019 12:20:00 PDT  ---                            true
`);
  });
});

test('what an answer leaves out is left out, and several clusters stand side by side', () => {
  const bare: Task = { uuid: 't', clusters: [{ cluster_name: 'a' }, { cluster_name: 'b' }] };
  expect(plainText(listTable(taskList(pacific), [bare, { uuid: 'u', clusters: null }]))).toBe(`
ID  Type  Status  StartTime  EndTime  Clusters
t                 ---        ---      a, b
u                 ---        ---
`);
  expect(plainText(taskDetails(bare, pacific))).toBe(`
Your task is:

Name  Status  Start time  End time  isCanary
a             ---         ---       false
b             ---         ---       false
`);
});

test('tasks asks for as many as wanted and leaves their ids for completion', async () => {
  const remembered: Record<string, readonly string[]> = {};
  const terminal = recordedTerminal();
  const limits: number[] = [];
  await tasks(
    { limit: 3 },
    {
      terminal,
      tasks: async () => ({
        list: async (limit) => {
          limits.push(limit);
          return [{ uuid: 't', status: 'done', later: 1 }];
        },
        get: () => Promise.reject(new Error('not asked for')),
        cancel: () => Promise.reject(new Error('not asked for')),
      }),
      context: async () => ({
        name: 'cody@localhost',
        identity: 'cody',
        grant: 'password',
        clientId: 'pks_cli',
        api: 'https://localhost:9021',
        uaa: 'https://localhost:8443',
        skipTlsVerification: false,
        store: 'file',
        sources: {
          name: 'default',
          api: 'context',
          uaa: 'context',
          caCert: 'default',
          identity: 'context',
        },
      }),
      names: async (kind) => ({
        read: async () => [],
        write: async (context, names) => {
          remembered[`${kind} ${context}`] = names;
        },
        forget: async () => undefined,
      }),
    },
  );
  expect(limits).toEqual([3]);
  expect(terminal.json).toEqual([[{ uuid: 't', status: 'done', later: 1 }]]);
  expect(remembered).toEqual({ 'tasks cody@localhost': ['t'] });
});

test('cancel-task shows what is left of the task', async () => {
  const terminal = recordedTerminal();
  const canceled: string[] = [];
  await cancelTask(
    { id: 't' },
    {
      terminal,
      tasks: async () => ({
        list: () => Promise.reject(new Error('not asked for')),
        get: () => Promise.reject(new Error('not asked for')),
        cancel: async (id) => {
          canceled.push(id);
          return { uuid: id, type: 'UPGRADE', status: 'canceled', clusters: [] };
        },
      }),
    },
  );
  expect(canceled).toEqual(['t']);
  expect(terminal.lines).toContain('Your upgrade task is: canceled');
});
