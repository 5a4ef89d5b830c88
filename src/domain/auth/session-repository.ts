import { readdirSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isStoreError, isTpksError, TpksError } from '../../base/errors.js';
import type { ContextSettings } from '../../platform/config/settings.js';
import { reserveFile, type ReservedFile, removeFile } from '../../platform/disk/atomic-file.js';
import {
  diskError,
  ignoreMissing,
  isMissing,
  withDiskErrors,
} from '../../platform/disk/disk-error.js';
import {
  hashText,
  toFileName,
  ensurePrivateFolder,
  rejectSharedFolder,
} from '../../platform/disk/private-files.js';
import type { Keychain } from '../../platform/keychain/keychain.js';
import {
  createKey,
  formatSession,
  isKey,
  maximumBytes,
  parseSession,
  readSessionFile,
  seal,
  unseal,
  type StoredSession,
} from './session-content.js';

export type { StoredSession };

/** A store that keeps sessions after the command has ended. */
export type PersistentStore = ContextSettings['store'];

/** Where the session of a context, or a Kubernetes session, is stored. */
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
   * Reads and decrypts a session.
   * @returns `undefined` if there is no session.
   * @throws {TpksError} `unauthenticated` if the file cannot be decrypted (missing key, damaged file):
   *   it is left unchanged until the next login overwrites it. `storage` or `keychain` for all other
   *   errors, such as a file that a newer version wrote.
   */
  readonly load: (location: Location) => Promise<StoredSession | undefined>;
  /**
   * Stores a session in one step: readers see either the old or the new session.
   * @param session - the session of a new login, or how to renew the stored one.
   * @returns the session that is stored now.
   * @throws {TpksError} `storage`, `keychain`; `unauthenticated` if a logout has deleted the session in the
   *   meantime; errors of the renewal.
   */
  readonly save: (location: Location, session: StoredSession | Renewal) => Promise<StoredSession>;
  /**
   * Moves a session to another name, where it gets its own key. If there is no session, only `commit` is called.
   * @param commit - makes the settings refer to the new location. If this process is killed, the old session
   *   is still there before, and the new one afterwards.
   * @throws {TpksError} any error of the stores; before `commit`, the old session is not changed.
   */
  readonly move: (from: Location, to: Location, commit: () => Promise<void>) => Promise<void>;
  /**
   * Deletes a session with its key, and the files and keys that interrupted logins left behind. If a step
   * fails, the others are still done. On a full disk, the lock is not needed.
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
   * Requests the new session and stores it with `write`. Disk space for it is already reserved: otherwise, a
   * full or read-only disk could lose the new token after the server has invalidated the old one.
   * @returns the session that was written.
   */
  readonly request: (
    stored: StoredSession | undefined,
    write: (session: StoredSession) => Promise<void>,
  ) => Promise<StoredSession>;
}

/** Runs the work while no other process holds the lock file. */
export type WithLockFile = <T>(path: string, work: () => Promise<T>) => Promise<T>;

export interface SessionFilesDeps {
  /** Folder of the session files; created when the first one is written. */
  readonly directory: string;
  /** Used only if there is a file to decrypt or to write, or a key to delete. */
  readonly keychains: Readonly<Record<PersistentStore, Keychain>>;
  readonly withLockFile: WithLockFile;
}

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
 * Deletes a session that has been or will be replaced. If the store fails, only a useless key remains.
 * @param current - the location of the session that has replaced it.
 * @returns `false` if the store failed.
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

/**
 * Stores sessions in encrypted files that only this user can read. The key of each context is in a keychain
 * or in a key file.
 */
export class SessionFiles implements SessionRepository {
  readonly #directory: string;
  readonly #keychains: SessionFilesDeps['keychains'];
  readonly #withLockFile: WithLockFile;

  constructor({ directory, keychains, withLockFile }: SessionFilesDeps) {
    this.#directory = directory;
    this.#keychains = keychains;
    this.#withLockFile = withLockFile;
  }

