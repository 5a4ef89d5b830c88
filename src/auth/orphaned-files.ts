import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings, SettingsFile } from '../config/settings.js';
import { ignoreMissing, withDiskErrors } from '../disk/disk-error.js';
import { toFileName } from '../disk/file-name.js';
import { sessionFileName } from './session-file.js';

export interface OrphanedFilesDeps {
  readonly settings: SettingsFile;
  readonly folders: { readonly sessions: string; readonly keys: string };
}

/**
 * Removes session and key files that do not belong to any context. A login or rename that was killed
 * leaves them behind.
 * @throws {TpksError} `storage` if one of them cannot be removed.
 */
export async function removeOrphanedFiles({ settings, folders }: OrphanedFilesDeps): Promise<void> {
  const findFiles = async (contexts: Settings['contexts']): Promise<readonly string[]> => {
    const entries = Object.entries(contexts);
    const sessions = entries.map(([name, { sessionId }]) => sessionFileName(name, sessionId));
    const keys = entries
      .filter(([, { store, otherStore }]) => [store, otherStore].includes('file'))
      .map(([name]) => `${toFileName(name)}.key`);
    return (
      await Promise.all([
        listUnknownFiles(folders.sessions, '.session', new Set(sessions)),
        listUnknownFiles(folders.keys, '.key', new Set(keys)),
      ])
    ).flat();
  };
  if ((await findFiles((await settings.read()).contexts)).length === 0) return;
  // A login or rename holds this lock until the settings contain its context, so its files are kept.
  await settings.update(async (current) => {
    for (const path of await findFiles(current.contexts)) {
      await withDiskErrors('write', path, () => rm(path, { force: true }));
    }
    return current;
  });
}

/** Files with which a login tests its store, without a lock. The next test deletes leftover ones. */
const probeFile = /^probe-[0-9a-f]{12}-/;

async function listUnknownFiles(
  folder: string,
  extension: string,
  knownFiles: ReadonlySet<string>,
): Promise<readonly string[]> {
  const files = (await ignoreMissing(() => readdir(folder))) ?? [];
  return files
    .filter((file) => file.endsWith(extension) && !probeFile.test(file) && !knownFiles.has(file))
    .map((file) => join(folder, file));
}
