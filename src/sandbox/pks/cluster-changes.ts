import type { Release } from '../release.js';
import { ErrorResponse, json, route, type Route } from '../router.js';
import type { BrokerAccess } from './broker-access.js';
import { invalid, isObject, type Json } from './body.js';
import type { Caller } from './caller.js';
import type { PlanOffer } from './change-access.js';
import type { OwnedCluster } from './cluster-access.js';
import { toWantedChange, toWantedCluster } from './cluster-request.js';
import { shownCluster } from './clusters.js';
import type { Guard } from './guard.js';
import { checkProfiles } from './profile-use.js';
import { checkQuota, type Addition } from './quota-check.js';
import { machinesOf } from './usage.js';

/** Who may make clusters, and change their own at least. @see pks-api, section 4 */
export const writers = ['pks.clusters.admin', 'pks.clusters.manage'];

/** Making, changing and deleting clusters. @see pks-api, routes 2, 6 and 7 */
export function clusterChangeRoutes(
  guarded: Guard,
  broker: BrokerAccess,
  { name: release }: Release,
): Route[] {
  return [
    route(
      'POST',
      '/v1/clusters',
      guarded(writers, async ({ request: { body }, caller }) => {
        const { planName, workers, request } = toWantedCluster(body, release);
        const offer = await offerOf(broker, planName);
        checkWorkers(workers, offer);
        await checkProfiles(broker, caller, request);
        await checkQuota(broker, caller, { ...machinesOf(offer, workers), cluster: 1 });
        const made = await broker.create(caller.name, request);
        return json(202, shownCluster(made, { details: false, release }));
      }),
    ),
    route(
      'PATCH',
      '/v1/clusters/:name',
      guarded(writers, async ({ request: { body }, params: { name = '' }, caller }) => {
        const { cluster } = await ownCluster(broker, caller, name);
        const { workers, profiles, parameters } = toWantedChange(body, release);
        await checkProfiles(broker, caller, profiles);
        const old = isObject(cluster['parameters']) ? cluster['parameters'] : {};
        if (workers !== undefined) {
          const offer = await offerOf(broker, String(cluster['plan_name']));
          checkWorkers(workers, offer);
          await checkQuota(broker, caller, growth(offer, old, workers));
        }
        await broker.update(name, { ...profiles, parameters: parameters(old) });
        return { status: 202, headers: {}, body: '' };
      }),
    ),
    route(
      'DELETE',
      '/v1/clusters/:name',
      guarded(writers, async ({ params: { name = '' }, caller }) => {
        await ownCluster(broker, caller, name);
        await broker.remove(name);
        return { status: 204, headers: {}, body: '' };
      }),
    ),
  ];
}

/**
 * A cluster that the caller may change. Another's is answered like one that does not exist.
 *
 * @throws {ErrorResponse} 404
 */
export async function ownCluster(
  broker: Pick<BrokerAccess, 'cluster'>,
  { name: user, scopes }: Caller,
  name: string,
): Promise<OwnedCluster> {
  const found = await broker.cluster(name);
  if (found && (scopes.has('pks.clusters.admin') || found.owner === user)) return found;
  throw new ErrorResponse(json(404, { body: `The cluster named "${name}" not found.` }));
}

async function offerOf(broker: BrokerAccess, planName: string): Promise<PlanOffer> {
  const offer = (await broker.plans()).find(({ name }) => name === planName);
  if (offer) return offer;
  throw invalid(`The plan named "${planName}" not found.`);
}

/** What more workers take; fewer take nothing. */
function growth({ machine, workers: usual }: PlanOffer, old: Json, workers: number): Addition {
  const before = old['kubernetes_worker_instances'];
  const more = Math.max(0, workers - (typeof before === 'number' ? before : usual));
  return { cpu: more * machine.cpu, memory: more * machine.memory, cluster: 0 };
}

/** @see pks-api, section 11 */
function checkWorkers(workers: number | undefined, { maximumWorkers }: PlanOffer): void {
  if (workers === undefined || (workers >= 1 && workers <= maximumWorkers)) return;
  throw invalid(
    `Please specify a number of workers that is between 1 and ${String(maximumWorkers)}`,
  );
}
