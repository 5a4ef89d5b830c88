import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContextSettings } from '../config/settings.js';
import { ignoreMissing, withDiskErrors } from '../disk/disk-error.js';
import { toFileName } from '../disk/file-name.js';
import { ensurePrivateFolder } from '../disk/folder.js';
import { reserveFile, type ReservedFile } from '../disk/reserved-file.js';
import { rejectSharedFolder } from '../disk/shared-folder.js';
import { removeFile } from '../disk/temporary-files.js';
import { TpksError } from '../errors.js';
import type { Keychain } from '../keychain/keychain.js';
import { isKey, createKey, seal, unseal } from './session-envelope.js';
import {
  maximumBytes,
  readSessionFile,
  formatSession,
  parseSession,
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
  /** Removes the session files of earlier logins of the context, which are no longer used. */
  readonly removeEarlierFiles: () => Promise<void>;
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
  /** The store in which a login that was killed may have left a key. Used only by `remove`. */
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
  const { context, sessionId, directory, keychain, otherKeychain, loginCommand } = deps;
  const hint = loginCommand ?? 'log in again';
  const decryptionError = (reason: string) =>
    new TpksError('unauthenticated', `The session file ${path} cannot be decrypted: ${reason}`, {
      hint,
    });
  const path = join(directory, sessionFileName(context, sessionId));
  return {
    read: async () => {
      rejectSharedFolder(directory);
      const text = await readSessionFile(path);
      if (text === undefined) return undefined;
      const key = await keychain.read(context);
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
      const steps = [
        () => withDiskErrors('write', path, () => removeFile(path)),
        // Tried even if the file could not be removed: without its key, the file is useless.
        () => keychain.remove(context),
        () => removeEarlierFiles(deps, path),
        ...(otherKeychain === undefined ? [] : [() => otherKeychain.remove(context)]),
      ];
      return (await runAllSteps(steps)).includes(true);
    },
    removeEarlierFiles: async () => {
      await removeEarlierFiles(deps, path);
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
async function removeEarlierFiles(
  { context, directory }: SessionStoreDeps,
  current: string,
): Promise<boolean> {
  const prefix = toFileName(context);
  const names = await withDiskErrors('read', directory, () =>
    ignoreMissing(() => readdir(directory)),
  );
  const sessions = (names ?? [])
    .filter((name) => name.startsWith(prefix))
    .map((name) => /^((\.[0-9a-f]+)?\.session)(\..+\.tmp)?$/.exec(name.slice(prefix.length))?.[1])
    .filter((ending) => ending !== undefined)
    .map((ending) => join(directory, `${prefix}${ending}`));
  const earlier = new Set(sessions.filter((path) => path !== current));
  for (const path of earlier) await withDiskErrors('write', path, () => removeFile(path));
  return earlier.size > 0;
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
  const { context, keychain } = deps;
  // A logout after the reservation must not be undone by a token that was already requested.
  const checkNotRemoved = async (): Promise<void> => {
    if (replaces && (await readSize(path)) === undefined) throw removedSessionError(path, hint);
  };
  await withDiskErrors('write', path, checkNotRemoved);
  const key = await readOrCreateKey(context, keychain);
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

/** Creates the key with the first session. Renewals use the same key and do not write to the keychain. */
async function readOrCreateKey(context: string, keychain: Keychain): Promise<string> {
  const storedKey = await keychain.read(context);
  if (storedKey !== undefined && isKey(storedKey)) return storedKey;
  const key = createKey();
  await keychain.write(context, key);
  return key;
}

async function readSize(path: string): Promise<number | undefined> {
  return ignoreMissing(async () => (await stat(path)).size);
}

function removedSessionError(path: string, hint: string): TpksError {
  const message = `Another process ended the session: ${path} no longer exists`;
  return new TpksError('unauthenticated', message, { hint });
}
