import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContextSettings, Settings, SettingsFile } from '../config/settings.js';
import { ignoreMissing, withDiskErrors } from '../disk/disk-error.js';
import { toFileName } from '../disk/file-name.js';
import { toStoreName } from '../kube/store-name.js';
import { sessionFileName } from './session-file.js';

export interface OrphanedFilesDeps {
  readonly settings: SettingsFile;
  readonly folders: { readonly sessions: string; readonly keys: string };
}

/**
 * Removes session and key files that belong neither to a context nor to a Kubernetes session. A login or
 * rename that was killed leaves them behind.
 * @throws {TpksError} `storage` if one of them cannot be removed.
 */
export async function removeOrphanedFiles({ settings, folders }: OrphanedFilesDeps): Promise<void> {
  const findFiles = async (current: Settings): Promise<readonly string[]> => {
    const { sessions, keys } = listKnownFiles(current);
    return (
      await Promise.all([
        listUnknownFiles(folders.sessions, '.session', new Set(sessions)),
        // Written by tpks 0.2.0.
        listUnknownFiles(folders.sessions, '.calls', new Set()),
        listUnknownFiles(folders.keys, '.key', new Set(keys)),
      ])
    ).flat();
  };
  if ((await findFiles(await settings.read())).length === 0) return;
  // A login or rename holds this lock until the settings contain its context, so its files are kept.
  await settings.update(async (current) => {
    for (const path of await findFiles(current)) {
      await withDiskErrors('write', path, () => rm(path, { force: true }));
    }
    return current;
  });
}

/** Lists the names of the files that belong to contexts and Kubernetes sessions. */
function listKnownFiles({ contexts, kubernetesSessions = {} }: Settings) {
  const clusterSessions = Object.entries(kubernetesSessions).map(
    ([name, { store }]) => [toStoreName(name), { store }] as const,
  );
  const owners: (readonly [string, Pick<ContextSettings, 'store' | 'otherStore' | 'sessionId'>])[] =
    [...Object.entries(contexts), ...clusterSessions];
  return {
    sessions: owners.map(([name, { sessionId }]) => sessionFileName(name, sessionId)),
    keys: owners
      .filter(([, { store, otherStore }]) => [store, otherStore].includes('file'))
      .map(([name]) => `${toFileName(name)}.key`),
  };
}

async function listUnknownFiles(
  folder: string,
  extension: string,
  knownFiles: ReadonlySet<string>,
): Promise<readonly string[]> {
  const files = (await ignoreMissing(() => readdir(folder))) ?? [];
  return files
    .filter((file) => file.endsWith(extension) && !knownFiles.has(file))
    .map((file) => join(folder, file));
}
