import * as v from 'valibot';
import { randomUUID } from 'node:crypto';
import { link as hardLink, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../clock.js';
import { readBytes } from './bounded-read.js';
import { isMissing, withDiskErrors } from './disk-error.js';
import { ensureFolder } from './folder.js';
import { hasEnded, currentProcess, type OwnerProcess } from './owner.js';
import { removeTemporaryFiles, temporaryPathFor } from './temporary.js';
import { errorCode, TpksError } from '../errors.js';
import { quoted } from '../shell-word.js';

/** One process at a time, on this machine and, by a time limit, on others with the same home. */
export interface Lock {
  /**
   * Runs the work while no other process runs work under this lock. Not reentrant.
   * @throws {TpksError} `unavailable` when another process holds it for too long; `storage` when
   *   the lock cannot be written; what the work throws.
   */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>;
}

export interface LockDeps {
  readonly clock: Clock;
  /** How long to wait for another process; 30 by default. */
  readonly waitSeconds?: number;
  /** `link(2)`; a test may give one of a file system without hard links. */
  readonly createLink?: (existing: string, added: string) => Promise<void>;
}

/**
 * When a lock is considered abandoned although nothing shows whether its holder still runs. The age
 * alone is not enough, because the clock may have been changed since the lock was taken.
 */
interface AbandonmentLimits {
  /** Minimum age, by the clock of the file system. */
  readonly ageSeconds: number;
  /** How long this process must also have seen the same lock, by its monotonic clock. */
  readonly watchedSeconds: number;
  /** The same if the lock is dated in the future, where its age says nothing. */
  readonly futureWatchedSeconds: number;
}

/** A holder on another host. */
const foreignLimits: AbandonmentLimits = {
  ageSeconds: 120,
  watchedSeconds: 5,
  futureWatchedSeconds: 20,
};
/** An empty lock: its process was killed while writing it, on a file system without hard links. */
const unreadableLimits: AbandonmentLimits = {
  ageSeconds: 5,
  watchedSeconds: 1,
  futureWatchedSeconds: 5,
};
const pollMilliseconds = 25;

/**
 * A lock that can be taken after `kill -9` of its holder: a file that identifies its process, and is
 * created atomically with its content. If that process is dead, the next one removes the file under a
 * second lock of the same kind (`….break`), so that it never removes a lock taken in the meantime.
 *
 * @param path - the lock file; its folder is made for this user alone if it is missing.
 */
export function createLock(path: string, deps: LockDeps): Lock {
  const { clock, waitSeconds = 30, createLink: link = hardLink } = deps;
  return {
    exclusively: async (work) => {
      const mine = `${JSON.stringify({ ...currentProcess(), id: randomUUID() })}\n`;
      const held: LockAttempt = { path, mine, link, watchedSeconds: createContentTimer(clock) };
      await withDiskErrors('write', path, async () => {
        await ensureFolder(dirname(path));
        const end = clock.monotonic() + waitSeconds * 1000;
        while (!(await tryToTake(held))) {
          if (clock.monotonic() >= end)
            throw lockTimeoutError(path, readContent(path), waitSeconds);
          await clock.sleep(pollMilliseconds * (1 + Math.random()));
        }
        await removeTemporaryFiles(path, 'stale');
      });
      try {
        return await work();
      } finally {
        await withDiskErrors('write', path, () => removeIfContent(path, mine));
      }
    },
  };
}

interface LockAttempt {
  readonly path: string;
  /** Content of the lock, unique to this attempt. */
  readonly mine: string;
  readonly link: (existing: string, added: string) => Promise<void>;
  /** How long this process has seen that content in that file. */
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

/** Takes the lock if it is free; clears the way, for the next attempt, if its holder is dead. */
async function tryToTake(lock: LockAttempt): Promise<boolean> {
  const found = readContent(lock.path);
  if (found === undefined) return createLockFile(lock);
  // Over a network file system, `link` may succeed and say that it did not.
  if (found === lock.mine) return true;
  if (await isAbandoned(found, lock)) await breakLock(lock, found);
  return false;
}

async function createLockFile({ path, mine, link }: LockAttempt): Promise<boolean> {
  const temporary = temporaryPathFor(path);
  try {
    await writeFile(temporary, mine, { flag: 'wx', mode: 0o600 });
    await link(temporary, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    if (!noHardLinkCodes.includes(errorCode(error) ?? '')) throw error;
    return await createWithoutLink(path, mine);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** FAT and some network file systems. */
const noHardLinkCodes = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'UNKNOWN'];

async function createWithoutLink(path: string, mine: string): Promise<boolean> {
  try {
    await writeFile(path, mine, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Between reading a dead process's lock and removing it, a second process may have removed it and a
 * third may have taken the lock. So only one process at a time may remove it, and reads it again first.
 */
async function breakLock(lock: LockAttempt, dead: string): Promise<void> {
  const { path, mine } = lock;
  const right: LockAttempt = { ...lock, path: `${path}.break` };
  if (!(await tryToTake(right))) return;
  try {
    await removeIfContent(path, dead);
  } finally {
    await removeIfContent(right.path, mine);
  }
}

async function isAbandoned(found: string, { path, watchedSeconds }: LockAttempt): Promise<boolean> {
  const owner = parseOwner(found);
  const gone = owner && hasEnded(owner);
  if (gone !== undefined) return gone;
  const patience = owner === undefined ? unreadableLimits : foreignLimits;
  const watched = watchedSeconds(path, found);
  const age = await readAgeSeconds(path);
  if (age < -clockToleranceSeconds) return watched > patience.futureWatchedSeconds;
  return age > patience.ageSeconds && watched > patience.watchedSeconds;
}

/** On a network file system, the two times compared may come from two machines. */
const clockToleranceSeconds = 2;

/** By the clock of the file system, which may be another machine's. */
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

/** A lock takes about 200 bytes. */
const maximumBytes = 4096;

function readContent(path: string): string | undefined {
  try {
    return readBytes(path, { maximumBytes }).toString('utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function removeIfContent(path: string, expected: string): Promise<void> {
  if (readContent(path) === expected) await rm(path, { force: true });
}

const ownerSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 31 - 1)),
  startTime: v.string(),
  host: v.string(),
});

function parseOwner(text: string): OwnerProcess | undefined {
  try {
    return v.parse(ownerSchema, JSON.parse(text));
  } catch {
    return undefined;
  }
}

function lockTimeoutError(path: string, found: string | undefined, waitSeconds: number): TpksError {
  const owner = found === undefined ? undefined : parseOwner(found);
  const who = owner === undefined ? 'Another process' : `Process ${String(owner.pid)}`;
  const where = owner === undefined || hasEnded(owner) !== undefined ? '' : ` on ${owner.host}`;
  return new TpksError(
    'unavailable',
    `${who}${where} has held ${path} for more than ${String(waitSeconds)} s`,
    {
      hint:
        owner === undefined
          ? `if no other tpks is running, remove the file: rm ${quoted(path)}`
          : `wait for it or end it (kill ${String(owner.pid)}), and try again`,
    },
  );
}
