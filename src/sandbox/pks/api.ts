import { releases, type Release } from '../release.js';
import {
  createRouter,
  json,
  findMethods,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../router.js';
import { bindRoutes, type BindSettings } from './binds.js';
import type { BrokerClient } from './broker-client.js';
import { createGuard, readScopes, type GuardedRoute, type TokenCheck } from './guard.js';
import { clusterRoutes } from './clusters.js';
import { clusterChangeRoutes } from './cluster-changes.js';
import { taskRoutes } from './tasks.js';
import { profileRoutes } from './profiles.js';
import { quotaRoutes } from './quotas.js';
import { usageRoutes } from './usages.js';

export interface ApiOptions {
  readonly tokens: TokenCheck;
  readonly broker: BrokerClient;
  readonly binds: BindSettings;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Default 1.7. */
  readonly release?: Release;
}

/**
 * Creates the PKS API of a release. The API is stateless: it builds each response from the
 * responses of the UAA and the broker.
 */
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
    ...clusterChangeRoutes(guardedRoute, broker, release),
    ...bindRoutes(guardedRoute, broker, binds),
    ...planRoutes(guardedRoute, broker),
    ...taskRoutes(guardedRoute, broker, release),
    ...profileRoutes(guardedRoute, broker, release),
    ...quotaRoutes(guardedRoute, broker),
    ...usageRoutes(guardedRoute, broker),
  ];
  /** Formats an error like Spring Boot. */
  const springErrorResponse = (
    status: number,
    error: string,
    message: string,
    { path }: SandboxRequest,
    headers: Record<string, string> = {},
  ): SandboxResponse => {
    const timestamp = new Date(now()).toISOString().replace('Z', '+0000');
    return json(status, { timestamp, status, error, message, path }, headers);
  };
  const { handler: fallback } = guardedRoute('*', '*', 'anyone', ({ request }) => {
    const methods = findMethods(routes, request.path);
    if (methods.length === 0)
      return springErrorResponse(404, 'Not Found', 'No message available', request);
    const message = `Request method '${request.method}' not supported`;
    const headers = { allow: methods.join(', ') };
    return springErrorResponse(405, 'Method Not Allowed', message, request, headers);
  });
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

/** @see pks-api, route 10 */
function planRoutes(guardedRoute: GuardedRoute, broker: BrokerClient): Route[] {
  return [
    guardedRoute('GET', '/v1/plans', readScopes, async () => {
      const plans = (await broker.plans()).map(({ plan }) => plan);
      return json(200, plans);
    }),
  ];
}
