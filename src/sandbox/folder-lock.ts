import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { kill, pid, platform } from 'node:process';
import { AdvisedError, hasCode, quote, readRegularFile } from './files.js';
import { isObject, parseJson } from './json.js';

/** The process that uses a folder. */
interface Owner {
  readonly pid: number;
  /** In kernel ticks since boot, to recognize a reused PID. Empty on systems other than Linux. */
  readonly startTime: string;
  /** Hostname of the machine or container. */
  readonly host: string;
}

/** A folder that only this sandbox uses. */
export interface LockedFolder {
  readonly path: string;
  /** Unlocks the folder. Deletes it if it is temporary. */
  readonly release: () => void;
}

/**
 * Locks a folder. Replaces the lock of a process that has ended.
 * @param folder - created with mode 0700 if it does not exist.
 * @throws {AdvisedError} if another sandbox uses the folder, or other users can write to it.
 * @throws {Error} from node:fs if the lock cannot be written.
 */
export function lockFolder(folder: string): LockedFolder {
  createFolder(folder);
  rejectSharedFolder(folder);
  const path = join(folder, 'sandbox.lock');
  if (!createLock(path)) {
    const owner = parseOwner(readRegularFile(path).toString());
    if (owner && !hasEnded(owner)) throw folderInUseError(folder, path, owner);
    rmSync(path, { force: true });
    // Another sandbox may have replaced the lock in the meantime.
    if (!createLock(path)) return lockFolder(folder);
  }
  return { path: folder, release: () => rmSync(path, { force: true }) };
}

/** Creates a folder for a sandbox without `--dir`. */
export function createTemporaryFolder(): LockedFolder {
  const folder = mkdtempSync(join(tmpdir(), 'tpks-sandbox-'));
  return { path: folder, release: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Creates a folder and its parents with mode 0700, if they do not exist. Does not use `recursive`, because
 * Node would then never return for a folder in a file system such as /proc.
 */
function createFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) createFolder(parent);
  mkdirSync(path, { mode: 0o700 });
}

/** Rejects a folder in which other users could replace the CA key or the data. */
function rejectSharedFolder(folder: string): void {
  // On Windows, Node reports no useful permission bits.
  if (platform === 'win32') return;
  const { mode, uid, gid } = statSync(folder);
  // If the group ID equals the user ID, the group is usually the user's private group.
  const writers = uid === gid ? 0o002 : 0o022;
  if ((mode & writers) === 0) return;
  throw new AdvisedError(
    `Other users can write to ${folder}`,
    `chmod go-w ${quote(folder)}, or use another folder: tpks sandbox --dir PATH`,
    'storage',
  );
}

/** @returns false if the lock already exists. */
function createLock(path: string): boolean {
  const owner: Owner = { pid, startTime: readStartTime(pid) ?? '', host: hostname() };
  try {
    writeFileSync(path, `${JSON.stringify(owner)}\n`, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw Object.assign(error as Error, { path });
  }
}

function folderInUseError(folder: string, lock: string, owner: Owner): AdvisedError {
  const isOnThisHost = owner.host === hostname();
  const place = isOnThisHost ? '' : ` on ${owner.host}`;
  return new AdvisedError(
    `The folder ${folder} is in use by another sandbox (process ${String(owner.pid)}${place})`,
    // Without a start time, the PID may have been reused.
    isOnThisHost && owner.startTime !== ''
      ? `stop that sandbox: kill ${String(owner.pid)}`
      : `if that sandbox has ended, delete its lock: rm ${quote(lock)}`,
  );
}

/** @returns undefined if the process was killed while it wrote the lock. */
function parseOwner(text: string): Owner | undefined {
  const owner = parseJson(text);
  return isObject(owner) && Number(owner['pid']) > 0 ? (owner as unknown as Owner) : undefined;
}

/** @returns false for a process on another machine, because its state is unknown. */
function hasEnded({ pid: ownerPid, startTime, host }: Owner): boolean {
  if (host !== hostname()) return false;
  try {
    kill(ownerPid, 0);
  } catch (error) {
    // EPERM means that the process is running as another user.
    if (hasCode(error, 'ESRCH')) return true;
  }
  return startTime !== '' && readStartTime(ownerPid) !== startTime;
}

/**
 * @returns undefined if the system does not report the start time, or for a zombie process, which no longer
 *   writes to the folder.
 * @see proc_pid_stat(5): fields 3 (state) and 22 (starttime)
 */
function readStartTime(processId: number): string | undefined {
  try {
    const stat = readRegularFile(`/proc/${String(processId)}/stat`).toString('latin1');
    // Field 2, the name of the command, may contain spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
