import {
  closeSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { geteuid, getuid, kill, pid } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFolder } from './create-folder.js';
import { isObject, parseJson } from './body.js';
import { AdvisedError, hasCode, quote, withPath } from './file-errors.js';
import { readRegularFile } from './read-file.js';

/** The process that uses a folder. */
interface Owner {
  readonly pid: number;
  /** Distinguishes processes with the same PID: kernel ticks since boot; elsewhere, always empty. */
  readonly startTime: string;
  /** The machine and, on Linux, the PID namespace: containers can have the same host name. */
  readonly host: string;
  /** Whether the folder is deleted when the sandbox stops. */
  readonly isTemporary: boolean;
}

/** Prefix of the temporary folders of sandboxes without `--dir`. */
const temporaryPrefix = 'tpks-sandbox-';

const lockName = 'sandbox.lock';

/** How long another process can need to write a lock file that it has just created. */
const writeMilliseconds = 200;

/** A folder that only this sandbox uses. */
export interface LockedFolder {
  readonly path: string;
  /** Allows others to use the folder; a temporary folder is deleted. */
  readonly release: () => void;
}

/**
 * Reserves a folder. The lock of a process that was killed is replaced.
 *
 * @param folder - created with mode 0700 if it does not exist.
 * @throws {AdvisedError} if another sandbox uses the folder, or other users can write to it.
 * @throws {Error} from node:fs if it cannot be written.
 */
export async function lockFolder(folder: string): Promise<LockedFolder> {
  createFolder(folder);
  rejectSharedFolder(folder);
  const path = join(folder, lockName);
  while (!createLock(path, { isTemporary: false })) {
    const content = await readLock(path);
    const owner = parseOwner(content);
    if (owner !== undefined && !hasEnded(owner)) throw usedFolderError(folder, path, owner);
    removeLock(path, content);
  }
  const release = (): void => {
    try {
      rmSync(path, { force: true });
    } catch {
      // The disk has become read-only. The next sandbox replaces the lock.
    }
  };
  return { path: folder, release };
}

/** Rejects a folder in which other users could replace the CA key or the data. Root may own it. */
function rejectSharedFolder(folder: string): void {
  const { mode, uid, gid } = statSync(folder);
  // Windows has no owners and permission bits of this kind.
  const user = geteuid?.();
  if (user === undefined) return;
  const reject = (message: string, command: string): never => {
    const advice = `${command} ${quote(folder)}, or use another folder: tpks sandbox --dir PATH`;
    throw new AdvisedError(message, advice, 'storage');
  };
  // A group with the same number as its user is usually the private group of this user.
  const writers = uid === gid ? 0o002 : 0o022;
  if ((mode & writers) !== 0) reject(`Other users can write to ${folder}`, 'chmod go-w');
  if (uid !== user && uid !== 0) {
    const owner = `belongs to another user (uid ${String(uid)})`;
    reject(`${folder} ${owner}`, `sudo chown ${String(user)}`);
  }
}

/** Creates a temporary folder. Deletes those of this user's sandboxes that were killed. */
export function createTemporaryFolder(): LockedFolder {
  removeAbandonedFolders();
  const folder = mkdtempSync(join(tmpdir(), temporaryPrefix));
  const release = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    createLock(join(folder, lockName), { isTemporary: true });
  } catch (error) {
    release();
    throw error;
  }
  return { path: folder, release };
}

function removeAbandonedFolders(): void {
  for (const folder of listTemporaryFolders()) {
    try {
      if (lstatSync(folder).uid !== getuid?.()) continue;
      // A folder without a lock may belong to a sandbox that is just being started.
      const owner = parseOwner(readRegularFile(join(folder, lockName)).toString());
      if (owner?.isTemporary && hasEnded(owner)) rmSync(folder, { recursive: true, force: true });
    } catch {
      // The folder has no lock, or another sandbox has just deleted it.
    }
  }
}

/** @returns no paths if the folder for temporary files cannot be read. */
function listTemporaryFolders(): readonly string[] {
  try {
    const names = readdirSync(tmpdir()).filter((name) => name.startsWith(temporaryPrefix));
    return names.map((name) => join(tmpdir(), name));
  } catch {
    return [];
  }
}

/** @returns false if the file exists. */
function createLock(path: string, { isTemporary }: Pick<Owner, 'isTemporary'>): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
  try {
    const owner = `${JSON.stringify({ ...currentProcess(), isTemporary })}\n`;
    withPath(path, () => writeFileSync(file, owner));
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return true;
}

/** @returns an empty string if the file is empty, or no longer exists. */
async function readLock(path: string): Promise<string> {
  const read = (): string => {
    try {
      return readRegularFile(path).toString();
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return '';
      throw error;
    }
  };
  const content = read();
  if (content !== '') return content;
  await sleep(writeMilliseconds);
  return read();
}

/** Removes the lock of a process that has ended, but not a lock that replaced it in the meantime. */
function removeLock(path: string, content: string): void {
  const taken = `${path}.${String(pid)}`;
  try {
    renameSync(path, taken);
  } catch (error) {
    // Another process has removed it.
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if (readRegularFile(taken).toString() === content) rmSync(taken, { force: true });
  else renameSync(taken, path);
}

function usedFolderError(folder: string, lock: string, owner: Owner): AdvisedError {
  const { pid: ownerPid, startTime, host } = owner;
  const isHere = host === currentHost();
  const place = isHere ? '' : ' on another machine or in a container';
  return new AdvisedError(
    `The folder ${folder} is in use by another sandbox (process ${String(ownerPid)}${place})`,
    // Without a start time, the PID may have been reused.
    isHere && startTime !== ''
      ? `stop that sandbox: kill ${String(ownerPid)}`
      : `if that sandbox has ended, delete its lock: rm ${quote(lock)}`,
  );
}

function parseOwner(text: string): Owner | undefined {
  const value = parseJson(text);
  if (!isObject(value)) return undefined;
  const { pid: ownerPid, startTime, host, isTemporary } = value;
  const isValid = Number.isSafeInteger(ownerPid) && Number(ownerPid) > 0;
  if (!isValid || typeof startTime !== 'string' || typeof host !== 'string') return undefined;
  return { pid: Number(ownerPid), startTime, host, isTemporary: isTemporary === true };
}

function currentProcess(): Omit<Owner, 'isTemporary'> {
  return { pid, startTime: readStartTime(pid) ?? '', host: currentHost() };
}

/** @returns false for a process of another machine, because its state is unknown. */
function hasEnded({ pid: ownerPid, startTime, host }: Owner): boolean {
  if (host !== currentHost()) return false;
  try {
    kill(ownerPid, 0);
  } catch (error) {
    // EPERM means that it is running as another user.
    if (hasCode(error, 'ESRCH')) return true;
  }
  return startTime !== '' && readStartTime(ownerPid) !== startTime;
}

/**
 * Reads the start time of a process. A zombie has none, because it no longer writes to the folder.
 *
 * @returns undefined if the system does not report it.
 * @see proc_pid_stat(5): fields 3 (state) and 22 (starttime)
 */
function readStartTime(processId: number): string | undefined {
  try {
    const stat = readRegularFile(`/proc/${String(processId)}/stat`).toString('latin1');
    // Field 2, the name of the command, may contain spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function currentHost(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
