import { renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Folders } from '../config/folders.js';
import { cacheSuffix, formatNames } from '../config/name-cache.js';
import type { Settings, SettingsFile } from '../config/settings.js';
import { locateIdentity } from './locate.js';
import { ensureFolder } from '../disk/folder.js';
import { temporaryPathFor } from '../disk/temporary-files.js';

/**
 * Updates `cache/contexts.txt`, which completion scripts read instead of `config.json`, if it is older.
 * Its lines are: the version of the format; the suffix of the cache files of the current context for
 * the PKS commands; the same for `tpks uaa` (`.` if there is no current context); and the names of the
 * contexts.
 *
 * A script ignores the file if `config.json` is newer. The file therefore gets the time of the
 * `config.json` that it was created from: a change during the update makes it old.
 *
 * Never throws: the next completion tries again.
 */
export async function updateCachedContexts(
  settings: SettingsFile,
  { cache }: Pick<Folders, 'cache'>,
): Promise<void> {
  const target = join(cache, 'contexts.txt');
  let temporary: string | undefined;
  try {
    const { mtimeNs } = statSync(settings.path, { bigint: true });
    const existing = statSync(target, { bigint: true, throwIfNoEntry: false });
    if (existing !== undefined && existing.mtimeNs >= mtimeNs) return;
    const text = await formatContexts(await settings.read());
    await ensureFolder(cache);
    temporary = temporaryPathFor(target);
    writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' });
    // Rounded up, because the time is set in microseconds.
    const seconds = Number(mtimeNs / 1000n + 2n) / 1e6;
    utimesSync(temporary, seconds, seconds);
    renameSync(temporary, target);
  } catch {
    if (temporary !== undefined) rmSync(temporary, { force: true });
  }
}

async function formatContexts(settings: Settings): Promise<string> {
  const suffixOf = async (forUaa: boolean): Promise<string> => {
    const found = locateIdentity({ settings, env: {}, forUaa });
    return found?.kind === 'stored' ? cacheSuffix(found.name) : '.';
  };
  const [pks, uaa] = await Promise.all([suffixOf(false), suffixOf(true)]);
  return `1\n${pks}\n${uaa}\n${formatNames(Object.keys(settings.contexts))}`;
}