  async load(location: SessionLocation): Promise<StoredSession | undefined> {
    const { name, sessionId, loginCommand: hint = defaultHint } = location;
    const path = this.#pathOf(location);
    rejectSharedFolder(this.#directory);
    const text = readSessionFile(path);
    if (text === undefined) return undefined;
    const key = await this.#readKey(location);
    if (key === undefined) throw decryptionError(path, 'its key no longer exists', hint);
    const plain = unseal(text, key, boundNames(name, sessionId));
    if (plain === undefined) {
      throw decryptionError(path, 'it is damaged or was encrypted with another key', hint);
    }
    return parseSession(plain, path, hint);
  }

  async save(location: SessionLocation, session: StoredSession | Renewal): Promise<StoredSession> {
    return this.#withLock(location, () => this.#replace(location, session));
  }

  async move(
    from: SessionLocation,
    to: SessionLocation,
    commit: () => Promise<void>,
  ): Promise<void> {
    const move = async () => {
      const session = await this.load(from);
      if (session !== undefined) await this.#replace(to, session);
      await commit();
      await this.#deleteAll(from, undefined);
    };
    // Always in the same order, so that two processes do not wait for each other.
    const isFromFirst = from.name < to.name;
    await this.#withLock(isFromFirst ? from : to, () =>
      this.#withLock(isFromFirst ? to : from, move),
    );
  }

  async delete(location: SessionLocation, current?: SessionLocation): Promise<boolean> {
    return runWithOptionalLock(
      (work) => this.#withLock(location, work),
      () => this.#deleteAll(location, current),
    );
  }

  #pathOf({ name, sessionId }: Pick<SessionLocation, 'name' | 'sessionId'>): string {
    return join(this.#directory, sessionFileName(name, sessionId));
  }

