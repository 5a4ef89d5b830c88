import { expect, test } from '@jest/globals';
import { cancelTask } from '../../../../src/commands/tasks/cancel-task.js';
import { taskDetails } from '../../../../src/commands/tasks/tasks.js';
import { recordedTerminal } from '../../../support/recorded-terminal.js';
import { plainText } from '../../../support/plain-lines.js';

test('a task shows the times of its clusters', () => {
  const text = plainText(
    taskDetails({
      uuid: 't',
      type: 'UPGRADE',
      status: 'done',
      clusters: [
        { cluster_name: 'a', last_action_state: 'succeeded', start_time: 1571079600, end_time: 0 },
        { cluster_name: 'b', last_action_state: 'failed', is_canary: true },
      ],
    }),
  );
  expect(text).toMatch(/^\nYour upgrade task is: done\n\nName {2}Status {5}Start time +End time/);
  expect(text).toMatch(/\na {5}succeeded {2}\w{3}, 14 Oct 2019 \d\d:\d\d:00 \S+ +--- +false\n/);
  expect(text).toMatch(/\nb {5}failed {5}--- +--- +true\n/);
});

test('cancel-task shows what is left of the task', async () => {
  const terminal = recordedTerminal();
  const canceled: string[] = [];
  await cancelTask(
    { id: 't' },
    {
      terminal,
      tasks: async () => ({
        list: () => Promise.reject(new Error('unexpected call of list')),
        get: () => Promise.reject(new Error('unexpected call of get')),
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
