import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { geteuid, getuid, kill, pid } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { isObject, parseJson } from './body.js';
import { AdvisedError, hasCode, quote, readRegularFile } from './files.js';

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
    const content = readLock(path) || (await sleep(writeMilliseconds).then(() => readLock(path)));
    const owner = parseOwner(content);
    if (owner !== undefined && !hasEnded(owner)) throw usedFolderError(folder, path, owner);
    removeLock(path, content);
  }
  return { path: folder, release: () => rmSync(path, { force: true }) };
}

/** Creates a temporary folder. Deletes those of this user's sandboxes that were killed. */
export function createTemporaryFolder(): LockedFolder {
  removeAbandonedFolders();
  const folder = mkdtempSync(join(tmpdir(), temporaryPrefix));
  createLock(join(folder, lockName), { isTemporary: true });
  return { path: folder, release: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Creates a folder and its parents with mode 0700, if they do not exist. Not with `recursive`, because Node
 * would never return if the parent is in a file system such as /proc.
 *
 * @throws {Error} from node:fs if the folder cannot be created.
 */
export function createFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) createFolder(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process has just created it.
    const exists = hasCode(error, 'EEXIST') && statSync(path).isDirectory();
    if (!exists) throw error;
  }
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
    reject(`${folder} belongs to another user (uid ${String(uid)})`, `sudo chown ${String(user)}`);
  }
}

function removeAbandonedFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(temporaryPrefix)) continue;
    const folder = join(tmpdir(), name);
    try {
      if (lstatSync(folder).uid !== getuid?.()) continue;
      const owner = parseOwner(readRegularFile(join(folder, lockName)).toString());
      if (owner?.isTemporary && hasEnded(owner)) rmSync(folder, { recursive: true, force: true });
    } catch {
      // The folder has no lock, or another sandbox has just deleted it.
    }
  }
}

/** @returns false if the file exists. */
function createLock(path: string, { isTemporary }: Pick<Owner, 'isTemporary'>): boolean {
  const startTime = readStartTime(pid) ?? '';
  const owner: Owner = { pid, startTime, host: currentHost(), isTemporary };
  try {
    writeFileSync(path, `${JSON.stringify(owner)}\n`, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw Object.assign(error as Error, { path });
  }
}

/** @returns an empty string if the file is empty, or no longer exists. */
function readLock(path: string): string {
  try {
    return readRegularFile(path).toString();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  }
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
