import { readdirSync, realpathSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isStoreError, isTpksError, TpksError } from '../../base/errors.js';
import { prepareFile, reserveFile, removeFile } from '../../platform/disk/atomic-file.js';
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
  testFolder,
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
import {
  type PersistentStore,
  type SessionLocation,
  type SessionRepository,
  type Renewal,
  type WithLockFile,
  type Reservation,
  replaceSession,
  runWithOptionalLock,
} from './session-repository.js';

export interface SessionFilesDeps {
  /** Folder of the session files; created when the first one is written. */
  readonly directory: string;
  /** Used only if there is a file to decrypt or to write, or a key to delete. */
  readonly keychains: Readonly<Record<PersistentStore, Keychain>>;
  readonly withLockFile: WithLockFile;
}

/** Each session has an encrypted file that only this user can read, and a key in a keychain or key file. */
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
      write: (newSession) => this.#write(location, newSession),
      reserve: () => this.#reserve(location),
    });
  }

  async #write(location: SessionLocation, session: StoredSession): Promise<void> {
    const path = this.#pathOf(location);
    await withDiskErrors('write', path, () => {
      ensurePrivateFolder(this.#directory);
    });
    const storedKey = await this.#findKey(location);
    const key = storedKey ?? createKey();
    const text = this.#encrypt(location, session, key);
    // A new key is stored only when the session file is on the disk, so that a full disk leaves no key behind.
    const file = await withDiskErrors('write', path, () => prepareFile(path, Buffer.from(text)));
    try {
      if (storedKey === undefined) await this.#storeKey(location, key);
      await withDiskErrors('write', path, () => file.replaceTarget());
    } finally {
      file.discard();
    }
  }

  async #reserve(location: SessionLocation): Promise<Reservation> {
    const { loginCommand: hint = defaultHint } = location;
    const path = this.#pathOf(location);
    const { file, isReplacement } = await withDiskErrors('write', path, () => {
      ensurePrivateFolder(this.#directory);
      const old = readSessionFile(path);
      const reserved = reserveFile(path, Buffer.byteLength(old ?? '') + spareBytes);
      return { file: reserved, isReplacement: old !== undefined };
    });
    // A logout after the reservation must not be undone by a token that was already requested.
    const checkNotDeleted = (): void => {
      if (isReplacement && statSync(path, { throwIfNoEntry: false }) === undefined) {
        throw new TpksError(
          'unauthenticated',
          `Another process ended the session: ${path} no longer exists`,
          { hint },
        );
      }
    };
    return {
      write: async (session) => {
        await withDiskErrors('write', path, checkNotDeleted);
        let key = await this.#findKey(location);
        if (key === undefined) await this.#storeKey(location, (key = createKey()));
        const text = this.#encrypt(location, session, key);
        await withDiskErrors('write', path, async () => {
          checkNotDeleted();
          await file.replaceWith(text);
        });
      },
      release: () => withDiskErrors('write', path, file.release),
    };
  }

  #encrypt(location: SessionLocation, session: StoredSession, key: string): string {
    const { name, sessionId } = location;
    const text = seal(formatSession(session), key, boundNames(name, sessionId));
    if (Buffer.byteLength(text) <= maximumBytes) return text;
    throw new TpksError(
      'storage',
      `Cannot write ${this.#pathOf(location)}: the tokens are larger than 32 MiB`,
      { hint: 'ask the operator of the UAA to issue shorter tokens; nothing was stored' },
    );
  }

  /** Deletes all files and keys of the name, except for the file and key of the current session. */
  async #deleteAll(
    location: SessionLocation,
    current: SessionLocation | undefined,
  ): Promise<boolean> {
    const { name, store, otherStore } = location;
    const results: PromiseSettledResult<unknown>[] = [];
    // All steps are run, even if an earlier one fails: without its key, a file is useless.
    const run = async <T>(step: () => T | Promise<T>): Promise<T | undefined> => {
      const [result] = await Promise.allSettled([Promise.resolve().then(step)]);
      results.push(result);
      return result.status === 'fulfilled' ? result.value : undefined;
    };
    const files = (await run(() => this.#listFiles(name))) ?? [];
    const paths = new Set([this.#pathOf(location), ...files.map(({ path }) => path)]);
    const stores = new Set(otherStore === undefined ? [store] : [store, otherStore]);
    if (current !== undefined) {
      paths.delete(this.#pathOf(current));
      stores.delete(current.store);
    }
    for (const path of paths)
      await run(() => withDiskErrors('write', path, () => removeFile(path)));
    for (const each of stores) await run(() => this.#deleteKey(name, this.#keychains[each], files));
    const failed = results.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    return results.some((result) => result.status === 'fulfilled' && result.value === true);
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

  /** Finds the key of an earlier session, which renewals and later logins reuse. */
  async #findKey(location: SessionLocation): Promise<string | undefined> {
    const key = await this.#readKey(location);
    return key !== undefined && isKey(key) ? key : undefined;
  }

  async #storeKey({ name, store }: SessionLocation, key: string): Promise<void> {
    const keychain = this.#keychains[store];
    await keychain.write(await keychainAccount(name, this.#directory, keychain), key);
  }

  /**
   * @param files - the session files of the name before they were deleted.
   * @returns whether a key existed, which may be the shared item of version 0.2.0.
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

/** A session grows if renewed tokens contain more scopes. */
const spareBytes = 16 * 1024;

/** Tests whether a session can be written, before a prompt. @throws {TpksError} `storage` */
export async function testSessionFolder(directory: string): Promise<void> {
  const path = join(directory, sessionFileName('', undefined));
  await withDiskErrors('write', path, () => {
    ensurePrivateFolder(directory);
    testFolder(directory);
  });
}

/** @returns the paths of files that belong to no location, left behind by a killed login or rename. */
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

export async function keychainAccount(
  name: string,
  directory: string,
  keychain: Pick<Keychain, 'isShared'>,
): Promise<string> {
  if (!keychain.isShared) return name;
  const path = await withDiskErrors('read', directory, () =>
    ignoreMissing(() => realpathSync(directory)),
  );
  return `${name} ${hashText(path ?? resolve(directory)).slice(0, 16)}`;
}
