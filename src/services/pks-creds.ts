import type { PksCredsCopies } from '../auth/pks-creds-copy.js';
import type { Folders } from '../config/folders.js';
import type { Runtime } from '../services.js';
import { once } from './once.js';
import type { Stores } from './stores.js';

/** Shares sessions with scripts through the file of the original CLI. */
export interface PksCredsServices {
  readonly pksCredsCopies: () => Promise<PksCredsCopies>;
}

interface PksCredsServicesDeps extends Pick<Runtime, 'env' | 'platform' | 'terminal'> {
  readonly stores: Pick<Stores, 'settings' | 'lockFile'>;
  readonly folders: () => Folders;
}

export function createPksCredsServices(deps: PksCredsServicesDeps): PksCredsServices {
  const { env, platform, terminal, stores, folders } = deps;
  return {
    pksCredsCopies: once(async () => {
      const [{ createPksCredsCopies }, { locatePksCreds }, settings, { config }] =
        await Promise.all([
          import('../auth/pks-creds-copy.js'),
          import('../config/folders.js'),
          stores.settings(),
          folders(),
        ]);
      return createPksCredsCopies({
        settings,
        env,
        defaultPath: locatePksCreds(env, platform),
        withLock: stores.lockFile(`${config}/pks-creds.lock`),
        warn: terminal.warn,
      });
    }),
  };
}
