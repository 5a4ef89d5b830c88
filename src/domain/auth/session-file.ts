import { readdirSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isStoreError, isTpksError, TpksError } from '../../base/errors.js';
import type { ContextSettings } from '../../platform/config/settings.js';
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
  reserveFile,
  rejectSharedFolder,
  removeFile,
  type ReservedFile,
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

type StoreSettings = Pick<ContextSettings, 'store' | 'sessionId' | 'otherStore'>;

/** Where the session of a context is stored. */
export interface SessionLocation extends StoreSettings {
  /** The command that starts a new session, for hints. */
  readonly loginCommand?: string | undefined;
}

/** The session of one context. */
export interface SessionStore {
  /**
   * Reads and decrypts the session.
   * @returns `undefined` if there is no session.
   * @throws {TpksError} `unauthenticated` if the file cannot be decrypted (missing key, damaged file):
   *   it is left unchanged until the next login overwrites it. `storage` or `keychain` for all other
   *   errors, such as a file that a newer version wrote.
   */
  readonly read: () => Promise<StoredSession | undefined>;
  /** Whether there is a session file, even if it cannot be decrypted. Does not use the keychain. */
  readonly exists: () => Promise<boolean>;
  /**
   * Reserves disk space for a new session before a token is requested. Otherwise a full or read-only
   * disk could lose the new token after the server has invalidated the old one.
   * @throws {TpksError} `storage` if the folder cannot be written, or if the existing file is not a
   *   regular file, is too large or was written by a newer version.
   */
  readonly reserve: () => Promise<Reservation>;
  /**
   * Removes the file and the key, and the files and keys that interrupted logins left behind.
   * @returns whether anything was removed.
   */
  readonly remove: () => Promise<boolean>;
  /**
   * Removes the session files and the key in the other store that earlier logins of the context left behind.
   * @returns `false` if the key could not be deleted. It is useless then, because its files are deleted.
   */
  readonly removeEarlierLogins: () => Promise<boolean>;
}

export interface Reservation {
  /** Encrypts and replaces the session file in one step. */
  readonly write: (session: StoredSession) => Promise<void>;
  /** Frees the reserved space. Does nothing after `write`. */
  readonly release: () => Promise<void>;
}

export interface SessionStoreDeps {
  readonly context: string;
  /** @see ContextSettings.sessionId */
  readonly sessionId?: string | undefined;
  /** Folder of the session files; created when the first one is written. */
  readonly directory: string;
  /** Used only if there is a file to decrypt or to write. */
  readonly keychain: Keychain;
  /** The store in which an earlier login may have left a key. Used only to remove it. */
  readonly otherKeychain?: Keychain | undefined;
  /** @see SessionLocation.loginCommand */
  readonly loginCommand?: string | undefined;
}

/** A session grows if renewed tokens contain more scopes. */
const spareBytes = 16 * 1024;

/**
 * Stores the session of a context in an encrypted file that only this user can read. Its key is in the
 * keychain. Before writing, the caller must take the lock of the context.
 */
