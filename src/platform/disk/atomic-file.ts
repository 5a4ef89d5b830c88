import { randomBytes } from 'node:crypto';
import { stat, open, rename, rm, readdir, type FileHandle } from 'node:fs/promises';
import { dirname, basename, join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../../base/errors.js';
import { ignoreMissing, isMissing } from './disk-error.js';
import { currentProcess, hasEnded } from './owner-process.js';
import { hashText } from './private-files.js';

// Files that are replaced atomically, and the temporary files that a killed process leaves behind.

/** Disk space that is reserved for the next version of a file. */
export interface ReservedFile {
  /** Replaces the file atomically: readers see either the old or the new content. Call it only once. */
  readonly replaceWith: (text: string) => Promise<void>;
  /** Frees the space. Has no effect after `replaceWith`. */
  readonly release: () => Promise<void>;
}

/** The owner and the permissions of a file, as in `Stats`. */
export interface FileAttributes {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Reserves disk space for a new version of a file, so that disk errors occur before there is data to lose.
 * @param path - the file; its folder must exist.
 * @param bytes - how much to reserve. A longer text can be written if the disk has enough space.
 * @param attributes - attributes of the new version; by default, only this user can read it.
 */
export async function reserveFile(
  path: string,
  bytes: number,
  attributes?: FileAttributes,
): Promise<ReservedFile> {
  const { file, temporary, discard } = await createTemporaryFile(path);
  try {
    // Random bytes, because some file systems do not store zeros.
    await writeAll(file, randomBytes(bytes));
    await file.sync();
    if (attributes !== undefined) await setAttributes(file, attributes);
  } catch (error) {
    await discard();
    throw error;
  }
  return {
    replaceWith: async (text) => {
      const data = Buffer.from(text);
      await writeAll(file, data);
      await file.truncate(data.length);
      await file.sync();
      await file.close();
      await renameOver(temporary, path);
    },
    release: discard,
  };
}

/** Replaces a file atomically and durably. The new file is readable only by this user. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const { file, temporary, discard } = await createTemporaryFile(path);
  try {
    await writeAll(file, Buffer.from(text));
    await file.sync();
    await file.close();
    await renameOver(temporary, path);
  } catch (error) {
    await discard();
    throw error;
  }
}

async function createTemporaryFile(path: string) {
  await removeTemporaryFiles(path, 'stale');
  const temporary = temporaryPathFor(path);
  const file = await open(temporary, 'wx', 0o600);
  const discard = async (): Promise<void> => {
    await file.close();
    await rm(temporary, { force: true });
  };
  return { file, temporary, discard };
}

async function writeAll(file: FileHandle, data: Buffer): Promise<void> {
  for (let done = 0; done < data.length;) {
    const { bytesWritten } = await file.write(data, done, data.length - done, done);
    done += bytesWritten;
  }
}

async function setAttributes(file: FileHandle, attributes: FileAttributes): Promise<void> {
  const { mode, uid, gid } = attributes;
  const current = await file.stat();
  if (current.uid !== uid || current.gid !== gid) await file.chown(uid, gid);
  await file.chmod(mode & 0o7777);
}

/** Retries, because Windows cannot replace a file while another process is reading it. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const isBusy = ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '');
      if (process.platform !== 'win32' || !isBusy || attempt === 40) throw error;
      await sleep(25);
    }
  }
}

/** Age limit for files of processes on other hosts, because it is unknown whether they are running. */
const foreignMaximumAgeMilliseconds = 24 * 60 * 60 * 1000;

/** The end of the name of a temporary file, which may itself belong to a temporary file. */
const temporaryEnd = /^(?:[\w-]+\.tmp\.)?(?<hostHash>\w+)-(?<pid>\d+)-(?<startTime>\d*)-\w+\.tmp$/;

/** Returns a path next to a file whose name identifies this process: `FILE.HOST-PID-START-RANDOM.tmp`. */
export function temporaryPathFor(path: string): string {
  const { pid, startTime, host } = currentProcess();
  const random = randomBytes(6).toString('hex');
  return `${path}.${shortHash(host)}-${String(pid)}-${startTime}-${random}.tmp`;
}

/** Deletes the temporary files for a file: all of them, or only those of processes that have ended. */
export async function removeTemporaryFiles(
  path: string,
  selection: 'stale' | 'all',
): Promise<void> {
  const start = `${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(start)) continue;
    const owner = temporaryEnd.exec(name.slice(start.length))?.groups;
    const file = join(dirname(path), name);
    if (owner && (selection === 'all' || (await isStale(file, owner))))
      await rm(file, { force: true });
  }
}

async function isStale(
  file: string,
  { hostHash, pid, startTime = '' }: Readonly<Partial<Record<string, string>>>,
): Promise<boolean> {
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

/** Removes a file and its temporary files. Returns whether the file existed. */
export async function removeFile(path: string): Promise<boolean> {
  const removed = await ignoreMissing(async () => {
    await removeTemporaryFiles(path, 'all');
    await rm(path);
    return true;
  });
  return removed ?? false;
}
