import { json, route, type Route, type SandboxResponse } from '../router.js';
import { invalid } from './body.js';
import type { BrokerClient } from './broker-client.js';
import { changesAll, seesAll } from './caller.js';
import { readers, writers, type Guard } from './guard.js';

const defaultLimit = 10;

/** Upgrades of clusters, visible to their owner and to administrators. @see pks-api, routes 16 to 18 */
export function taskRoutes(guarded: Guard, broker: BrokerClient): Route[] {
  return [
    route(
      'GET',
      '/v1/tasks',
      guarded(readers, async ({ request, caller }) => {
        const limit = toLimit(request.query.get('limit'));
        const visible = (await broker.tasks()).filter(
          ({ owner }) => seesAll(caller) || owner === caller.name,
        );
        return json(
          200,
          visible.slice(0, limit).map(({ task }) => task),
        );
      }),
    ),
    route(
      'GET',
      '/v1/tasks/:uuid',
      guarded(readers, async ({ caller, params: { uuid = '' } }) => {
        const found = await broker.task(uuid);
        const isVisible = found && (seesAll(caller) || found.owner === caller.name);
        return isVisible ? json(200, found.task) : notFound(uuid);
      }),
    ),
    route(
      'PUT',
      '/v1/tasks/:uuid',
      guarded(writers, async ({ caller, params: { uuid = '' } }) => {
        const found = await broker.task(uuid);
        const isOwn = found && (changesAll(caller) || found.owner === caller.name);
        const canceled = isOwn ? await broker.cancelTask(uuid) : undefined;
        return canceled ? json(200, canceled.task) : notFound(uuid);
      }),
    ),
  ];
}

function notFound(uuid: string): SandboxResponse {
  return json(404, { body: `The task with the id "${uuid}" not found.` });
}

function toLimit(text: string | null): number {
  if (text === null) return defaultLimit;
  if (/^\d{1,10}$/.test(text) && Number(text) > 0) return Number(text);
  throw invalid('limit must be an integer of 1 or more');
}
