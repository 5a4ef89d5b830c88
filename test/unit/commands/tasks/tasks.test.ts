import { expect, test } from '@jest/globals';
import { formatTask } from '../../../../src/commands/tasks/tasks.js';
import { plainText } from '../../../support/checks/plain-lines.js';

test('formatTask shows the state and times of each cluster', () => {
  const text = plainText(
    formatTask({
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
