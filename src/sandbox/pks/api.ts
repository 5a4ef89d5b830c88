import type { Broker } from '../broker/broker.js';
import { planDefinitions } from '../broker/plans.js';
import type { TokenCheckSettings } from '../http-client.js';
import type { Release } from '../pks-releases.js';
import { createRouter, json, route, type Handle, type Route } from '../router.js';
import { createBindRoutes, type BindSettings } from './binds.js';
import { createClusterRoutes } from './clusters.js';
import { createGuard, readScopes, type GuardedRoute } from './guard.js';
import { createProfileRoutes } from './profiles.js';
import { createQuotaRoutes, createUsageRoutes } from './quotas.js';
import { createTaskRoutes } from './tasks.js';

export interface ApiOptions {
  readonly tokenCheck: TokenCheckSettings;
  readonly broker: Broker;
  readonly binds: BindSettings;
  /** Returns epoch milliseconds. */
  readonly now: () => number;
  readonly release: Release;
}

/** Creates the PKS API of a release. The UAA checks the tokens, and the broker stores all data. */
export function createApi({ tokenCheck, broker, binds, now, release }: ApiOptions): Handle {
  const guardedRoute = createGuard(tokenCheck);
  const routes = [
    ...createActuatorRoutes(guardedRoute),
    ...createClusterRoutes(guardedRoute, broker, release),
    ...createBindRoutes(guardedRoute, broker, binds),
    guardedRoute('GET', '/v1/plans', readScopes, () =>
      json(
        200,
        planDefinitions.map(({ plan }) => plan),
      ),
    ),
    ...createTaskRoutes(guardedRoute, broker, release, now),
    ...createProfileRoutes(guardedRoute, broker, release, now),
    ...createQuotaRoutes(guardedRoute, broker),
    ...createUsageRoutes(guardedRoute, broker),
  ];
  const { handler: fallback } = guardedRoute('*', '*', 'anyone', ({ request: { path } }) =>
    json(404, { status: 404, error: 'Not Found', message: 'No message available', path }),
  );
  const handle = createRouter(routes, fallback);
  // The API accepts a trailing slash. @see docs/contributing/servers/pks-api.md#address
  return (request) => handle({ ...request, path: request.path.replace(/(?<=.)\/$/, '') });
}

/** Content type of Spring Boot 2's actuator responses. @see docs/contributing/servers/pks-api.md#address */
const actuatorHeaders = {
  'content-type': 'application/vnd.spring-boot.actuator.v2+json;charset=UTF-8',
};

/** Creates the routes for the login probe and for the health check. Only the login probe requires a token. */
function createActuatorRoutes(guardedRoute: GuardedRoute): Route[] {
  return [
    guardedRoute('GET', '/actuator/info', readScopes, () => json(200, {}, actuatorHeaders)),
    route('GET', '/actuator/health', () => json(200, { status: 'UP' }, actuatorHeaders)),
  ];
}
