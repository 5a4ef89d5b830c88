import { hashText } from '#digest';
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ignoreMissing, withDiskErrors } from '../disk/disk-error.js';
import { isStoreError } from '../errors.js';
import type { Keychain } from '../keychain/keychain.js';
import { createKey, isKey } from './session-envelope.js';

export interface SessionKeyDeps {
  readonly context: string;
  /** Folder of the session files; created when the first one is written. */
  readonly directory: string;
  /** Used only if there is a file to decrypt or to write. */
  readonly keychain: Keychain;
}

/** Whether a key decrypts a session file of the context in this config folder. */
export type IsOwnKey = (key: string) => Promise<boolean>;

/**
 * Reads the key of a context. Up to version 0.2.0, contexts with the same name in different config
 * folders shared one keychain item. A shared item is used only if it decrypts a session in this config
 * folder, and is copied rather than moved, because another config folder may also need it.
 */
export async function readSessionKey(
  deps: SessionKeyDeps,
  isOwnKey: IsOwnKey,
): Promise<string | undefined> {
  const { context, keychain } = deps;
  const account = await keychainAccount(deps);
  const key = await keychain.read(account);
  if (key !== undefined || !keychain.isShared) return key;
  const sharedKey = await keychain.read(context);
  if (sharedKey === undefined || !(await isOwnKey(sharedKey))) return undefined;
  try {
    await keychain.write(account, sharedKey);
  } catch (error) {
    // The copy is optional: the session can also be read with the shared item.
    if (!isStoreError(error)) throw error;
  }
  return sharedKey;
}

/** Creates the key with the first session. Renewals use the same key and do not write to the keychain. */
export async function readOrCreateSessionKey(
  deps: SessionKeyDeps,
  isOwnKey: IsOwnKey,
): Promise<string> {
  const storedKey = await readSessionKey(deps, isOwnKey);
  if (storedKey !== undefined && isKey(storedKey)) return storedKey;
  const key = createKey();
  await deps.keychain.write(await keychainAccount(deps), key);
  return key;
}

/** Removes the key of a context, including the shared item of version 0.2.0. @returns whether a key existed. */
export async function removeSessionKey(deps: SessionKeyDeps, isOwnKey: IsOwnKey): Promise<boolean> {
  const { context, keychain } = deps;
  const wasRemoved = await keychain.remove(await keychainAccount(deps));
  if (!keychain.isShared) return wasRemoved;
  const sharedKey = await keychain.read(context);
  if (sharedKey === undefined || !(await isOwnKey(sharedKey))) return wasRemoved;
  return (await keychain.remove(context)) || wasRemoved;
}

/** The account under which the key of a context is stored. */
export async function keychainAccount({
  context,
  directory,
  keychain,
}: SessionKeyDeps): Promise<string> {
  if (!keychain.isShared) return context;
  const path = await withDiskErrors('read', directory, () =>
    ignoreMissing(() => realpath(directory)),
  );
  return `${context} ${hashText(path ?? resolve(directory)).slice(0, 16)}`;
}
