import { accessSync, constants, existsSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { isDeepStrictEqual } from 'node:util';
import { type Clock, formatDuration } from '../../../base/clock.js';
import { isTpksError, TpksError } from '../../../base/errors.js';
import { quoteForShell } from '../../../base/shell-quote.js';
import { parseLockOwner, readLockFile, createLock, type FoundLock } from '../../../platform/disk/lock.js';
import { currentProcess } from '../../../platform/disk/owner-process.js';
import { kubeconfigError, type KubeconfigFiles } from './storage.js';

const waitSeconds = 5;

/**
 * Runs work while no other tpks or kubectl changes the kubeconfig files. As in client-go, the lock of a
 * file is `FILE.lock`, next to the path that the user specified, and the locks are taken in sorted order.
 * Locks held by other programs are never removed, because client-go does not record who owns a lock.
 * @throws {TpksError} `storage` if a lock is held for more than 5 s or cannot be written.
 * @see client-go, tools/clientcmd/config.go, ModifyConfig
 */
export async function withFilesLocked<T>(
  { paths, target }: KubeconfigFiles,
  clock: Clock,
  work: () => Promise<T>,
): Promise<T> {
  const locked = paths.filter((path) => path === target || canBeChanged(path)).sort();
  const removeOwnLocks = () => {
    for (const path of locked) removeOwnLock(lockPath(path));
  };
  const runNext = (index: number): Promise<T> => {
    const path = locked[index];
    if (path === undefined) return work();
    const foreignTimeoutError = (found: FoundLock) => timeoutError(path, found, clock);
    const lock = createLock(lockPath(path), { clock, waitSeconds, foreignTimeoutError });
    return lock.runExclusively(() => runNext(index + 1));
  };
  // After Ctrl-C, the process exits before the work has finished.
  process.on('exit', removeOwnLocks);
  try {
    return await runNext(0);
  } catch (error) {
    throw isTpksError(error) ? kubeconfigError(error, 'write', target) : error;
  } finally {
    process.off('exit', removeOwnLocks);
  }
}

function lockPath(path: string): string {
  return `${path}.lock`;
}

/** kubectl cannot lock a file in a read-only folder either, e.g. one in /etc. */
function canBeChanged(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    accessSync(dirname(path), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function removeOwnLock(path: string): void {
  const text = readLockFile(path);
  const owner = text === undefined ? undefined : parseLockOwner(text);
  if (isDeepStrictEqual(owner, currentProcess())) rmSync(path, { force: true });
}

function timeoutError(path: string, { path: lock, owner }: FoundLock, clock: Clock): TpksError {
  const stats = statSync(lock, { throwIfNoEntry: false });
  const seconds = stats === undefined ? 0 : (clock.now().getTime() - stats.mtimeMs) / 1000;
  const age = formatDuration(Math.max(0, Math.round(seconds)));
  const holder = owner === undefined ? 'another program' : `process ${String(owner.pid)}`;
  return new TpksError(
    'storage',
    `Cannot change ${path}: ${holder} has held the lock ${lock} for ${age}`,
    {
      hint: `if no other program is changing the file, remove the lock: rm ${quoteForShell(lock)}`,
    },
  );
}
