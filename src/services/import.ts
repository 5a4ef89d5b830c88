import type { LoginsDeps } from '../auth/login.js';
import type { LoginStore } from '../auth/login-store.js';
import { userFileOptions } from '../disk/bounded-read.js';
import type { Send, Trust } from '../http/send.js';
import { withStatusErrors } from '../http/status-error.js';
import { createImporter, type Importer } from '../import/importer.js';
import type { Runtime } from '../services.js';
import { createTokenKeys } from '../uaa/tokens/token-keys.js';
import type { Stores } from './stores.js';

interface ImportServicesDeps extends Pick<Runtime, 'env' | 'platform' | 'clock' | 'terminal'> {
  readonly stores: Stores;
  readonly store: LoginStore;
  readonly probe: LoginsDeps['probe'];
  /** Sends without a token. No status is an error. */
  readonly send: (trust: Trust) => Promise<Send>;
}

/** How long to wait for all servers. */
const verificationMilliseconds = 10_000;

/** Creates the importer of the sessions of the original CLIs. */
export function createImportService(deps: ImportServicesDeps): Importer {
  const { env, platform, clock, terminal, stores, store, probe, send } = deps;
  return createImporter({
    env,
    platform,
    readStdin: () => terminal.readStdin('the file to import', userFileOptions.maximumBytes),
    now: clock.now,
    settings: stores.settings,
    store,
    sessionStore: stores.sessionStore,
    probe: ({ token, identity, grant, ...session }) =>
      probe(session, {
        accessToken: token.accessToken,
        identity,
        isClient: grant === 'client_credentials',
      }),
    verifySignature: async ({ uaa, token, ...trust }) => {
      const keys = createTokenKeys(withStatusErrors(await send(trust)), uaa);
      await keys.verify(token.accessToken.reveal());
    },
    startTimeLimit: () => AbortSignal.timeout(verificationMilliseconds),
  });
}
