import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withDiskErrors } from '../disk/disk-error.js';
import { ensurePrivateFolder } from '../disk/folder.js';
import { listTemporaryFiles, temporaryPathFor } from '../disk/temporary-files.js';
import type { KeyStore } from './keychain.js';

/** Where a probe records its entry until the entry is deleted. */
export interface ProbeNotes {
  readonly folder: string;
  readonly store: 'keychain' | 'file';
}

/**
 * Writes a random entry, reads it back and deletes it. First deletes the entries of probes that were
 * killed, which are recorded in note files named after their processes.
 * @returns whether the entry was read back unchanged.
 * @throws {TpksError} `storage` if the note file cannot be written. Errors of the store are passed on.
 */
export async function probeStore(
  store: KeyStore,
  { folder, store: kind }: ProbeNotes,
): Promise<boolean> {
  const path = join(folder, `.probe-${kind}`);
  const staleNotes = await withDiskErrors('write', folder, async () => {
    await ensurePrivateFolder(folder);
    return listTemporaryFiles(path, 'stale');
  });
  const remove = async (note: string): Promise<void> => {
    await store.remove(probeAccount(note));
    await withDiskErrors('write', note, () => rm(note, { force: true }));
  };
  for (const note of staleNotes) await remove(note);
  const note = temporaryPathFor(path);
  const [account, key] = [probeAccount(note), randomBytes(32).toString('base64')];
  // An unusable store fails here, before there is an entry to record.
  await store.read(account);
  await withDiskErrors('write', note, () => writeFile(note, '', { flag: 'wx', mode: 0o600 }));
  let isEqual: boolean;
  try {
    await store.write(account, key);
    isEqual = (await store.read(account)) === key;
  } catch (error) {
    // If the removal fails too, the note stays for the next probe, because a service that hangs may still
    // create the entry later, and only the note contains its name.
    await remove(note).catch(() => undefined);
    throw error;
  }
  await remove(note);
  return isEqual;
}

/** Derives the account from the random part of the note's file name. */
function probeAccount(note: string): string {
  return `probe-${/([0-9a-f]+)\.tmp$/.exec(note)?.[1] ?? ''}`;
}
