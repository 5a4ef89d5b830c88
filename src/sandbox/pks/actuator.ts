import { route, type Route } from '../router.js';
import type { ApiOptions } from './api.js';
import { forScopes, readers } from './scopes.js';

/** The login probe; its type is the vendor's. @see pks-api, section 1 */
export function actuatorRoutes({ tokens }: ApiOptions): Route[] {
  return [
    route(
      'GET',
      '/actuator/info',
      forScopes(tokens, readers, () => ({
        status: 200,
        headers: { 'content-type': 'application/vnd.spring-boot.actuator.v2+json;charset=UTF-8' },
        body: '{}',
      })),
    ),
  ];
}
