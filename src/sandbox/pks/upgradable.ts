import { route, text, type Route } from '../router.js';
import { readers, type Guard } from './guard.js';

/** The version that clusters can go to, as a bare text. @see pks-api, route 19 */
export function upgradableRoutes(guarded: Guard): Route[] {
  return [
    route(
      'GET',
      '/v1/upgradable',
      guarded(readers, () => text(200, '1.7.0-build.26')),
    ),
  ];
}
