import type { PksCreds } from '../config/pks-creds-file.js';
import {
  readPksCreds,
  removePksCreds,
  removeUnfinishedPksCreds,
} from '../config/pks-creds-storage.js';
import type { ContextSettings } from '../config/settings.js';
import { isTpksError } from '../errors.js';

/** Identifies the session of a context in the file. */
export type PksCredsOwner = Pick<ContextSettings, 'api' | 'identity'>;

/**
 * Deletes the file unless it contains the session of another identity.
 * @returns whether the file was deleted.
 * @throws {TpksError} `storage` if it cannot be deleted.
 */
export async function removeCopy(owner: PksCredsOwner, path: string): Promise<boolean> {
  // A killed process may have left tokens in a temporary file, even if the file does not exist.
  await removeUnfinishedPksCreds(path);
  return isCopyOf(owner, path) && (await removePksCreds(path));
}

/** Whether the file exists, and the original CLI has not replaced it with another session. */
export function isCopyOf(context: PksCredsOwner, path: string): boolean {
  try {
    const copy = readPksCreds(path);
    return copy !== undefined && isSameIdentity(copy, context);
  } catch (error) {
    if (!isTpksError(error)) throw error;
    // It cannot be read, but it may still contain tokens.
    return true;
  }
}

/** Whether a file contains the session of this user or client at this host. */
export function isSameIdentity(copy: PksCreds, { api, identity }: PksCredsOwner): boolean {
  if (api === undefined || withoutPort(copy.api) !== withoutPort(api)) return false;
  // The UAA ignores the case of usernames.
  return copy.username === '' || copy.username.toLowerCase() === identity.toLowerCase();
}

/** Formats the address of an API as `creds.yml` contains it. */
export function withoutPort(api: string): string {
  return `https://${new URL(api.includes('://') ? api : `https://${api}`).hostname}`;
}
