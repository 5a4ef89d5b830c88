import {
  createRouter,
  json,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../router.js';
import type { TokenCheck } from './caller.js';
import { actuatorRoutes } from './actuator.js';
import { clusterRoutes } from './clusters.js';
import type { BrokerAccess } from './broker-access.js';

export interface ApiOptions {
  readonly tokens: TokenCheck;
  readonly broker: BrokerAccess;
}

/** The PKS API: no state of its own, every answer is made of what UAA and broker say. */
export function createApi(
  options: ApiOptions,
): (request: SandboxRequest) => Promise<SandboxResponse> {
  const routes = [...actuatorRoutes(options), ...clusterRoutes(options)];
  const answer = createRouter([...routes, ...heads(routes)], () =>
    json(404, { status: 404, error: 'Not Found', message: 'No message available' }),
  );
  return async (request) => {
    if (request.path === '/actuator/health') return json(200, { status: 'UP' });
    return answer(request);
  };
}

/** HEAD is answered as GET; the body is left out on the wire. */
function heads(routes: readonly Route[]): Route[] {
  return routes
    .filter(({ method }) => method === 'GET')
    .map((route) => ({ ...route, method: 'HEAD' }));
}
