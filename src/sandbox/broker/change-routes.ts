import { json, route, type Route } from '../router.js';
import type { Changes } from './changes.js';
import { toClusterChange, toNewCluster, toUpgrade } from './inputs.js';
import { offers } from './plans.js';
import { taskInfo, type Task, type TaskStore } from './tasks.js';

/** What the API has the broker do with clusters, and the plans there are for it. */
export function changeRoutes(changes: Changes): Route[] {
  return [
    route('GET', '/plans', () => json(200, offers)),
    route('POST', '/clusters', ({ body }) => json(202, changes.create(toNewCluster(body)))),
    route('PATCH', '/clusters/:name', ({ body }, { name = '' }) =>
      json(202, changes.update(name, toClusterChange(body))),
    ),
    route('DELETE', '/clusters/:name', (_request, { name = '' }) =>
      json(202, changes.remove(name)),
    ),
  ];
}

/** Upgrades and their progress, each with the identity that started it. */
export function taskRoutes(changes: Changes, tasks: TaskStore, now: () => number): Route[] {
  const owned = (task: Task) => ({
    owner: task.owner,
    task: taskInfo(task, now()),
  });
  const none = json(404, { description: 'no such task' });
  return [
    route('POST', '/tasks', ({ body }) => json(202, owned(changes.upgrade(toUpgrade(body))))),
    route('GET', '/tasks', () => json(200, tasks.latestFirst().map(owned))),
    route('GET', '/tasks/:uuid', (_request, { uuid = '' }) => {
      const task = tasks.get(uuid);
      return task ? json(200, owned(task)) : none;
    }),
    route('DELETE', '/tasks/:uuid', (_request, { uuid = '' }) => {
      const task = changes.cancel(uuid);
      return task ? json(200, owned(task)) : none;
    }),
  ];
}
