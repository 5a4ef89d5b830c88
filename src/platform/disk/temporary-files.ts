import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isMissing, ignoreMissing } from './disk-error.js';
import { hashText } from './file-name.js';
import { hasEnded, currentProcess } from './owner-process.js';

/** Age limit for files of processes on other hosts, because it is unknown whether they are running. */
const foreignMaximumAgeMilliseconds = 24 * 60 * 60 * 1000;

/**
 * Returns a new path next to a file. Its name identifies this process:
 * `FILE.HOST-PID-START-RANDOM.tmp`.
 */
export function temporaryPathFor(path: string): string {
  const { pid, startTime, host } = currentProcess();
  const random = randomBytes(6).toString('hex');
  return `${path}.${shortHash(host)}-${String(pid)}-${startTime}-${random}.tmp`;
}

/**
 * Deletes the temporary files for a file: all of them, or only files of processes that have ended.
 * @param path - the file; it does not have to exist.
 */
export async function removeTemporaryFiles(
  path: string,
  selection: 'stale' | 'all',
): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith('.tmp')) continue;
    const file = join(dirname(path), name);
    if (selection === 'all' || (await isStale(file))) await rm(file, { force: true });
  }
}

async function isStale(file: string): Promise<boolean> {
  const [, hostHash, pid, startTime] = /\.(\w+)-(\d+)-(\d*)-\w+\.tmp$/.exec(file) ?? [];
  if (hostHash === undefined || pid === undefined || startTime === undefined) return false;
  const { host } = currentProcess();
  if (hostHash === shortHash(host)) return hasEnded({ pid: Number(pid), startTime, host }) === true;
  try {
    return Date.now() - (await stat(file)).mtimeMs > foreignMaximumAgeMilliseconds;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function shortHash(text: string): string {
  return hashText(text).slice(0, 10);
}

/**
 * Removes a file and its temporary files.
 * @returns whether the file existed.
 */
export async function removeFile(path: string): Promise<boolean> {
  const removed = await ignoreMissing(async () => {
    await removeTemporaryFiles(path, 'all');
    await rm(path);
    return true;
  });
  return removed ?? false;
}
