import { createRouter, json, route, type SandboxRequest, type SandboxResponse } from '../router.js';
import type { ClusterState } from './clusters.js';

/** What the API needs to talk to the broker. */
export interface BrokerCredentials {
  readonly username: string;
  readonly password: string;
}

/**
 * The broker behind the API: it knows every cluster and its owner, and nothing about tokens. Only
 * the API, which has its credentials, may ask.
 */
export function createBroker(
  clusters: ClusterState,
  { username, password }: BrokerCredentials,
): (request: SandboxRequest) => Promise<SandboxResponse> {
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const answer = createRouter(
    [
      route('GET', '/clusters', () => json(200, clusters.all())),
      route('GET', '/clusters/:name', (_request, { name }) => {
        const found = clusters.all().find(({ cluster }) => cluster.name === name);
        return found === undefined
          ? json(404, { description: 'no such cluster' })
          : json(200, found);
      }),
    ],
    () => json(404, { description: 'no such route' }),
  );
  return async (request) =>
    request.headers['authorization'] === expected
      ? answer(request)
      : json(401, { description: 'credentials are needed' });
}
