import { json, route, type Route, type SandboxResponse } from '../router.js';
import { invalid } from './body.js';
import { writers } from './cluster-changes.js';
import { readers, type Guard } from './guard.js';
import type { TaskAccess } from './task-access.js';
import { maySeeAll } from './usage.js';

const defaultLimit = 10;

/** Upgrades of clusters, each seen by who began it and by administrators. @see pks-api, routes 16 to 18 */
export function taskRoutes(guarded: Guard, broker: TaskAccess): Route[] {
  return [
    route(
      'GET',
      '/v1/tasks',
      guarded(readers, async ({ request, caller }) => {
        const limit = toLimit(request.query.get('limit'));
        const all = await broker.tasks();
        const own = all.filter(({ owner }) => maySeeAll(caller) || owner === caller.name);
        return json(
          200,
          own.slice(0, limit).map(({ task }) => task),
        );
      }),
    ),
    route(
      'GET',
      '/v1/tasks/:uuid',
      guarded(readers, async ({ caller, params: { uuid = '' } }) => {
        const found = await broker.task(uuid);
        const isSeen = found && (maySeeAll(caller) || found.owner === caller.name);
        return isSeen ? json(200, found.task) : missing(uuid);
      }),
    ),
    route(
      'PUT',
      '/v1/tasks/:uuid',
      guarded(writers, async ({ caller: { name, scopes }, params: { uuid = '' } }) => {
        const found = await broker.task(uuid);
        const isOwn = found && (scopes.has('pks.clusters.admin') || found.owner === name);
        const canceled = isOwn ? await broker.cancelTask(uuid) : undefined;
        return canceled ? json(200, canceled.task) : missing(uuid);
      }),
    ),
  ];
}

function missing(uuid: string): SandboxResponse {
  return json(404, { body: `The task with the id "${uuid}" not found.` });
}

function toLimit(text: string | null): number {
  if (text === null) return defaultLimit;
  if (/^\d{1,10}$/.test(text) && Number(text) > 0) return Number(text);
  throw invalid('limit must be a whole number from 1 on');
}
