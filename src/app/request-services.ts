import { lazy } from '../base/lazy.js';
import type { IdTokens } from '../domain/auth/ci/id-tokens.js';
import type { Grants, TokenClient } from '../domain/auth/grants.js';
import { locateFolders } from '../platform/config/environment.js';
import type { ServerClock } from '../platform/http/server-clock.js';
import type { SlowRequests } from '../platform/http/time-limits.js';
import { createConnect, type Target } from './connect.js';
import { createContextServices } from './contexts.js';
import { createResources } from './resources.js';
import type { Runtime } from './runtime.js';
import { createOpenSession } from './session.js';
import { createStores } from './stores.js';

export type RequestServices = ReturnType<typeof createRequestServices>;

/** The token requests of a client. The OAuth library is loaded with the first one. */
type CreateGrants = (client: TokenClient & Pick<Target, 'isQuiet'>) => Grants;

interface RequestServicesDeps extends Runtime {
  readonly serverClock: ServerClock;
  readonly slowRequests: Pick<SlowRequests, 'withNotice'>;
}

/** Creates everything that commands need to use a stored session or to send a request. */
export function createRequestServices(deps: RequestServicesDeps) {
  const folders = locateFolders(deps.env, deps.platform);
  const stores = createStores({ ...deps, folders });
  const { settings } = stores;
  const connect = createConnect({ ...deps, session: (context) => session(context) });
  const grants: CreateGrants = (client) =>
    lazy(async () => {
      // Most commands have a fresh token, and the OAuth library takes 15 ms to load.
      const { createGrants } = await import('../domain/auth/grants.js');
      return createGrants({ ...client, send: connect(client), clock: deps.clock });
    });
  const idTokens = lazy<IdTokens>(async () => {
    const { createIdTokens } = await import('../domain/auth/ci/id-tokens.js');
    return createIdTokens({
      env: deps.env,
      readStdin: deps.terminal.readStdin,
      send: connect({ skipTlsVerification: false }),
    });
  });
  const session = createOpenSession({ ...deps, stores, grants, idTokens });
  const contexts = createContextServices({ ...deps, ...stores, session });
  const resources = createResources({ ...deps, ...contexts, settings, connect });
  return {
    folders,
    settings,
    stores,
    session,
    connect,
    grants,
    idTokens,
    ...contexts,
    ...resources,
  };
}
