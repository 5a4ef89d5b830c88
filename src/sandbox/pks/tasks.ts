import * as v from 'valibot';
import type { Release } from '../release.js';
import { json, text, type Route, type SandboxResponse } from '../router.js';
import { integer, invalid, listOf, membersOf, readBody, string } from './body.js';
import type { BrokerClient } from './broker-client.js';
import { ownCluster } from './cluster-changes.js';
import { mayChange, maySee, readers, writers, type Guard } from './guard.js';

const defaultLimit = 10;

const upgrade = {
  clusters: v.pipe(listOf(string), v.nonEmpty('{name} is required')),
  canaries: v.nullish(listOf(string)),
  max_in_flight: v.nullish(v.pipe(integer, v.minValue(1, '{name} must be 1 or more'))),
};

/**
 * Upgrades of clusters, visible to their owner and to administrators, and the version that clusters
 * can be upgraded to.
 *
 * @see pks-api, routes 3 and 16 to 19
 */
export function taskRoutes(
  guarded: Guard,
  broker: BrokerClient,
  { name: release, current }: Release,
): Route[] {
  return [
    guarded('PATCH', '/v1/clusters', writers, async ({ request: { body }, caller }) => {
      const request = readBody(body, membersOf(release, upgrade));
      const clusters = [...new Set(request.clusters)];
      const canaries = [...new Set(request.canaries)];
      for (const name of new Set([...canaries, ...clusters])) {
        await ownCluster(broker, caller, name);
      }
      const { task } = await broker.upgrade({
        owner: caller.name,
        clusters,
        canaries,
        maxInFlight: request.max_in_flight ?? 1,
      });
      return json(202, task);
    }),
    guarded('GET', '/v1/upgradable', readers, () => text(200, current.pks)),
    guarded('GET', '/v1/tasks', readers, async ({ request, caller }) => {
      const limit = toLimit(request.query.get('limit'));
      const visible = (await broker.tasks()).filter(({ owner }) => maySee(caller, owner));
      const latest = visible.slice(0, limit).map(({ task }) => task);
      return json(200, latest);
    }),
    guarded('GET', '/v1/tasks/:uuid', readers, async ({ caller, params: { uuid = '' } }) => {
      const found = await broker.task(uuid);
      const isVisible = found && maySee(caller, found.owner);
      return isVisible ? json(200, found.task) : notFound(uuid);
    }),
    guarded('PUT', '/v1/tasks/:uuid', writers, async ({ caller, params: { uuid = '' } }) => {
      const found = await broker.task(uuid);
      const isOwn = found && mayChange(caller, found.owner);
      const canceled = isOwn ? await broker.cancelTask(uuid) : undefined;
      return canceled ? json(200, canceled.task) : notFound(uuid);
    }),
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
