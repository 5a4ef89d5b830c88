import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createTaskStore, type Task } from '../../../../src/sandbox/broker/tasks.js';
import { openFolderStorage } from '../../../../src/sandbox/storage/folder-storage.js';
import { createMemoryStorage } from '../../../../src/sandbox/storage/storage.js';
import { temporaryFolder } from '../running-sandbox.js';

const task = (uuid: string): Task => ({ uuid, owner: 'cody', beganAt: 0, clusters: [] });

test('lists the latest tasks first, and a change does not move a task', () => {
  const tasks = createTaskStore(createMemoryStorage(), [task('second'), task('first')]);
  tasks.put(task('third'));
  tasks.put({ ...task('first'), canceledAt: 5 });
  expect(tasks.listLatestFirst().map(({ uuid }) => uuid)).toEqual(['third', 'second', 'first']);
  expect(tasks.get('first')).toMatchObject({ canceledAt: 5 });
});

test('keeps the order of the tasks of tpks 0.1.0', () => {
  const folder = temporaryFolder();
  const items = [task('second'), task('first')];
  writeFileSync(join(folder, 'tasks.json'), JSON.stringify({ version: 1, items }));
  const storage = openFolderStorage(folder);
  createTaskStore(storage).put(task('third'));
  storage.commit();
  const reopened = createTaskStore(openFolderStorage(folder));
  expect(reopened.listLatestFirst().map(({ uuid }) => uuid)).toEqual(['third', 'second', 'first']);
});
