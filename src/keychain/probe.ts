import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withDiskErrors } from '../disk/disk-error.js';
import { ensurePrivateFolder } from '../disk/folder.js';
import { listTemporaryFiles, temporaryPathFor } from '../disk/temporary.js';
import type { KeyStore } from './keychain.js';

/** Where a probe records its entry while it exists. */
export interface ProbeNotes {
  readonly folder: string;
  readonly store: 'keychain' | 'file';
}

/**
 * Writes a random entry, reads it back and deletes it. First deletes the entries of probes that were
 * killed: each has left a note that names its process.
 * @returns whether the entry was read back unchanged.
 * @throws what the store throws; {TpksError} `storage` when the note cannot be written.
 */
export async function probeStore(
  store: KeyStore,
  { folder, store: kind }: ProbeNotes,
): Promise<boolean> {
  const path = join(folder, `.probe-${kind}`);
  const left = await withDiskErrors('write', folder, async () => {
    await ensurePrivateFolder(folder);
    return listTemporaryFiles(path, 'stale');
  });
  const remove = async (note: string): Promise<void> => {
    await store.remove(probeAccount(note));
    await withDiskErrors('write', note, () => rm(note, { force: true }));
  };
  for (const note of left) await remove(note);
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
    // If this fails too, the note stays, for the next probe.
    await remove(note).catch(() => undefined);
    throw error;
  }
  await remove(note);
  return isEqual;
}

/** The random part of the note's name. */
function probeAccount(note: string): string {
  return `probe-${/([0-9a-f]+)\.tmp$/.exec(note)?.[1] ?? ''}`;
}
