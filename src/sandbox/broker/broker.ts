import { createRouter, json, route } from '../router.js';
import type { Route, SandboxRequest, SandboxResponse } from '../router.js';
import { basic } from '../wire.js';
import type { BrokerState } from './state.js';

/** With which the API asks. */
export interface BrokerCredentials {
  readonly username: string;
  readonly password: string;
}

/**
 * The broker behind the API: it knows every cluster and its owner, and nothing about tokens. Only
 * the API, which has its credentials, may ask.
 *
 * It stands for the on-demand broker and for BOSH. Its routes are the sandbox's own: of the real
 * ones only the API knows, and nothing of them is public.
 *
 * @param more - routes of what it does besides telling.
 */
export function createBroker(
  state: BrokerState,
  { username, password }: BrokerCredentials,
  more: readonly Route[] = [],
): (request: SandboxRequest) => Promise<SandboxResponse> {
  const expected = basic(username, password);
  const answer = createRouter(
    [
      route('GET', '/clusters', () => json(200, state.instances())),
      route('GET', '/clusters/:name', (_request, { name = '' }) => {
        const found = state.byName(name);
        return found ? json(200, found) : json(404, { description: 'no such cluster' });
      }),
      ...more,
    ],
    () => json(404, { description: 'no such route' }),
  );
  return async (request) =>
    request.headers['authorization'] === expected
      ? answer(request)
      : json(401, { description: 'credentials are needed' }, { 'www-authenticate': 'Basic' });
}