export function createSessionStore(deps: SessionStoreDeps): SessionStore {
  const { context, sessionId, directory, keychain, otherKeychain } = deps;
  const hint = deps.loginCommand ?? 'log in again';
  const path = join(directory, sessionFileName(context, sessionId));
  const decryptionError = (reason: string) =>
    new TpksError('unauthenticated', `The session file ${path} cannot be decrypted: ${reason}`, {
      hint,
    });
  const removeOtherKey = async (files: readonly SessionFile[]): Promise<boolean> =>
    otherKeychain !== undefined && (await removeSessionKey(deps, otherKeychain, files));
  return {
    read: async () => {
      rejectSharedFolder(directory);
      const text = readSessionFile(path);
      if (text === undefined) return undefined;
      const key = await readSessionKey(deps);
      if (key === undefined) throw decryptionError('its key no longer exists');
      const plain = unseal(text, key, boundNames(context, sessionId));
      if (plain === undefined)
        throw decryptionError('it is damaged or was encrypted with another key');
      return parseSession(plain, path, hint);
    },
    exists: async () => (await withDiskErrors('read', path, () => readSize(path))) !== undefined,
    reserve: () =>
      withDiskErrors('write', path, async () => {
        await ensurePrivateFolder(directory);
        const old = readSessionFile(path);
        const file = await reserveFile(path, Buffer.byteLength(old ?? '') + spareBytes);
        return {
          write: (session) =>
            write(deps, { path, file, replaces: old !== undefined, hint }, session),
          release: () => withDiskErrors('write', path, file.release),
        };
      }),
    remove: async () => {
      let files: readonly SessionFile[] = [];
      const steps = [
        () => {
          files = listSessionFiles(deps);
          return false;
        },
        () => withDiskErrors('write', path, () => removeFile(path)),
        // Tried even if the file could not be removed: without its key, the file is useless.
        () => removeSessionKey(deps, keychain, files),
        () => removeEarlierFiles(files, path),
        () => removeOtherKey(files),
      ];
      return (await runAllSteps(steps)).includes(true);
    },
    removeEarlierLogins: async () => {
      const files = listSessionFiles(deps);
      await removeEarlierFiles(files, path);
      try {
        await removeOtherKey(files);
        return true;
      } catch (error) {
        if (!isStoreError(error)) throw error;
        return false;
      }
    },
  };
}

/** Runs all steps, even if an earlier one fails. @throws the first error. */
async function runAllSteps<T>(steps: readonly (() => T | Promise<T>)[]): Promise<readonly T[]> {
  const results: T[] = [];
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      results.push(await step());
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return results;
}

/** The name of the session file of a context. */
export function sessionFileName(context: string, sessionId: string | undefined): string {
  const suffix = sessionId === undefined ? '' : `.${sessionId}`;
  return `${toFileName(context)}${suffix}.session`;
}

/** The names that a session file is bound to, so that it cannot be replaced with another one. */
function boundNames(context: string, sessionId: string | undefined): readonly string[] {
  return sessionId === undefined ? [context] : [context, sessionId];
}

/** A session file of the context, with its content before it is removed. */
interface SessionFile {
  readonly path: string;
  readonly names: readonly string[];
  /** `undefined` if only temporary files are left, or if the file cannot be read. */
  readonly text: string | undefined;
}

