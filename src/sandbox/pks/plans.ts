import { json, route, type Route } from '../router.js';
import type { ChangeAccess } from './change-access.js';
import { readers, type Guard } from './guard.js';

/** @see pks-api, route 10 */
export function planRoutes(guarded: Guard, broker: Pick<ChangeAccess, 'plans'>): Route[] {
  return [
    route(
      'GET',
      '/v1/plans',
      guarded(readers, async () =>
        json(
          200,
          (await broker.plans()).map(({ plan }) => plan),
        ),
      ),
    ),
  ];
}
