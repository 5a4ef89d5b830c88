import type { PersistentStore } from '../auth/login-store.js';
import type { PksCredsCopies } from '../auth/pks-creds.js';
import type { SessionLocation, SessionStore } from '../auth/session-file.js';
import type { Clock } from '../clock.js';
import type { Environment } from '../config/environment.js';
import type { Folders } from '../config/folders.js';
import type { Program, SettingsFile } from '../config/settings.js';
import type { Keychain } from '../keychain/keychain.js';
import type { Terminal } from '../terminal/terminal.js';
import { once } from './once.js';

/** Stores settings, keys and sessions, and locks them against other processes. */
export interface Stores {
  readonly settings: () => Promise<SettingsFile>;
  /** Shares sessions with scripts through the file of the original CLI. */
  readonly pksCredsCopies: () => Promise<PksCredsCopies>;
  readonly keychain: (store: PersistentStore) => Promise<Keychain>;
  readonly sessionStore: (name: string, location: SessionLocation) => Promise<SessionStore>;
  /** @returns a function that runs work under the lock of the context. */
  readonly sessionLock: (name: string) => Promise<RunExclusively>;
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
  readonly program: Program;
  readonly terminal: Pick<Terminal, 'note' | 'warn'>;
  readonly folders: () => Promise<Folders>;
}

const settleMilliseconds = 5000;

export function createStores(deps: StoresDeps): Stores {
  const { env, platform, clock, program, terminal, folders } = deps;
  const inProgress = new Set<Promise<unknown>>();

  const lockFile =
    (path: string): RunExclusively =>
    async <T>(work: () => Promise<T>): Promise<T> => {
      const { createLock } = await import('../disk/lock.js');
      const running = createLock(path, { clock }).runExclusively(work);
      inProgress.add(running);
      try {
        return await running;
      } finally {
        inProgress.delete(running);
      }
    };

  const settings = once(async () => {
    const [{ createSettingsFile }, { config }] = await Promise.all([
      import('../config/settings.js'),
      folders(),
    ]);
    return createSettingsFile({
      directory: config,
      program,
      withLock: lockFile(`${config}/config.lock`),
      onUpdated: async (before, after) => {
        if (program !== 'tpks') return;
        const { describeSwitch } = await import('../contexts/selection.js');
        const note = describeSwitch(before, after);
        if (note !== undefined) terminal.note(note);
      },
    });
  });

  const pksCredsCopies = once(async () => {
    const [{ createPksCredsCopies }, { locatePksCreds }, file, { config }] = await Promise.all([
      import('../auth/pks-creds.js'),
      import('../config/folders.js'),
      settings(),
      folders(),
    ]);
    return createPksCredsCopies({
      settings: file,
      env,
      defaultPath: locatePksCreds(env, platform),
      withLock: lockFile(`${config}/pks-creds.lock`),
      warn: terminal.warn,
    });
  });

  const keychains: Record<PersistentStore, () => Promise<Keychain>> = {
    keychain: once(async () => {
      const [{ createOsKeychain }, { sessions }] = await Promise.all([
        import('../keychain/os-keychain.js'),
        folders(),
      ]);
      return createOsKeychain({ platform, env, notesFolder: sessions });
    }),
    file: once(async () => {
      const [{ createKeyFile }, { keys }] = await Promise.all([
        import('../keychain/key-file.js'),
        folders(),
      ]);
      return createKeyFile(keys);
    }),
  };

  const sessionStore = async (
    name: string,
    { store, sessionId, otherStore, loginCommand }: SessionLocation,
  ): Promise<SessionStore> => {
    const [{ createSessionStore }, { sessions }, keychain, otherKeychain] = await Promise.all([
      import('../auth/session-file.js'),
      folders(),
      keychains[store](),
      otherStore === undefined ? undefined : keychains[otherStore](),
    ]);
    return createSessionStore({
      context: name,
      sessionId,
      directory: sessions,
      keychain,
      otherKeychain,
      loginCommand,
    });
  };

  /** Makes sure that only one process at a time renews the session of a context. */
  const sessionLock = async (name: string) => {
    const [{ toFileName }, { sessions }] = await Promise.all([
      import('../disk/file-name.js'),
      folders(),
    ]);
    return lockFile(`${sessions}/${toFileName(name)}.lock`);
  };

  const withLock = async <T>(name: string, work: () => Promise<T>): Promise<T> =>
    (await sessionLock(name))(work);

  return {
    settings,
    pksCredsCopies,
    keychain: (store) => keychains[store](),
    sessionStore,
    sessionLock,
    withLock,
    lockFile,
    settle: async () => {
      if (inProgress.size === 0) return;
      await Promise.race([Promise.allSettled(inProgress), clock.sleep(settleMilliseconds)]);
    },
  };
}
