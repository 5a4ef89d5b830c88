import { renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Folders } from '../config/folders.js';
import { cacheSuffix, formatNames } from '../config/name-cache.js';
import type { Program, Role, Settings, SettingsFile } from '../config/settings.js';
import { locateIdentity } from './locate.js';
import { ensureFolder } from '../disk/folder.js';
import { temporaryPathFor } from '../disk/temporary-files.js';

/**
 * Updates `cache/contexts.txt` if it is older than `config.json`. Static completion scripts read it,
 * because shells cannot parse JSON. Its lines are the version of the format, the suffix of the cache
 * files for the current context of the PKS commands, the same for `tpks uaa` (`.` if no context is
 * selected), and then the names of all contexts.
 *
 * A script ignores the file if `config.json` is newer, or not newer than `contexts-start.txt`. The two
 * files therefore get times shortly after and before the time of the `config.json` that they were
 * created from. A change during the update, or an older copy that is restored, therefore makes them out
 * of date.
 *
 * Never throws: the next completion tries again.
 */
export async function updateCachedContexts(
  settings: SettingsFile,
  program: Program,
  { cache }: Pick<Folders, 'cache'>,
): Promise<void> {
  const name = contextsFile(program);
  const target = join(cache, `${name}.txt`);
  const start = join(cache, `${name}-start.txt`);
  let temporary: string | undefined;
  try {
    const { mtimeNs } = statSync(settings.path, { bigint: true });
    if (isBetween(mtimeNs, start, target)) return;
    const text = await formatContexts(await settings.read());
    await ensureFolder(cache);
    writeFileSync(start, '', { mode: 0o600 });
    // Bash 3.2 compares only seconds.
    const startSeconds = Number(mtimeNs / 1_000_000_000n) - 2;
    utimesSync(start, startSeconds, startSeconds);
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

/** The name without `.txt`. Each link has its own file, because it has its own current installation. */
export function contextsFile(program: Program): string {
  return program === 'tpks' ? 'contexts' : `contexts-${program}`;
}

/** Whether a time is after the time of the first file, and not after the time of the second file. */
function isBetween(time: bigint, start: string, end: string): boolean {
  const [startTime, endTime] = [start, end].map(
    (path) => statSync(path, { bigint: true, throwIfNoEntry: false })?.mtimeNs,
  );
  if (startTime === undefined || endTime === undefined) return false;
  return startTime < time && time <= endTime;
}

async function formatContexts(settings: Settings): Promise<string> {
  const suffixOf = async (role: Role): Promise<string> => {
    const found = locateIdentity({ settings, env: {}, role, acceptsOtherRole: true });
    return found?.kind === 'stored' ? cacheSuffix(found.name) : '.';
  };
  const [pks, uaa] = await Promise.all([suffixOf('pks'), suffixOf('uaa')]);
  return `1\n${pks}\n${uaa}\n${formatNames(Object.keys(settings.contexts))}`;
}
