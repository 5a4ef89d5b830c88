import type { Clock } from '../base/clock.js';
import { lazy } from '../base/lazy.js';
import type { Link } from '../base/link.js';
import type { PersistentStore } from '../domain/auth/login-store.js';
import type { PksCredsCopies } from '../domain/auth/pks-creds.js';
import {
  createSessionStore,
  type SessionLocation,
  type SessionStore,
} from '../domain/auth/session-file.js';
import { describeSwitch } from '../domain/contexts/current-installation.js';
import { locatePksCreds, type Environment, type Folders } from '../platform/config/environment.js';
import { createSettingsFile } from '../platform/config/settings-file.js';
import type { SettingsFile } from '../platform/config/settings.js';
import { createLock } from '../platform/disk/lock.js';
import { toFileName } from '../platform/disk/private-files.js';
import { createKeyFile } from '../platform/keychain/key-file.js';
import type { Keychain } from '../platform/keychain/keychain.js';
import { createOsKeychain } from '../platform/keychain/os-keychain.js';
import type { Terminal } from '../platform/terminal/terminal.js';

/** Stores settings, keys and sessions, and locks them against other processes. */
export interface Stores {
  readonly settings: SettingsFile;
  /** Shares sessions with scripts through `creds.yml`, the original CLI's file. */
  readonly pksCredsCopies: PksCredsCopies;
  readonly keychain: (store: PersistentStore) => Promise<Keychain>;
  readonly sessionStore: (name: string, location: SessionLocation) => Promise<SessionStore>;
  /** @returns a function that runs work under the lock of the context. */
  readonly sessionLock: (name: string) => RunExclusively;
  readonly withLock: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** @returns a function that runs work while no other process holds the lock file. */
  readonly lockFile: (path: string) => RunExclusively;
  /** Waits up to 5 s for work that holds a lock. */
  readonly settle: () => Promise<void>;
}

type RunExclusively = <T>(work: () => Promise<T>) => Promise<T>;

interface StoresDeps {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly link: Link;
  readonly terminal: Pick<Terminal, 'note' | 'warn'>;
  readonly folders: Folders;
}

const settleMilliseconds = 5000;

export function createStores(deps: StoresDeps): Stores {
  const { env, platform, clock, link, terminal, folders } = deps;
  const inProgress = new Set<Promise<unknown>>();

  const lockFile =
    (path: string): RunExclusively =>
    async <T>(work: () => Promise<T>): Promise<T> => {
      const running = createLock(path, { clock }).runExclusively(work);
      inProgress.add(running);
      try {
        return await running;
      } finally {
        inProgress.delete(running);
      }
    };

  const settings = createSettingsFile({
    directory: folders.config,
    program: link.program,
    withLock: lockFile(`${folders.config}/config.lock`),
    onUpdated: (before, after) => {
      if (!link.notesIdentity) return;
      const note = describeSwitch(before, after);
      if (note !== undefined) terminal.note(note);
    },
  });

  const pksCredsCopies = lazy(async () => {
    // Few sessions have a copy, and the yaml package takes 10 ms to load.
    const { createPksCredsCopies } = await import('../domain/auth/pks-creds.js');
    return createPksCredsCopies({
      settings,
      env,
      defaultPath: locatePksCreds(env, platform),
      withLock: lockFile(`${folders.config}/pks-creds.lock`),
      warn: terminal.warn,
    });
  });

  const keychains: Record<PersistentStore, Keychain> = {
    keychain: createOsKeychain({ platform, env }),
    file: createKeyFile(folders.keys),
  };

  const sessionStore = (
    name: string,
    { store, otherStore, ...location }: SessionLocation,
  ): Promise<SessionStore> =>
    Promise.resolve(
      createSessionStore({
        ...location,
        context: name,
        directory: folders.sessions,
        keychain: keychains[store],
        otherKeychain: otherStore === undefined ? undefined : keychains[otherStore],
      }),
    );

  /** Makes sure that only one process at a time renews the session of a context. */
  const sessionLock = (name: string) => lockFile(`${folders.sessions}/${toFileName(name)}.lock`);

  return {
    settings,
    pksCredsCopies,
    keychain: (store) => Promise.resolve(keychains[store]),
    sessionStore,
    sessionLock,
    withLock: (name, work) => sessionLock(name)(work),
    lockFile,
    settle: async () => {
      if (inProgress.size === 0) return;
      await Promise.race([Promise.allSettled(inProgress), clock.sleep(settleMilliseconds)]);
    },
  };
}
