import * as v from 'valibot';
import type { Broker } from '../broker/broker.js';
import { findTaskEnd, type Task, type TaskCluster } from '../broker/state.js';
import type { Release } from '../pks-releases.js';
import { ErrorResponse, json, text, type Route } from '../router.js';
import { findChangeableCluster } from './clusters.js';
import { canChange, canSee, readScopes, writeScopes, type GuardedRoute } from './guard.js';
import { integer, listOf, createReleaseSchema, readBody, string } from './requests.js';

const defaultLimit = 10;

const upgradeSchema = {
  clusters: v.pipe(listOf(string), v.nonEmpty('{name} is required')),
  canaries: v.nullish(listOf(string)),
  max_in_flight: v.nullish(v.pipe(integer, v.minValue(1, '{name} must be 1 or more'))),
};

/**
 * Creates the routes for upgrade tasks and for the version that clusters can be upgraded to. Only
 * administrators can see the tasks of other owners.
 * @param now - returns epoch milliseconds.
 * @see docs/contributing/servers/pks-api.md#routes
 */
export function createTaskRoutes(
  guardedRoute: GuardedRoute,
  broker: Broker,
  { name: release, current }: Release,
  now: () => number,
): Route[] {
  const path = '/v1/tasks/:uuid';

  function requireTask(uuid: string, isAllowed: (owner: string) => boolean): Task {
    const task = broker.tasks.get(uuid);
    if (task && isAllowed(task.owner)) return task;
    throw new ErrorResponse(json(404, { body: `The task with the id "${uuid}" not found.` }));
  }

  return [
    guardedRoute('PATCH', '/v1/clusters', writeScopes, ({ request: { body }, caller }) => {
      const request = readBody(body, createReleaseSchema(release, upgradeSchema));
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
      const task = requireTask(uuid, (owner) => canSee(caller, owner));
      return json(200, toTaskInfo(task, now()));
    }),
    guardedRoute('PUT', path, writeScopes, ({ caller, params: { uuid = '' } }) => {
      const task = requireTask(uuid, (owner) => canChange(caller, owner));
      return json(200, toTaskInfo(broker.cancel(task), now()));
    }),
  ];
}

/**
 * Formats a task as the API returns it. Its times are in epoch seconds.
 * @param now - epoch milliseconds.
 * @see docs/contributing/servers/pks-api.md#tasks
 */
function toTaskInfo(task: Task, now: number) {
  const { uuid, beganAt, canceledAt, clusters } = task;
  const runs = clusters.flatMap(({ run }) => run ?? []);
  const end = findTaskEnd(task);
  const hasStarted = runs.some(({ startsAt }) => startsAt <= now);
  const status = end <= now ? 'done' : hasStarted ? 'in progress' : 'not started';
  return {
    uuid,
    type: 'UPGRADE',
    status: canceledAt === undefined ? status : 'canceled',
    clusters: clusters.map((cluster) => toClusterInfo(cluster, now)),
    start_time: toSeconds(beganAt),
    ...(end <= now && { end_time: toSeconds(end) }),
  };
}

function toClusterInfo({ name, isCanary, run }: TaskCluster, now: number) {
  const hasStarted = run !== undefined && run.startsAt <= now;
  const hasEnded = run !== undefined && run.endsAt <= now;
  const outcome = run?.fails === true ? 'failed' : 'succeeded';
  return {
    cluster_name: name,
    last_action: 'UPGRADE',
    last_action_state: hasEnded ? outcome : hasStarted ? 'in progress' : 'queued',
    ...(hasStarted && { start_time: toSeconds(run.startsAt) }),
    ...(hasEnded && { end_time: toSeconds(run.endsAt) }),
    is_canary: isCanary,
  };
}

function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
