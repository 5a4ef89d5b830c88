import * as v from 'valibot';
import type { Release } from '../release.js';
import { json, text, type Route, type SandboxResponse } from '../router.js';
import { integer, badRequestError, listOf, objectOfRelease, readBody, string } from './body.js';
import type { BrokerClient } from './broker-client.js';
import { findChangeableCluster } from './cluster-changes.js';
import { canChange, canSee, readScopes, writeScopes, type GuardedRoute } from './guard.js';

const defaultLimit = 10;

const upgradeSchema = {
  clusters: v.pipe(listOf(string), v.nonEmpty('{name} is required')),
  canaries: v.nullish(listOf(string)),
  max_in_flight: v.nullish(v.pipe(integer, v.minValue(1, '{name} must be 1 or more'))),
};

/**
 * Creates the routes for upgrade tasks and for the version that clusters can be upgraded to. Only
 * administrators can see the tasks of other owners.
 *
 * @see pks-api, routes 3 and 16 to 19
 */
export function taskRoutes(
  guardedRoute: GuardedRoute,
  broker: BrokerClient,
  { name: release, current }: Release,
): Route[] {
  return [
    guardedRoute('PATCH', '/v1/clusters', writeScopes, async ({ request: { body }, caller }) => {
      const request = readBody(body, objectOfRelease(release, upgradeSchema));
      const clusters = [...new Set(request.clusters)];
      const canaries = [...new Set(request.canaries)];
      for (const name of new Set([...canaries, ...clusters])) {
        await findChangeableCluster(broker, caller, name);
      }
      const { task } = await broker.upgrade({
        owner: caller.name,
        clusters,
        canaries,
        maxInFlight: request.max_in_flight ?? 1,
      });
      return json(202, task);
    }),
    guardedRoute('GET', '/v1/upgradable', readScopes, () => text(200, current.pks)),
    guardedRoute('GET', '/v1/tasks', readScopes, async ({ request, caller }) => {
      const limit = parseLimit(request.query.get('limit'));
      const visible = (await broker.tasks()).filter(({ owner }) => canSee(caller, owner));
      const latest = visible.slice(0, limit).map(({ task }) => task);
      return json(200, latest);
    }),
    guardedRoute(
      'GET',
      '/v1/tasks/:uuid',
      readScopes,
      async ({ caller, params: { uuid = '' } }) => {
        const found = await broker.task(uuid);
        const isVisible = found && canSee(caller, found.owner);
        return isVisible ? json(200, found.task) : taskNotFound(uuid);
      },
    ),
    guardedRoute(
      'PUT',
      '/v1/tasks/:uuid',
      writeScopes,
      async ({ caller, params: { uuid = '' } }) => {
        const found = await broker.task(uuid);
        const isOwn = found && canChange(caller, found.owner);
        const canceled = isOwn ? await broker.cancelTask(uuid) : undefined;
        return canceled ? json(200, canceled.task) : taskNotFound(uuid);
      },
    ),
  ];
}

function taskNotFound(uuid: string): SandboxResponse {
  return json(404, { body: `The task with the id "${uuid}" not found.` });
}

function parseLimit(text: string | null): number {
  if (text === null) return defaultLimit;
  if (/^\d{1,10}$/.test(text) && Number(text) > 0) return Number(text);
  throw badRequestError('limit must be an integer of 1 or more');
}