  /** Makes sure that only one process at a time changes the session. */
  #withLock<T>({ name }: SessionLocation, work: () => Promise<T>): Promise<T> {
    return this.#withLockFile(`${this.#directory}/${toFileName(name)}.lock`, work);
  }

  #replace(location: SessionLocation, session: StoredSession | Renewal): Promise<StoredSession> {
    return replaceSession(session, {
      load: () => this.load(location),
      reserve: () => this.#reserve(location),
    });
  }

  async #reserve(location: SessionLocation): Promise<Reservation> {
    const path = this.#pathOf(location);
    const { file, isReplacement } = await reserveSessionFile(this.#directory, path);
    return {
      write: (session) => this.#write(location, { file, isReplacement }, session),
      release: () => withDiskErrors('write', path, file.release),
    };
  }

  async #write(
    location: SessionLocation,
    { file, isReplacement }: ReservedSessionFile,
    session: StoredSession,
  ): Promise<void> {
    const { name, sessionId, loginCommand: hint = defaultHint } = location;
    const path = this.#pathOf(location);
    // A logout after the reservation must not be undone by a token that was already requested.
    const checkNotDeleted = async (): Promise<void> => {
      if (isReplacement && (await ignoreMissing(() => stat(path))) === undefined) {
        throw new TpksError(
          'unauthenticated',
          `Another process ended the session: ${path} no longer exists`,
          { hint },
        );
      }
    };
    await withDiskErrors('write', path, checkNotDeleted);
    const key = await this.#readOrCreateKey(location);
    const text = seal(formatSession(session), key, boundNames(name, sessionId));
    if (Buffer.byteLength(text) > maximumBytes) {
      throw new TpksError('storage', `Cannot write ${path}: the tokens are larger than 32 MiB`, {
        hint: 'nothing was stored; ask the operator of the UAA to issue shorter tokens',
      });
    }
    await withDiskErrors('write', path, async () => {
      await checkNotDeleted();
      await file.replaceWith(text);
    });
  }

  /** Deletes all files and keys of the name, except those of the current session. */
  async #deleteAll(
    location: SessionLocation,
    current: SessionLocation | undefined,
  ): Promise<boolean> {
    const { name, store, otherStore } = location;
    const files = this.#listFiles(name);
    const paths = new Set([this.#pathOf(location), ...files.map(({ path }) => path)]);
    const stores = new Set(otherStore === undefined ? [store] : [store, otherStore]);
    if (current !== undefined) {
      paths.delete(this.#pathOf(current));
      stores.delete(current.store);
    }
    return runAllSteps([
      ...[...paths].map((path) => () => withDiskErrors('write', path, () => removeFile(path))),
      // Tried even if a file could not be deleted: without its key, the file is useless.
      ...[...stores].map((each) => () => this.#deleteKey(name, this.#keychains[each], files)),
    ]);
  }

  /** Reads all session files of a name, including those of earlier logins. */
  #listFiles(name: string): readonly SessionFile[] {
    const prefix = toFileName(name);
    const ids = readFolder(this.#directory)
      .filter((file) => file.startsWith(prefix))
      .map((file) => /^(?:\.([0-9a-f]+))?\.session(?:\..+\.tmp)?$/.exec(file.slice(prefix.length)))
      .filter((match) => match !== null)
      .map(([, sessionId]) => sessionId);
    return [...new Set(ids)].map((sessionId) => {
      const path = this.#pathOf({ name, sessionId });
      return { path, boundTo: boundNames(name, sessionId), text: readIfPossible(path) };
    });
  }

  /**
   * Reads the key of a session. Up to version 0.2.0, contexts with the same name in different config
   * folders shared one keychain item. A shared item is used only if it decrypts a session in this config
   * folder, and is copied rather than moved, because another config folder may also need it.
   */
  async #readKey({ name, store }: SessionLocation): Promise<string | undefined> {
    const keychain = this.#keychains[store];
    const account = await keychainAccount(name, this.#directory, keychain);
    const key = await keychain.read(account);
    if (key !== undefined || !keychain.isShared) return key;
    const sharedKey = await keychain.read(name);
    if (sharedKey === undefined || !decryptsOne(this.#listFiles(name), sharedKey)) return undefined;
    try {
      await keychain.write(account, sharedKey);
    } catch (error) {
      // The copy is optional: the session can also be read with the shared item.
      if (!isStoreError(error)) throw error;
    }
    return sharedKey;
  }

  /** Creates the key with the first session. Renewals use the same key and do not write to the keychain. */
  async #readOrCreateKey(location: SessionLocation): Promise<string> {
    const storedKey = await this.#readKey(location);
    if (storedKey !== undefined && isKey(storedKey)) return storedKey;
    const key = createKey();
    const keychain = this.#keychains[location.store];
    await keychain.write(await keychainAccount(location.name, this.#directory, keychain), key);
    return key;
  }

  /**
   * Deletes the key of a name, including the shared item of version 0.2.0.
   * @param files - the session files of the name before they were deleted.
   * @returns whether a key existed.
   */
  async #deleteKey(
    name: string,
    keychain: Keychain,
    files: readonly SessionFile[],
  ): Promise<boolean> {
    const account = await keychainAccount(name, this.#directory, keychain);
    const isDeleted = await keychain.remove(account);
    if (!keychain.isShared) return isDeleted;
    const sharedKey = await keychain.read(name);
    if (sharedKey === undefined || !decryptsOne(files, sharedKey)) return isDeleted;
    return (await keychain.remove(name)) || isDeleted;
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
        reserve: () =>
          Promise.resolve({
            write: (newSession) => {
              this.#sessions.set(location.name, newSession);
              return Promise.resolve();
            },
            release: () => Promise.resolve(),
          }),
      });
    // One at a time, so that parallel requests renew the token only once.
    const saved = this.#lastSave.then(save, save);
    this.#lastSave = saved;
    return saved;
  }
}

type NamedLocation = Pick<SessionLocation, 'name'>;

/** Space for the next version of a session. */
interface Reservation {
  /** Replaces the session in one step. */
  readonly write: (session: StoredSession) => Promise<void>;
  /** Frees the space. Does nothing after `write`. */
  readonly release: () => Promise<void>;
}

/**
 * Saves a session as all repositories do. The caller holds the lock.
 * @param stored - reads the stored session, and reserves space for the new one.
 */
export async function replaceSession(
  session: StoredSession | Renewal,
  stored: {
    readonly load: () => Promise<StoredSession | undefined>;
    readonly reserve: () => Promise<Reservation>;
  },
): Promise<StoredSession> {
  // A login also replaces a session that cannot be read.
  const old = isRenewal(session) ? await stored.load() : undefined;
  if (isRenewal(session) && session.isUsable(old)) return old;
  const reservation = await stored.reserve();
  try {
    if (isRenewal(session)) return await session.request(old, reservation.write);
    await reservation.write(session);
    return session;
  } finally {
    await reservation.release();
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
  // Errors of the work are results here, so that they are not taken for errors of the lock.
  const run = () => Promise.allSettled([work()]);
  const [result] = await withLock(run).catch((error: unknown) => {
    if (!isStoreError(error)) throw error;
    return run();
  });
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/**
 * Tests whether a session can be written, before the user is prompted for a secret.
 * @throws {TpksError} `storage`
 */
export async function testSessionFolder(directory: string): Promise<void> {
  const path = join(directory, sessionFileName('', undefined));
  const { file } = await reserveSessionFile(directory, path);
  await withDiskErrors('write', path, file.release);
}

interface ReservedSessionFile {
  readonly file: ReservedFile;
  /** Whether the file existed when the space was reserved. */
  readonly isReplacement: boolean;
}

/** A session grows if renewed tokens contain more scopes. */
const spareBytes = 16 * 1024;

/**
 * @throws {TpksError} `storage` if the folder cannot be written, or if the existing file is not a
 *   regular file, is too large or was written by a newer version.
 */
function reserveSessionFile(directory: string, path: string): Promise<ReservedSessionFile> {
  return withDiskErrors('write', path, async () => {
    await ensurePrivateFolder(directory);
    const old = readSessionFile(path);
    const file = await reserveFile(path, Buffer.byteLength(old ?? '') + spareBytes);
    return { file, isReplacement: old !== undefined };
  });
}

/**
 * Lists the session and key files that belong to none of the locations. A login or rename that was killed
 * leaves them behind.
 * @returns their paths.
 */
export async function listOrphanedFiles(
  folders: { readonly sessions: string; readonly keys: string },
  locations: readonly SessionLocation[],
): Promise<readonly string[]> {
  const sessions = locations.map(({ name, sessionId }) => sessionFileName(name, sessionId));
  const keys = locations
    .filter(({ store, otherStore }) => [store, otherStore].includes('file'))
    .map(({ name }) => `${toFileName(name)}.key`);
  const orphans = await Promise.all([
    listOtherFiles(folders.sessions, '.session', sessions),
    // Written by tpks 0.2.0.
    listOtherFiles(folders.sessions, '.calls', []),
    listOtherFiles(folders.keys, '.key', keys),
  ]);
  return orphans.flat();
}

async function listOtherFiles(
  folder: string,
  extension: string,
  known: readonly string[],
): Promise<readonly string[]> {
  const files = (await ignoreMissing(() => readdir(folder))) ?? [];
  return files
    .filter((file) => file.endsWith(extension) && !known.includes(file))
    .map((file) => join(folder, file));
}

/** Runs all steps, even if an earlier one fails. @returns whether one returned true. @throws the first error. */
async function runAllSteps(steps: readonly (() => Promise<boolean>)[]): Promise<boolean> {
  const results: boolean[] = [];
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      results.push(await step());
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return results.includes(true);
}

function sessionFileName(name: string, sessionId: string | undefined): string {
  const suffix = sessionId === undefined ? '' : `.${sessionId}`;
  return `${toFileName(name)}${suffix}.session`;
}

/** The names that a session file is bound to, so that it cannot be replaced with another one. */
function boundNames(name: string, sessionId: string | undefined): readonly string[] {
  return sessionId === undefined ? [name] : [name, sessionId];
}

const defaultHint = 'log in again';

function decryptionError(path: string, reason: string, hint: string): TpksError {
  const message = `The session file ${path} cannot be decrypted: ${reason}`;
  return new TpksError('unauthenticated', message, { hint });
}

/** A session file, with its content before it is deleted. */
interface SessionFile {
  readonly path: string;
  readonly boundTo: readonly string[];
  /** `undefined` if only temporary files are left, or if the file cannot be read. */
  readonly text: string | undefined;
}

function readFolder(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw diskError(error, 'read', directory);
  }
}

/** A file that cannot be read, e.g. because it is too large, matches no key. */
function readIfPossible(path: string): string | undefined {
  try {
    return readSessionFile(path);
  } catch (error) {
    if (!isTpksError(error)) throw error;
    return undefined;
  }
}

function decryptsOne(files: readonly SessionFile[], key: string): boolean {
  return files.some(
    ({ text, boundTo }) => text !== undefined && unseal(text, key, boundTo) !== undefined,
  );
}

/** The account under which the key of a session is stored. */
export async function keychainAccount(
  name: string,
  directory: string,
  keychain: Pick<Keychain, 'isShared'>,
): Promise<string> {
  if (!keychain.isShared) return name;
  const path = await withDiskErrors('read', directory, () =>
    ignoreMissing(() => realpath(directory)),
  );
  return `${name} ${hashText(path ?? resolve(directory)).slice(0, 16)}`;
}
