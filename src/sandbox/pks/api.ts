import type { Broker } from '../broker/broker.js';
import { planDefinitions } from '../broker/plans.js';
import { releases, type Release } from '../release.js';
import {
  createRouter,
  json,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../router.js';
import { bindRoutes, type BindSettings } from './binds.js';
import { createGuard, readScopes, type GuardedRoute, type TokenCheck } from './guard.js';
import { clusterRoutes } from './clusters.js';
import { taskRoutes } from './tasks.js';
import { profileRoutes } from './profiles.js';
import { quotaRoutes, usageRoutes } from './quotas.js';

export interface ApiOptions {
  readonly tokens: TokenCheck;
  readonly broker: Broker;
  readonly binds: BindSettings;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Default 1.7. */
  readonly release?: Release;
}

/** Creates the PKS API of a release. The UAA checks the tokens, and the broker stores all data. */
export function createApi({
  tokens,
  broker,
  binds,
  now,
  release = releases['1.7'],
}: ApiOptions): (request: SandboxRequest) => Promise<SandboxResponse> {
  const guardedRoute = createGuard(tokens);
  const routes = [
    ...actuatorRoutes(guardedRoute),
    ...clusterRoutes(guardedRoute, broker, release),
    ...bindRoutes(guardedRoute, broker, binds),
    guardedRoute('GET', '/v1/plans', readScopes, () =>
      json(
        200,
        planDefinitions.map(({ plan }) => plan),
      ),
    ),
    ...taskRoutes(guardedRoute, broker, release, now),
    ...profileRoutes(guardedRoute, broker, release, now),
    ...quotaRoutes(guardedRoute, broker),
    ...usageRoutes(guardedRoute, broker),
  ];
  /** Formats an error like Spring Boot. */
  const springErrorResponse = (
    status: number,
    error: string,
    message: string,
    { path }: SandboxRequest,
  ): SandboxResponse => {
    const timestamp = new Date(now()).toISOString().replace('Z', '+0000');
    return json(status, { timestamp, status, error, message, path });
  };
  const { handler: fallback } = guardedRoute('*', '*', 'anyone', ({ request }) =>
    springErrorResponse(404, 'Not Found', 'No message available', request),
  );
  const handle = createRouter(routes, fallback);
  return (request) =>
    handle({ ...request, path: removeTrailingSlash(request.path) }).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      return springErrorResponse(500, 'Internal Server Error', message, request);
    });
}

/** The API accepts a trailing slash. @see pks-api, section 1 */
function removeTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Content type of Spring Boot 2's actuator responses. @see pks-api, section 1 */
const actuatorHeaders = {
  'content-type': 'application/vnd.spring-boot.actuator.v2+json;charset=UTF-8',
};

/** Creates the routes for the login probe and the health check, which requires no token. */
function actuatorRoutes(guardedRoute: GuardedRoute): Route[] {
  return [
    guardedRoute('GET', '/actuator/info', readScopes, () => json(200, {}, actuatorHeaders)),
    route('GET', '/actuator/health', () => json(200, { status: 'UP' }, actuatorHeaders)),
  ];
}
