import { expect, test } from '@jest/globals';
import { createTaskStore, type Task } from '../../../../src/sandbox/broker/tasks.js';
import { createMemoryStorage } from '../../../../src/sandbox/storage/storage.js';

const task = (uuid: string): Task => ({ uuid, owner: 'cody', beganAt: 0, clusters: [] });

test('lists the latest tasks first, and a change does not move a task', () => {
  const tasks = createTaskStore(createMemoryStorage(), [task('second'), task('first')]);
  tasks.put(task('third'));
  tasks.put({ ...task('first'), canceledAt: 5 });
  expect(tasks.listLatestFirst().map(({ uuid }) => uuid)).toEqual(['third', 'second', 'first']);
  expect(tasks.get('first')).toMatchObject({ canceledAt: 5 });
});
