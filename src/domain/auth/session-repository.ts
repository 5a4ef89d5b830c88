import { isStoreError, isTpksError } from '../../base/errors.js';
import type { ContextSettings } from '../../platform/config/settings.js';
import type { StoredSession } from './session-content.js';

export type { StoredSession };

/** A store that keeps sessions after the command has ended. */
export type PersistentStore = ContextSettings['store'];

export interface SessionLocation extends Pick<
  ContextSettings,
  'store' | 'sessionId' | 'otherStore'
> {
  /** Name of the context; for a Kubernetes session, from `toStoreName`. */
  readonly name: string;
  /** The command that starts a new session, for hints. */
  readonly loginCommand?: string | undefined;
}

/** Stores sessions. Every change is made while no other process can change the session of the same name. */
export interface SessionRepository<Location = SessionLocation> {
  /**
   * Reads and decrypts a session; `undefined` if no session is stored.
   * @throws {TpksError} `unauthenticated` if decryption fails; the next login overwrites the file.
   *   `storage` or `keychain` for all other errors, such as a file that a newer version wrote.
   */
  readonly load: (location: Location) => Promise<StoredSession | undefined>;
  /**
   * Stores a session in one step: readers see either the old or the new session.
   * @param session - the session of a new login, or how to renew the stored one.
   * @throws {TpksError} `storage`, `keychain`; `unauthenticated` if it was deleted; the errors of the
   *   renewal.
   */
  readonly save: (location: Location, session: StoredSession | Renewal) => Promise<StoredSession>;
  /**
   * Moves a session to another name, where it gets its own key. If there is no session, only `commit` is called.
   * @param commit - makes the settings refer to the new location. If this process is killed before that, the old
   *   session still exists; afterwards, the new one does.
   * @throws {TpksError} any error of the stores; before `commit`, the old session is not changed.
   */
  readonly move: (from: Location, to: Location, commit: () => Promise<void>) => Promise<void>;
  /**
   * Deletes a session with its key, and the files and keys that interrupted logins left behind. If a step
   * fails, the others are still done. Also works without a lock, e.g. on a full disk.
   * @param current - the location of the session that has replaced this one. Its file and key are kept.
   * @returns whether anything was deleted.
   */
  readonly delete: (location: Location, current?: Location) => Promise<boolean>;
}

/** How to replace the stored session with a new one from the UAA. */
export interface Renewal {
  /** Whether the stored session needs no renewal, e.g. because another process has just renewed it. */
  readonly isUsable: (stored: StoredSession | undefined) => stored is StoredSession;
  /**
   * Requests the new session and stores it with `write`. Disk space is already reserved: otherwise, a full
   * disk could lose the new token after the server has invalidated the old one.
   */
  readonly request: (
    stored: StoredSession | undefined,
    write: (session: StoredSession) => Promise<void>,
  ) => Promise<StoredSession>;
}

export type WithLockFile = <T>(path: string, work: () => Promise<T>) => Promise<T>;

/** Whether a session is stored, even if it cannot be read. */
export async function hasSession(
  sessions: Pick<SessionRepository, 'load'>,
  location: SessionLocation,
): Promise<boolean> {
  try {
    return (await sessions.load(location)) !== undefined;
  } catch (error) {
    if (!isTpksError(error)) throw error;
    return true;
  }
}

/**
 * Deletes a session that has been or will be replaced by the one at `current`.
 * @returns `false` if the store failed. In that case, only a key without a session remains.
 */
export async function tryToDelete(
  sessions: Pick<SessionRepository, 'delete'>,
  location: SessionLocation,
  current?: SessionLocation,
): Promise<boolean> {
  try {
    await sessions.delete(location, current);
    return true;
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return false;
  }
}

/** Keeps sessions in memory until the command ends, for credentials from the environment. */
export class MemorySessions implements Pick<SessionRepository<NamedLocation>, 'load' | 'save'> {
  readonly #sessions = new Map<string, StoredSession>();
  #lastSave: Promise<unknown> = Promise.resolve();

  load({ name }: NamedLocation): Promise<StoredSession | undefined> {
    return Promise.resolve(this.#sessions.get(name));
  }

  save(location: NamedLocation, session: StoredSession | Renewal): Promise<StoredSession> {
    const save = () =>
      replaceSession(session, {
        load: () => this.load(location),
        write: (newSession) => {
          this.#sessions.set(location.name, newSession);
          return Promise.resolve();
        },
      });
    // One at a time, so that parallel requests renew the token only once.
    const saved = this.#lastSave.then(save, save);
    this.#lastSave = saved;
    return saved;
  }
}

type NamedLocation = Pick<SessionLocation, 'name'>;

/** Space for the next version of a session. */
export interface Reservation {
  readonly write: (session: StoredSession) => Promise<void>;
  /** Frees the space. Does nothing after `write`. */
  readonly release: () => Promise<void>;
}

/** The save logic that all repositories share. The caller holds the lock. */
export async function replaceSession(
  session: StoredSession | Renewal,
  stored: {
    readonly load: () => Promise<StoredSession | undefined>;
    readonly write: (session: StoredSession) => Promise<void>;
    /** For a renewal; absent if sessions need no disk space. */
    readonly reserve?: () => Promise<Reservation>;
  },
): Promise<StoredSession> {
  if (!isRenewal(session)) {
    // Without loading the old session: a login also replaces one that cannot be read.
    await stored.write(session);
    return session;
  }
  const old = await stored.load();
  if (session.isUsable(old)) return old;
  const reservation = await stored.reserve?.();
  try {
    return await session.request(old, reservation?.write ?? stored.write);
  } finally {
    await reservation?.release();
  }
}

function isRenewal(session: StoredSession | Renewal): session is Renewal {
  return 'isUsable' in session;
}

/** Runs work under a lock, or without one if the lock's folder is not writable, e.g. on a read-only disk. */
export async function runWithOptionalLock<T>(
  withLock: <Result>(work: () => Promise<Result>) => Promise<Result>,
  work: () => Promise<T>,
): Promise<T> {
  // Errors of the task are returned as results, to distinguish them from errors of the lock.
  const run = () => Promise.allSettled([work()]);
  const [result] = await withLock(run).catch((error: unknown) => {
    if (!isStoreError(error)) throw error;
    return run();
  });
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
