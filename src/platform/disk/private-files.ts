import { createHash, randomBytes } from 'node:crypto';
import { statSync, type Stats } from 'node:fs';
import { chmod, mkdir, stat, open, rename, rm, readdir, type FileHandle } from 'node:fs/promises';
import { dirname, basename, join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { TpksError, errorCode } from '../../base/errors.js';
import { alwaysQuoteForShell } from '../../base/shell-quote.js';
import { ignoreMissing, isMissing } from './disk-error.js';
import { currentProcess, hasEnded } from './owner-process.js';

// Folders and files that other users cannot change, and that a process can replace and leave behind safely.

/** The permission bits of a file, and the ids of its owner and its group. */
export type Permissions = Pick<Stats, 'mode' | 'uid' | 'gid'>;

/**
 * Rejects a folder in which other users can replace files, because they could redirect a login to their
 * own server or replace a key. Folders owned by root are accepted, and so is a missing folder.
 * @throws {TpksError} `storage` with the command that fixes the permissions.
 */
export function rejectSharedFolder(path: string): void {
  const stats = readStats(path);
  if (stats !== undefined) rejectShared(path, stats);
}

/** Rejects a file under the same conditions as a folder. @see rejectSharedFolder */
export function rejectShared(path: string, stats: Permissions): void {
  // Windows has no owners and permission bits of this kind.
  const user = process.geteuid?.();
  if (user === undefined) return;
  if ((stats.mode & (isPrivateGroup(stats) ? 0o002 : 0o022)) !== 0) {
    throw new TpksError('storage', `Other users can write to ${path}`, {
      hint: `chmod go-w ${alwaysQuoteForShell(path)}, or set TPKS_HOME to another folder`,
    });
  }
  if (stats.uid !== user && stats.uid !== 0) {
    throw new TpksError('storage', `${path} belongs to another user (uid ${String(stats.uid)})`, {
      hint: `sudo chown ${String(user)} ${alwaysQuoteForShell(path)}, or set TPKS_HOME to another folder`,
    });
  }
}

/** @returns `undefined` on any error, because the next use of the folder reports it. */
function readStats(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Many Linux distributions create a private group for each user, with the same number as the user, and
 * set a umask of 002, which allows this group to write.
 */
function isPrivateGroup({ uid, gid }: Permissions): boolean {
  return uid === gid;
}

/** Creates a folder and its missing parents, accessible only to this user. Existing ones are unchanged. */
export async function ensureFolder(path: string): Promise<void> {
  const createFolder = () => mkdir(path, { mode: 0o700 });
  try {
    // Not `recursive`, because on a read-only disk Node would then report a missing folder.
    await createFolder().catch(async (error: unknown) => {
      if (!isMissing(error) || dirname(path) === path) throw error;
      await ensureFolder(dirname(path));
      await createFolder();
    });
  } catch (error) {
    if (!(await stat(path).catch(() => undefined))?.isDirectory()) throw error;
  }
}

/**
 * Like {@link ensureFolder}, for a folder that contains secrets. Removes all permissions of the group
 * and of others from an existing folder.
 * @throws {TpksError} `storage` if other users can write to it.
 */
export async function ensurePrivateFolder(path: string): Promise<void> {
  await ensureFolder(path);
  rejectSharedFolder(path);
  if (isAccessibleToOthers((await stat(path)).mode)) await chmod(path, 0o700);
}

/** Whether the group or others have any permission. Always `false` on Windows. */
export function isAccessibleToOthers(mode: number): boolean {
  return process.platform !== 'win32' && (mode & 0o077) !== 0;
}

/** The SHA-256 of a text in UTF-8, in hexadecimal. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Converts a name chosen by a user or a server to a file name without an extension, e.g.
 * `cody-api.example.com-1f0c...`. The file name is safe (it cannot point outside its folder), unique
 * even if the file system ignores case, and readable.
 */
export function toFileName(name: string): string {
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  const unique = hashText(name).slice(0, 32);
  return readable === '' ? unique : `${readable}-${unique}`;
}

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
 * Reserves disk space for a new version of a file, so that disk errors occur before there is data to
 * lose. First removes files left behind by killed processes.
 * @param path - the file; its folder must exist.
 * @param bytes - how much to reserve. A longer text can be written if the disk has enough space.
 * @param attributes - attributes of the new version; by default, only this user can read it.
 * @throws file system errors.
 */
export async function reserveFile(
  path: string,
  bytes: number,
  attributes?: FileAttributes,
): Promise<ReservedFile> {
  await removeTemporaryFiles(path, 'stale');
  const temporary = temporaryPathFor(path);
  const file = await open(temporary, 'wx', 0o600);
  const release = async (): Promise<void> => {
    await file.close();
    await rm(temporary, { force: true });
  };
  try {
    // Random bytes, because some file systems do not store zeros.
    await writeAll(file, randomBytes(bytes));
    await file.sync();
    if (attributes !== undefined) await setAttributes(file, attributes);
  } catch (error) {
    await release();
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
    release,
  };
}

/** Replaces a file atomically and durably. The new file is readable only by this user. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const reserved = await reserveFile(path, Buffer.byteLength(text));
  try {
    await reserved.replaceWith(text);
  } finally {
    await reserved.release();
  }
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
