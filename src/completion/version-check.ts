import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Folders } from '../config/folders.js';
import { findExecutable, type SearchPath } from '../disk/find-executable.js';

/** A program whose version a completion script has asked for. */
export interface VersionCheck extends SearchPath {
  /** The path of the program, as the script found it in `PATH`. */
  readonly file: string;
  /** The path of this program. */
  readonly ownPath: string;
  readonly version: string;
  /** The effective id of the user; `undefined` on Windows. */
  readonly user: number | undefined;
}

/**
 * Records that a program has a version, so that completion scripts do not start it again to check this.
 * The record contains the path of the program without links, and has its modification time: an update
 * changes at least one of them. Records of other versions are removed.
 *
 * Nothing is recorded for a program that starts this one, such as the scripts of version managers: it
 * does not change if another version is selected. Nothing is recorded in a folder of another user either:
 * `sudo` can keep `HOME`, and that user could not delete the record.
 *
 * Never throws: without a record, scripts check the version once in each shell.
 */
export function recordVersionCheck(check: VersionCheck, folders: Folders): void {
  const { version, user } = check;
  const { config, cache } = folders;
  try {
    if (!isOwnedBy(user, config)) return;
    if (!existsSync(cache)) mkdirSync(cache, { mode: 0o700 });
    if (!isOwnedBy(user, cache)) return;
    for (const name of readdirSync(cache)) {
      if (name.startsWith('program-') && !name.startsWith(`program-${version}%`))
        rmSync(join(cache, name), { force: true });
    }
    writeRecord(check, cache);
  } catch {
    // The next shell tries again.
  }
}

function isOwnedBy(user: number | undefined, folder: string): boolean {
  return user === undefined || statSync(folder).uid === user;
}

function writeRecord(check: VersionCheck, cache: string): void {
  const { file, ownPath, version } = check;
  const touch = findExecutable('touch', check);
  if (touch === undefined) return;
  const path = realpathSync(file);
  if (path !== realpathSync(ownPath)) return;
  const record = join(cache, `program-${version}${file.replaceAll('/', '%')}`);
  rmSync(record, { force: true });
  writeFileSync(record, `${path}\n`, { mode: 0o600, flag: 'wx' });
  // Node sets times in microseconds only, but the shells compare nanoseconds.
  execFileSync(touch, ['-r', file, record], { stdio: 'ignore' });
}