/** Reads all session files of the context, including those of earlier logins. */
function listSessionFiles({ context, directory }: SessionStoreDeps): readonly SessionFile[] {
  const prefix = toFileName(context);
  const ids = readFolder(directory)
    .filter((name) => name.startsWith(prefix))
    .map((name) => /^(?:\.([0-9a-f]+))?\.session(?:\..+\.tmp)?$/.exec(name.slice(prefix.length)))
    .filter((match) => match !== null)
    .map(([, sessionId]) => sessionId);
  return [...new Set(ids)].map((sessionId) => {
    const path = join(directory, sessionFileName(context, sessionId));
    return { path, names: boundNames(context, sessionId), text: readIfPossible(path) };
  });
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

/**
 * Removes all session files of the context except the current one, and temporary files left by killed
 * writers.
 * @returns whether any files were removed.
 */
async function removeEarlierFiles(
  files: readonly SessionFile[],
  current: string,
): Promise<boolean> {
  const earlier = files.filter(({ path }) => path !== current);
  for (const { path } of earlier) await withDiskErrors('write', path, () => removeFile(path));
  return earlier.length > 0;
}

/**
 * Reads the key of a context. Up to version 0.2.0, contexts with the same name in different config
 * folders shared one keychain item. A shared item is used only if it decrypts a session in this config
 * folder, and is copied rather than moved, because another config folder may also need it.
 */
async function readSessionKey(deps: SessionStoreDeps): Promise<string | undefined> {
  const { context, keychain } = deps;
  const account = await keychainAccount(deps);
  const key = await keychain.read(account);
  if (key !== undefined || !keychain.isShared) return key;
  const sharedKey = await keychain.read(context);
  if (sharedKey === undefined || !decryptsOne(listSessionFiles(deps), sharedKey)) return undefined;
  try {
    await keychain.write(account, sharedKey);
  } catch (error) {
    // The copy is optional: the session can also be read with the shared item.
    if (!isStoreError(error)) throw error;
  }
  return sharedKey;
}

/** Creates the key with the first session. Renewals use the same key and do not write to the keychain. */
async function readOrCreateSessionKey(deps: SessionStoreDeps): Promise<string> {
  const storedKey = await readSessionKey(deps);
  if (storedKey !== undefined && isKey(storedKey)) return storedKey;
  const key = createKey();
  await deps.keychain.write(await keychainAccount(deps), key);
  return key;
}

/**
 * Removes the key of a context, including the shared item of version 0.2.0.
 * @param files - the session files of the context before they were removed.
 * @returns whether a key existed.
 */
async function removeSessionKey(
  { context, directory }: SessionStoreDeps,
  keychain: Keychain,
  files: readonly SessionFile[],
): Promise<boolean> {
  const wasRemoved = await keychain.remove(await keychainAccount({ context, directory, keychain }));
  if (!keychain.isShared) return wasRemoved;
  const sharedKey = await keychain.read(context);
  if (sharedKey === undefined || !decryptsOne(files, sharedKey)) return wasRemoved;
  return (await keychain.remove(context)) || wasRemoved;
}

function decryptsOne(files: readonly SessionFile[], key: string): boolean {
  return files.some(
    ({ text, names }) => text !== undefined && unseal(text, key, names) !== undefined,
  );
}

/** The account under which the key of a context is stored. */
export async function keychainAccount({
  context,
  directory,
  keychain,
}: Pick<SessionStoreDeps, 'context' | 'directory' | 'keychain'>): Promise<string> {
  if (!keychain.isShared) return context;
  const path = await withDiskErrors('read', directory, () =>
    ignoreMissing(() => realpath(directory)),
  );
  return `${context} ${hashText(path ?? resolve(directory)).slice(0, 16)}`;
}

/**
 * Copies a session to another context, which gets its own key.
 * @returns whether a session existed.
 * @throws {TpksError} any error of the stores; the old session is not changed.
 */
export async function copySession(from: SessionStore, to: SessionStore): Promise<boolean> {
  const session = await from.read();
  if (session === undefined) return false;
  await writeSession(to, session);
  return true;
}

/** Writes a session that has already been requested. */
export async function writeSession(store: SessionStore, session: StoredSession): Promise<void> {
  const reservation = await store.reserve();
  try {
    await reservation.write(session);
  } finally {
    await reservation.release();
  }
}

interface WriteTarget {
  readonly path: string;
  readonly file: ReservedFile;
  readonly replaces: boolean;
  /** For the error if the session is removed in the meantime. */
  readonly hint: string;
}

async function write(
  deps: SessionStoreDeps,
  { path, file, replaces, hint }: WriteTarget,
  session: StoredSession,
): Promise<void> {
  // A logout after the reservation must not be undone by a token that was already requested.
  const checkNotRemoved = async (): Promise<void> => {
    if (replaces && (await readSize(path)) === undefined) throw removedSessionError(path, hint);
  };
  await withDiskErrors('write', path, checkNotRemoved);
  const key = await readOrCreateSessionKey(deps);
  const text = seal(formatSession(session), key, boundNames(deps.context, deps.sessionId));
  if (Buffer.byteLength(text) > maximumBytes) {
    throw new TpksError('storage', `Cannot write ${path}: the tokens are larger than 32 MiB`, {
      hint: 'nothing was stored; ask the operator of the UAA to issue shorter tokens',
    });
  }
  await withDiskErrors('write', path, async () => {
    await checkNotRemoved();
    await file.replaceWith(text);
  });
}

async function readSize(path: string): Promise<number | undefined> {
  return ignoreMissing(async () => (await stat(path)).size);
}

function removedSessionError(path: string, hint: string): TpksError {
  const message = `Another process ended the session: ${path} no longer exists`;
  return new TpksError('unauthenticated', message, { hint });
}
