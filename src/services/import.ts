import { setTimeout as sleep } from 'node:timers/promises';
import type { LoginsDeps } from '../auth/login.js';
import type { LoginStore } from '../auth/login-store.js';
import { createImporter, type Importer, type ImporterDeps } from '../import/importer.js';
import type { OldSession } from '../import/old-session.js';
import { verificationMilliseconds } from '../import/verify-session.js';
import type { Send, Trust } from '../http/send.js';
import { withStatusErrors } from '../http/status-error.js';
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

/** Creates the importer of the sessions of the original CLIs. */
export function createImportService(deps: ImportServicesDeps): Importer {
  const { env, platform, clock, terminal, stores, store, probe, send } = deps;
  return createImporter({
    env,
    platform,
    readStdin: () => terminal.readStdin('the file to import'),
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
    verifySignature: (session) => verifySignature(session, send),
    // Without a reference, so that a pending timeout does not delay the exit.
    timeout: () => sleep(verificationMilliseconds, undefined, { ref: false }),
  });
}

async function verifySignature(
  { uaa, token, ...trust }: OldSession,
  send: ImportServicesDeps['send'],
): ReturnType<ImporterDeps['verifySignature']> {
  const bareSend = withStatusErrors(await send(trust));
  await createTokenKeys(bareSend, uaa).verify(token.accessToken.reveal());
}
