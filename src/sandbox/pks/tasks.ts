import * as v from 'valibot';
import type { Broker } from '../broker/broker.js';
import { toTaskInfo, type Task } from '../broker/tasks.js';
import type { Release } from '../release.js';
import { ErrorResponse, json, text, type Route } from '../router.js';
import { findChangeableCluster } from './clusters.js';
import { canChange, canSee, readScopes, writeScopes, type GuardedRoute } from './guard.js';
import { integer, listOf, objectOfRelease, readBody, string } from './requests.js';

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
 * @param now - returns epoch milliseconds.
 * @see pks-api, routes 3 and 16 to 19
 */
export function taskRoutes(
  guardedRoute: GuardedRoute,
  broker: Broker,
  { name: release, current }: Release,
  now: () => number,
): Route[] {
  const path = '/v1/tasks/:uuid';

  function requireTask(uuid: string, isAllowed: (owner: string) => boolean): Task {
    const found = broker.tasks.get(uuid);
    if (found && isAllowed(found.owner)) return found;
    throw new ErrorResponse(json(404, { body: `The task with the id "${uuid}" not found.` }));
  }

  return [
    guardedRoute('PATCH', '/v1/clusters', writeScopes, ({ request: { body }, caller }) => {
      const request = readBody(body, objectOfRelease(release, upgradeSchema));
      const clusters = [...new Set(request.clusters)];
      const canaries = [...new Set(request.canaries)];
      for (const name of [...canaries, ...clusters]) findChangeableCluster(broker, caller, name);
      const maxInFlight = request.max_in_flight ?? 1;
      const task = broker.upgrade({ owner: caller.name, clusters, canaries, maxInFlight });
      return json(202, toTaskInfo(task, now()));
    }),
    guardedRoute('GET', '/v1/upgradable', readScopes, () => text(200, current.pks)),
    guardedRoute('GET', '/v1/tasks', readScopes, ({ request, caller }) => {
      const limit = Number(request.query.get('limit') ?? defaultLimit);
      const visible = broker.tasks.listLatestFirst().filter(({ owner }) => canSee(caller, owner));
      return json(
        200,
        visible.slice(0, limit).map((task) => toTaskInfo(task, now())),
      );
    }),
    guardedRoute('GET', path, readScopes, ({ caller, params: { uuid = '' } }) => {
      const found = requireTask(uuid, (owner) => canSee(caller, owner));
      return json(200, toTaskInfo(found, now()));
    }),
    guardedRoute('PUT', path, writeScopes, ({ caller, params: { uuid = '' } }) => {
      const found = requireTask(uuid, (owner) => canChange(caller, owner));
      return json(200, toTaskInfo(broker.cancel(found), now()));
    }),
  ];
}
