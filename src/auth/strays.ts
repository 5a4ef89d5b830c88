import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings, SettingsFile } from '../config/settings.js';
import { unlessMissing, withDiskErrors } from '../disk/disk-error.js';
import { fileNameOf } from '../disk/file-name.js';
import { sessionFileName } from './session-file.js';

export interface OrphanedFilesDeps {
  readonly settings: SettingsFile;
  readonly folders: { readonly sessions: string; readonly keys: string };
}

/**
 * Removes session and key files that do not belong to any context. A login or rename that was killed
 * leaves them behind.
 * @throws {TpksError} `storage` when one is still there.
 */
export async function removeOrphanedFiles({ settings, folders }: OrphanedFilesDeps): Promise<void> {
  const find = async (contexts: Settings['contexts']): Promise<readonly string[]> => {
    const entries = Object.entries(contexts);
    const sessions = entries.map(([name, { sessionId }]) => sessionFileName(name, sessionId));
    const keys = entries
      .filter(([, { store, otherStore }]) => [store, otherStore].includes('file'))
      .map(([name]) => `${fileNameOf(name)}.key`);
    return (
      await Promise.all([
        listUnknownFiles(folders.sessions, '.session', new Set(sessions)),
        listUnknownFiles(folders.keys, '.key', new Set(keys)),
      ])
    ).flat();
  };
  if ((await find((await settings.read()).contexts)).length === 0) return;
  // A login or rename keeps this lock until the settings name its context, so its files are safe.
  await settings.update(async (now) => {
    for (const path of await find(now.contexts)) {
      await withDiskErrors('write', path, () => rm(path, { force: true }));
    }
    return now;
  });
}

/** Items with which a login tests its store, without a lock. The next test deletes leftover ones. */
const probe = /^probe-[0-9a-f]{12}-/;

async function listUnknownFiles(
  folder: string,
  ending: string,
  known: ReadonlySet<string>,
): Promise<readonly string[]> {
  const files = (await unlessMissing(() => readdir(folder))) ?? [];
  return files
    .filter((file) => file.endsWith(ending) && !probe.test(file) && !known.has(file))
    .map((file) => join(folder, file));
}
