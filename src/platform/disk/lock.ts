import { randomUUID } from 'node:crypto';
import { linkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as v from 'valibot';
import type { Clock } from '../../base/clock.js';
import { errorCode, TpksError } from '../../base/errors.js';
import { alwaysQuoteForShell } from '../../base/shell-quote.js';
import { removeTemporaryFiles, temporaryPathFor } from './atomic-file.js';
import { readBytes } from './bounded-read.js';
import { type Alternative, isMissing, withDiskErrors } from './disk-error.js';
import { hasEnded, currentProcess, type OwnerProcess } from './owner-process.js';
import { ensureFolder } from './private-files.js';

/** Lets one process run at a time. Processes on other machines are excluded as well, but only for a limited time. */
export interface Lock {
  /**
   * Runs the work while no other process runs work under this lock. Not reentrant. Errors of the work are
   * passed on.
   * @throws {TpksError} `unavailable` if another process holds the lock for too long; `storage` for disk
   *   errors.
   */
  readonly runExclusively: <T>(work: () => Promise<T>) => Promise<T>;
}

export interface LockDeps {
  readonly clock: Clock;
  /** How long to wait for another process; default: {@link defaultWaitSeconds}. */
  readonly waitSeconds?: number;
  /**
   * Creates the error for a lock that is held for too long. Set it for a lock file that other programs also
   * create: it is then removed only if its owner is known to have ended.
   */
  readonly foreignTimeoutError?: (found: FoundLock) => TpksError;
  /** What the hints of disk errors suggest; another `TPKS_HOME` by default. */
  readonly alternative?: Alternative;
  /** `link(2)`; tests pass one that simulates a file system without hard links. */
  readonly createLink?: (existing: string, added: string) => void;
}

/** A lock that another process holds. */
export interface FoundLock {
  readonly path: string;
  /** `undefined` if the lock file does not identify its owner. */
  readonly owner: OwnerProcess | undefined;
}

/** When a lock whose owner may still be running is abandoned. The age alone is not enough, because clocks change. */
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
/** How long to wait for another process by default. */
export const defaultWaitSeconds = 30;

/** Whether a file is a lock of tpks, or the second lock under which one is removed. */
export function isLockFile(name: string): boolean {
  return /\.lock(?:\.break)?$/.test(name);
}

/**
 * Creates a lock that can still be taken after its owner has been killed with `kill -9`. The lock is a file
 * that identifies the owner process and is created atomically with its content. If the owner is dead, the
 * next process removes the file under a second lock (`PATH.break`), so that it never removes a lock that
 * was taken in the meantime.
 * @param path - the lock file. If its folder is missing, it is created for this user only.
 */
export function createLock(path: string, deps: LockDeps): Lock {
  const { alternative } = deps;
  return {
    runExclusively: async (work) => {
      const attempt = new LockAttempt(path, deps);
      await withDiskErrors('write', path, () => attempt.waitForLock(), alternative);
      try {
        return await work();
      } finally {
        const release = () => {
          removeIfContent(path, attempt.ownContent);
        };
        await withDiskErrors('write', path, release, alternative);
      }
    },
  };
}

/** An attempt of this process to take a lock. */
class LockAttempt {
  /** What this process writes to the lock file, unique to this attempt. */
  readonly ownContent = `${JSON.stringify({ ...currentProcess(), id: randomUUID() })}\n`;
  private readonly path: string;
  private readonly deps: LockDeps;
  /** The last content of each lock file, and since when this process has seen it. */
  private readonly seen = new Map<string, { readonly content: string; readonly since: number }>();

  constructor(path: string, deps: LockDeps) {
    this.path = path;
    this.deps = deps;
  }

  /** Takes the lock as soon as it is free. */
  async waitForLock(): Promise<void> {
    const { clock, waitSeconds = defaultWaitSeconds, foreignTimeoutError } = this.deps;
    const path = this.path;
    ensureFolder(dirname(path));
    const end = clock.monotonic() + waitSeconds * 1000;
    while (!this.tryLock(path, foreignTimeoutError !== undefined)) {
      if (clock.monotonic() >= end) {
        const found = readLockFile(path);
        const owner = found === undefined ? undefined : parseLockOwner(found);
        throw foreignTimeoutError?.({ path, owner }) ?? lockTimeoutError(path, owner, waitSeconds);
      }
      await clock.sleep(pollMilliseconds * (1 + Math.random()));
    }
    removeTemporaryFiles(path, 'stale');
  }

  /** Takes the lock if it is free. If its owner is dead, removes it for the next call. */
  private tryLock(path: string, isForeign: boolean): boolean {
    const found = readLockFile(path);
    if (found === undefined) return this.createLockFile(path);
    // On a network file system, `link` may report an error although it succeeded.
    if (found === this.ownContent) return true;
    if (this.isAbandoned(path, found, isForeign)) this.breakLock(path, found);
    return false;
  }

  private createLockFile(path: string): boolean {
    const { createLink = linkSync } = this.deps;
    const temporary = temporaryPathFor(path);
    try {
      writeFileSync(temporary, this.ownContent, { flag: 'wx', mode: 0o600 });
      createLink(temporary, path);
      return true;
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      if (!noHardLinkCodes.includes(errorCode(error) ?? '')) throw error;
      return createWithoutLink(path, this.ownContent);
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  /**
   * Removes an abandoned lock. Only one process at a time may do so, and it reads the lock again first:
   * others may have removed and taken it in the meantime.
   */
  private breakLock(path: string, abandoned: string): void {
    const breakPath = `${path}.break`;
    if (!this.tryLock(breakPath, false)) return;
    try {
      removeIfContent(path, abandoned);
    } finally {
      removeIfContent(breakPath, this.ownContent);
    }
  }

  private isAbandoned(path: string, found: string, isForeign: boolean): boolean {
    const owner = parseLockOwner(found);
    const isOwnerDead = owner && hasEnded(owner);
    if (isOwnerDead !== undefined) return isOwnerDead;
    if (isForeign) return false;
    const limits = owner === undefined ? unreadableLimits : foreignLimits;
    const watchedSeconds = this.measureWatchedSeconds(path, found);
    const age = readAgeSeconds(path);
    if (age < -clockToleranceSeconds) return watchedSeconds > limits.futureWatchedSeconds;
    return age > limits.ageSeconds && watchedSeconds > limits.watchedSeconds;
  }

  /** How long this process has seen the same content in a lock file. */
  private measureWatchedSeconds(path: string, content: string): number {
    const now = this.deps.clock.monotonic();
    const last = this.seen.get(path);
    const since = last?.content === content ? last.since : now;
    this.seen.set(path, { content, since });
    return (now - since) / 1000;
  }
}

/** Error codes of file systems without hard links, such as FAT and some network file systems. */
const noHardLinkCodes = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'UNKNOWN'];

function createWithoutLink(path: string, ownContent: string): boolean {
  try {
    writeFileSync(path, ownContent, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** On a network file system, the two times that are compared may come from different machines. */
const clockToleranceSeconds = 2;

/** Measures the age with the clock of the file system, which may be on another machine. */
function readAgeSeconds(path: string): number {
  const temporary = temporaryPathFor(path);
  try {
    writeFileSync(temporary, '', { flag: 'wx', mode: 0o600 });
    const now = statSync(temporary);
    const then = statSync(path);
    return (now.mtimeMs - then.mtimeMs) / 1000;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function removeIfContent(path: string, expected: string): void {
  if (readLockFile(path) === expected) rmSync(path, { force: true });
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

/** A lock file has about 200 bytes. */
const maximumBytes = 4096;

/** @returns `undefined` if the file is missing; an empty string if it is unreadable, as kubectl's locks are. */
export function readLockFile(path: string): string | undefined {
  try {
    return readBytes(path, { maximumBytes }).toString('utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (errorCode(error) === 'EACCES') return '';
    throw error;
  }
}

const ownerSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 31 - 1)),
  startTime: v.string(),
  host: v.string(),
});

/** @returns the process that holds a lock; `undefined` for an empty or damaged lock file. */
export function parseLockOwner(text: string): OwnerProcess | undefined {
  try {
    return v.parse(ownerSchema, JSON.parse(text));
  } catch {
    return undefined;
  }
}
