import { randomUUID } from 'node:crypto';
import { link as hardLink, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../base/clock.js';
import { errorCode, TpksError } from '../../base/errors.js';
import { alwaysQuoteForShell } from '../../base/shell-quote.js';
import { isMissing, withDiskErrors } from './disk-error.js';
import { ensureFolder } from './folder.js';
import { parseLockOwner, readLockFile } from './lock-file.js';
import { hasEnded, currentProcess, type OwnerProcess } from './owner-process.js';
import { removeTemporaryFiles, temporaryPathFor } from './temporary-files.js';

/**
 * Lets one process run at a time. Processes on other machines that share the home folder are excluded
 * as well, but only for a limited time.
 */
export interface Lock {
  /**
   * Runs the work while no other process runs work under this lock. Not reentrant.
   * @throws {TpksError} `unavailable` if another process holds the lock for too long; `storage` if the
   *   lock file cannot be written. Errors of the work are passed on.
   */
  readonly runExclusively: <T>(work: () => Promise<T>) => Promise<T>;
}

export interface LockDeps {
  readonly clock: Clock;
  /** How long to wait for another process; 30 s by default. */
  readonly waitSeconds?: number;
  /**
   * Creates the error for a lock that is held for too long. Set it for a lock file that other programs also
   * create, with any content and permissions: it is then removed only if its owner is known to have ended.
   */
  readonly foreignTimeoutError?: (found: FoundLock) => TpksError;
  /** `link(2)`; tests pass one that simulates a file system without hard links. */
  readonly createLink?: (existing: string, added: string) => Promise<void>;
}

/** A lock that another process holds. */
export interface FoundLock {
  readonly path: string;
  /** `undefined` if the lock file does not identify its owner. */
  readonly owner: OwnerProcess | undefined;
}

/**
 * When to consider a lock abandoned if it is unknown whether its owner is still running. The age is not
 * enough, because the clock may have been changed since the lock was taken.
 */
interface AbandonmentLimits {
  /** Minimum age, measured with the clock of the file system. */
  readonly ageSeconds: number;
  /** How long this process must also have seen the same lock, measured with its monotonic clock. */
  readonly watchedSeconds: number;
  /** The same for a lock with a time in the future, because its age is meaningless. */
  readonly futureWatchedSeconds: number;
}

/** For a lock whose owner is on another host. */
const foreignLimits: AbandonmentLimits = {
  ageSeconds: 120,
  watchedSeconds: 5,
  futureWatchedSeconds: 20,
};
/** For an empty lock: on a file system without hard links, its process was killed while writing it. */
const unreadableLimits: AbandonmentLimits = {
  ageSeconds: 5,
  watchedSeconds: 1,
  futureWatchedSeconds: 5,
};
const pollMilliseconds = 25;

/**
 * Creates a lock that can still be taken after its owner has been killed with `kill -9`. The lock is a
 * file that identifies the owner process and is created atomically with its content. If the owner is
 * dead, the next process removes the file under a second lock (`PATH.break`), so that it never removes
 * a lock that was taken in the meantime.
 *
 * @param path - the lock file. If its folder is missing, it is created for this user only.
 */
export function createLock(path: string, deps: LockDeps): Lock {
  const { clock, waitSeconds = 30, createLink: link = hardLink, foreignTimeoutError } = deps;
  return {
    runExclusively: async (work) => {
      const ownContent = `${JSON.stringify({ ...currentProcess(), id: randomUUID() })}\n`;
      const attempt: LockAttempt = {
        path,
        ownContent,
        link,
        isForeign: foreignTimeoutError !== undefined,
        watchedSeconds: createContentTimer(clock),
      };
      await withDiskErrors('write', path, async () => {
        await ensureFolder(dirname(path));
        const end = clock.monotonic() + waitSeconds * 1000;
        while (!(await tryLock(attempt))) {
          if (clock.monotonic() >= end) {
            const found = readLockFile(path);
            const owner = found === undefined ? undefined : parseLockOwner(found);
            throw (
              foreignTimeoutError?.({ path, owner }) ?? lockTimeoutError(path, owner, waitSeconds)
            );
          }
          await clock.sleep(pollMilliseconds * (1 + Math.random()));
        }
        await removeTemporaryFiles(path, 'stale');
      });
      try {
        return await work();
      } finally {
        await withDiskErrors('write', path, () => removeIfContent(path, ownContent));
      }
    },
  };
}

interface LockAttempt {
  readonly path: string;
  /** The content that this process writes to the lock file, unique to this attempt. */
  readonly ownContent: string;
  readonly link: (existing: string, added: string) => Promise<void>;
  /** Whether other programs also create this lock file. */
  readonly isForeign: boolean;
  /** How long this process has seen the same content in the file. */
  readonly watchedSeconds: (path: string, content: string) => number;
}

function createContentTimer(clock: Clock): LockAttempt['watchedSeconds'] {
  const seen = new Map<string, { readonly content: string; readonly since: number }>();
  return (path, content) => {
    const last = seen.get(path);
    const since = last?.content === content ? last.since : clock.monotonic();
    seen.set(path, { content, since });
    return (clock.monotonic() - since) / 1000;
  };
}

/** Takes the lock if it is free. If its owner is dead, removes it for the next attempt. */
async function tryLock(lock: LockAttempt): Promise<boolean> {
  const found = readLockFile(lock.path);
  if (found === undefined) return createLockFile(lock);
  // On a network file system, `link` may report an error although it succeeded.
  if (found === lock.ownContent) return true;
  if (await isAbandoned(found, lock)) await breakLock(lock, found);
  return false;
}

async function createLockFile({ path, ownContent, link }: LockAttempt): Promise<boolean> {
  const temporary = temporaryPathFor(path);
  try {
    await writeFile(temporary, ownContent, { flag: 'wx', mode: 0o600 });
    await link(temporary, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    if (!noHardLinkCodes.includes(errorCode(error) ?? '')) throw error;
    return await createWithoutLink(path, ownContent);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Error codes of file systems without hard links, such as FAT and some network file systems. */
const noHardLinkCodes = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'UNKNOWN'];

async function createWithoutLink(path: string, ownContent: string): Promise<boolean> {
  try {
    await writeFile(path, ownContent, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes an abandoned lock. After this process has read it, a second process may have removed it and a
 * third may have taken the lock. Therefore only one process at a time may remove a lock, and it reads
 * the lock again first.
 */
async function breakLock(lock: LockAttempt, dead: string): Promise<void> {
  const { path, ownContent } = lock;
  const breakAttempt: LockAttempt = { ...lock, isForeign: false, path: `${path}.break` };
  if (!(await tryLock(breakAttempt))) return;
  try {
    await removeIfContent(path, dead);
  } finally {
    await removeIfContent(breakAttempt.path, ownContent);
  }
}

async function isAbandoned(found: string, lock: LockAttempt): Promise<boolean> {
  const { path, isForeign, watchedSeconds } = lock;
  const owner = parseLockOwner(found);
  const isOwnerDead = owner && hasEnded(owner);
  if (isOwnerDead !== undefined) return isOwnerDead;
  if (isForeign) return false;
  const limits = owner === undefined ? unreadableLimits : foreignLimits;
  const watched = watchedSeconds(path, found);
  const age = await readAgeSeconds(path);
  if (age < -clockToleranceSeconds) return watched > limits.futureWatchedSeconds;
  return age > limits.ageSeconds && watched > limits.watchedSeconds;
}

/** On a network file system, the two times that are compared may come from different machines. */
const clockToleranceSeconds = 2;

/** Measures the age with the clock of the file system, which may be on another machine. */
async function readAgeSeconds(path: string): Promise<number> {
  const temporary = temporaryPathFor(path);
  try {
    await writeFile(temporary, '', { flag: 'wx', mode: 0o600 });
    const [now, then] = [await stat(temporary), await stat(path)];
    return (now.mtimeMs - then.mtimeMs) / 1000;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function removeIfContent(path: string, expected: string): Promise<void> {
  if (readLockFile(path) === expected) await rm(path, { force: true });
}

function lockTimeoutError(
  path: string,
  owner: OwnerProcess | undefined,
  waitSeconds: number,
): TpksError {
  const subject = owner === undefined ? 'Another process' : `Process ${String(owner.pid)}`;
  const suffix = owner === undefined || hasEnded(owner) !== undefined ? '' : ` on ${owner.host}`;
  return new TpksError(
    'unavailable',
    `${subject}${suffix} has held ${path} for more than ${String(waitSeconds)} s`,
    {
      hint:
        owner === undefined
          ? `if no other tpks is running, remove the file: rm ${alwaysQuoteForShell(path)}`
          : `wait for the process or stop it (kill ${String(owner.pid)}), then try again`,
    },
  );
}
