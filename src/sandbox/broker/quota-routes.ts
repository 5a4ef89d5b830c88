import { json, route, type Route } from '../router.js';
import { objectIn, type Json } from './inputs.js';
import type { Collection } from '../storage/collection.js';
import type { Quota } from './quotas.js';

/** Quotas, which the broker keeps and the API heeds. */
export function quotaRoutes(quotas: Collection<Quota>): Route[] {
  return [
    route('GET', '/quotas', () => json(200, quotas.all())),
    route('GET', '/quotas/:owner', (_request, { owner = '' }) => {
      const found = quotas.get(owner);
      return found ? json(200, found) : none;
    }),
    route('PUT', '/quotas/:owner', ({ body }, { owner = '' }) => {
      const limit = toLimit(objectIn(body));
      if (!limit) return json(400, { description: 'a limit has cpu, memory and cluster' });
      const quota = { owner, limit };
      quotas.put(quota);
      return json(200, quota);
    }),
    route('DELETE', '/quotas/:owner', (_request, { owner = '' }) => {
      return quotas.delete(owner) ? json(200, {}) : none;
    }),
  ];
}

const none = json(404, { description: 'no such quota' });

function toLimit({ cpu, memory, cluster }: Json): Quota['limit'] | undefined {
  return typeof cpu === 'number' && typeof memory === 'number' && typeof cluster === 'number'
    ? { cpu, memory, cluster }
    : undefined;
}
