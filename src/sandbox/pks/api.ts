import { releases, type Release } from '../release.js';
import {
  createRouter,
  json,
  methodsFor,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../router.js';
import type { BrokerClient } from './broker-client.js';
import { createGuard, readers, type Guard, type TokenCheck } from './guard.js';
import { clusterRoutes } from './clusters.js';
import { clusterChangeRoutes } from './cluster-changes.js';
import { taskRoutes } from './tasks.js';
import { profileRoutes } from './profiles.js';
import { quotaRoutes } from './quotas.js';
import { usageRoutes } from './usages.js';

export interface ApiOptions {
  readonly tokens: TokenCheck;
  readonly broker: BrokerClient;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** 1.7 if absent. */
  readonly release?: Release;
}

/**
 * The PKS API of a release. It has no state of its own: each response is built from the responses of
 * UAA and broker.
 */
export function createApi({
  tokens,
  broker,
  now,
  release = releases['1.7'],
}: ApiOptions): (request: SandboxRequest) => Promise<SandboxResponse> {
  const guarded = createGuard(tokens);
  const routes = [
    ...actuatorRoutes(guarded),
    ...clusterRoutes(guarded, broker, release),
    ...clusterChangeRoutes(guarded, broker, release),
    ...planRoutes(guarded, broker),
    ...taskRoutes(guarded, broker, release),
    ...profileRoutes(guarded, broker, release),
    ...quotaRoutes(guarded, broker),
    ...usageRoutes(guarded, broker),
  ];
  /** Spring Boot's error document. */
  const springError = (
    status: number,
    error: string,
    message: string,
    { path }: SandboxRequest,
    headers: Record<string, string> = {},
  ): SandboxResponse => {
    const timestamp = new Date(now()).toISOString().replace('Z', '+0000');
    return json(status, { timestamp, status, error, message, path }, headers);
  };
  const { handler: fallback } = guarded('*', '*', 'anyone', ({ request }) => {
    const methods = methodsFor(routes, request.path);
    if (methods.length === 0) return springError(404, 'Not Found', 'No message available', request);
    const message = `Request method '${request.method}' not supported`;
    const headers = { allow: methods.join(', ') };
    return springError(405, 'Method Not Allowed', message, request, headers);
  });
  const handle = createRouter(routes, fallback);
  return (request) =>
    handle({ ...request, path: withoutTrailingSlash(request.path) }).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      return springError(500, 'Internal Server Error', message, request);
    });
}

/** @see pks-api, section 1 */
function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** The type of Spring Boot 2's responses. @see pks-api, section 1 */
const actuatorType = {
  'content-type': 'application/vnd.spring-boot.actuator.v2+json;charset=UTF-8',
};

/** The login probe, and the health, which needs no token. */
function actuatorRoutes(guarded: Guard): Route[] {
  return [
    guarded('GET', '/actuator/info', readers, () => json(200, {}, actuatorType)),
    route('GET', '/actuator/health', () => json(200, { status: 'UP' }, actuatorType)),
  ];
}

/** @see pks-api, route 10 */
function planRoutes(guarded: Guard, broker: BrokerClient): Route[] {
  return [
    guarded('GET', '/v1/plans', readers, async () => {
      const plans = (await broker.plans()).map(({ plan }) => plan);
      return json(200, plans);
    }),
  ];
}
