import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContextSettings } from '../config/settings.js';
import { ignoreMissing, withDiskErrors } from '../disk/disk-error.js';
import { toFileName } from '../disk/file-name.js';
import { ensurePrivateFolder } from '../disk/folder.js';
import { reserveFile, type ReservedFile } from '../disk/reserved-file.js';
import { rejectSharedFolder } from '../disk/shared-folder.js';
import { removeFile } from '../disk/temporary-files.js';
import { isStoreError, isTpksError, TpksError } from '../errors.js';
import type { Keychain } from '../keychain/keychain.js';
import { seal, unseal } from './session-envelope.js';
import {
  maximumBytes,
  readSessionFile,
  formatSession,
  parseSession,
  type StoredSession,
} from './session-content.js';
import {
  readOrCreateSessionKey,
  readSessionKey,
  removeSessionKey,
  type IsOwnKey,
  type SessionKeyDeps,
} from './session-key.js';

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

export interface SessionStoreDeps extends SessionKeyDeps {
  /** @see ContextSettings.sessionId */
  readonly sessionId?: string | undefined;
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
  const { context, sessionId, directory, otherKeychain, loginCommand } = deps;
  const hint = loginCommand ?? 'log in again';
  const decryptionError = (reason: string) =>
    new TpksError('unauthenticated', `The session file ${path} cannot be decrypted: ${reason}`, {
      hint,
    });
  const path = join(directory, sessionFileName(context, sessionId));
  const removeOtherKey = async (isOwnKey: IsOwnKey): Promise<boolean> =>
    otherKeychain !== undefined &&
    (await removeSessionKey({ ...deps, keychain: otherKeychain }, isOwnKey));
  return {
    read: async () => {
      rejectSharedFolder(directory);
      const text = await readSessionFile(path);
      if (text === undefined) return undefined;
      const key = await readSessionKey(deps, isOwnKeyIn(deps));
      if (key === undefined) throw decryptionError('its key no longer exists');
      const plain = await unseal(text, key, boundNames(deps));
      if (plain === undefined)
        throw decryptionError('it is damaged or was encrypted with another key');
      return parseSession(plain, path, hint);
    },
    exists: async () => (await withDiskErrors('read', path, () => readSize(path))) !== undefined,
    reserve: () =>
      withDiskErrors('write', path, async () => {
        await ensurePrivateFolder(directory);
        const old = await readSessionFile(path);
        const file = await reserveFile(path, Buffer.byteLength(old ?? '') + spareBytes);
        return {
          write: (session) =>
            write(deps, { path, file, replaces: old !== undefined, hint }, session),
          release: () => withDiskErrors('write', path, file.release),
        };
      }),
    remove: async () => {
      const isOwnKey = await prepareRemoval(deps);
      const steps = [
        () => withDiskErrors('write', path, () => removeFile(path)),
        // Tried even if the file could not be removed: without its key, the file is useless.
        () => removeSessionKey(deps, isOwnKey),
        () => removeEarlierFiles(deps, path),
        () => removeOtherKey(isOwnKey),
      ];
      return (await runAllSteps(steps)).includes(true);
    },
    removeEarlierLogins: async () => {
      const isOwnKey = await prepareRemoval(deps);
      await removeEarlierFiles(deps, path);
      try {
        await removeOtherKey(isOwnKey);
        return true;
      } catch (error) {
        if (!isStoreError(error)) throw error;
        return false;
      }
    },
  };
}

/** Runs all steps, even if an earlier one fails. @throws the first error. */
async function runAllSteps<T>(steps: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
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

/**
 * Removes all session files of the context except the current one, and temporary files left by killed
 * writers.
 * @returns whether any files were removed.
 */
async function removeEarlierFiles(deps: SessionStoreDeps, current: string): Promise<boolean> {
  const earlier = (await listSessionFiles(deps)).filter(({ path }) => path !== current);
  for (const { path } of earlier) await withDiskErrors('write', path, () => removeFile(path));
  return earlier.length > 0;
}

interface SessionFile {
  readonly path: string;
  readonly sessionId: string | undefined;
}

/** Lists the session files of the context, including those of which only temporary files are left. */
async function listSessionFiles({
  context,
  directory,
}: SessionStoreDeps): Promise<readonly SessionFile[]> {
  const prefix = toFileName(context);
  const names = await withDiskErrors('read', directory, () =>
    ignoreMissing(() => readdir(directory)),
  );
  const ids = (names ?? [])
    .filter((name) => name.startsWith(prefix))
    .map((name) => /^(?:\.([0-9a-f]+))?\.session(?:\..+\.tmp)?$/.exec(name.slice(prefix.length)))
    .filter((match) => match !== null)
    .map(([, sessionId]) => sessionId);
  return [...new Set(ids)].map((sessionId) => ({
    path: join(directory, sessionFileName(context, sessionId)),
    sessionId,
  }));
}

/** Reads the session files only if a key is to be checked. */
function isOwnKeyIn(deps: SessionStoreDeps): IsOwnKey {
  return async (key) => (await readSessions(deps))(key);
}

/** Reads the session files that are about to be deleted, so that a key can still be checked afterwards. */
async function prepareRemoval(deps: SessionStoreDeps): Promise<IsOwnKey> {
  try {
    return await readSessions(deps);
  } catch (error) {
    // The removal reports it.
    if (!isTpksError(error)) throw error;
    return () => Promise.resolve(false);
  }
}

async function readSessions(deps: SessionStoreDeps): Promise<IsOwnKey> {
  const sessions: { readonly text: string; readonly names: readonly string[] }[] = [];
  for (const { path, sessionId } of await listSessionFiles(deps)) {
    try {
      const text = await readSessionFile(path);
      if (text !== undefined) sessions.push({ text, names: boundNames({ ...deps, sessionId }) });
    } catch (error) {
      // A file that cannot be read, e.g. because it is too large, matches no key.
      if (!isTpksError(error)) throw error;
    }
  }
  return async (key) => {
    for (const { text, names } of sessions) {
      if ((await unseal(text, key, names)) !== undefined) return true;
    }
    return false;
  };
}

/** The names that a session file is bound to, so that it cannot be replaced with another one. */
function boundNames({ context, sessionId }: SessionStoreDeps): readonly string[] {
  return sessionId === undefined ? [context] : [context, sessionId];
}

/**
 * Copies a session to another context, which gets its own key.
 * @returns whether a session existed.
 * @throws {TpksError} any error of the stores; the old session is not changed.
 */
export async function copySession(from: SessionStore, to: SessionStore): Promise<boolean> {
  const session = await from.read();
  if (session === undefined) return false;
  const reservation = await to.reserve();
  try {
    await reservation.write(session);
  } finally {
    await reservation.release();
  }
  return true;
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
  const key = await readOrCreateSessionKey(deps, isOwnKeyIn(deps));
  const text = await seal(formatSession(session), key, boundNames(deps));
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
