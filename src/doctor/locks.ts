import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Folders } from '../config/folders.js';
import { ignoreMissing } from '../disk/disk-error.js';
import { parseLockOwner, readLockFile } from '../disk/lock-file.js';
import { hasEnded } from '../disk/owner-process.js';
import { alwaysQuoteForShell } from '../shell-quote.js';
import { fail, pass, warn, type CheckResult } from './check.js';

/** A lock file, and what is known about the process that holds it. */
export interface FoundLock {
  readonly path: string;
  /** Time since the lock was acquired. */
  readonly ageSeconds: number;
  /** `undefined` for an empty or damaged file. */
  readonly owner: LockOwner | undefined;
}

interface LockOwner {
  readonly pid: number;
  /** `undefined` if this is unknown, e.g. because the process runs on another host. */
  readonly hasEnded: boolean | undefined;
}

/** Commands give up waiting for a lock after this time. */
const waitSeconds = 30;

/** Lists the lock files of the settings and the sessions. */
export async function listLocks(
  { config, sessions }: Pick<Folders, 'config' | 'sessions'>,
  now: Date,
): Promise<readonly FoundLock[]> {
  const found: FoundLock[] = [];
  for (const folder of [config, sessions]) {
    const names = (await ignoreMissing(() => readdir(folder))) ?? [];
    for (const name of names.filter((each) => /\.lock(?:\.break)?$/.test(each))) {
      found.push(...((await inspectLock(join(folder, name), now)) ?? []));
    }
  }
  return found;
}

/** @returns `undefined` if the lock was released in the meantime. */
async function inspectLock(path: string, now: Date): Promise<[FoundLock] | undefined> {
  const stats = await ignoreMissing(() => stat(path));
  const content = readLockFile(path);
  if (stats === undefined || content === undefined) return undefined;
  const owner = parseLockOwner(content);
  return [
    {
      path,
      ageSeconds: (now.getTime() - stats.mtimeMs) / 1000,
      owner: owner && { pid: owner.pid, hasEnded: hasEnded(owner) },
    },
  ];
}

/** Reports locks that delay other commands or make them fail. */
export function checkLocks(locks: readonly FoundLock[]): readonly CheckResult[] {
  const problems = locks.flatMap((lock) => findProblem(lock) ?? []);
  return problems.length > 0 ? problems : [pass('locks', 'no process blocks other commands')];
}

function findProblem({ path, ageSeconds, owner }: FoundLock): CheckResult | undefined {
  const removeCommand = `rm ${alwaysQuoteForShell(path)}`;
  if (owner?.hasEnded === true) {
    return warn('locks', `${path} is stale: process ${String(owner.pid)} has ended`, removeCommand);
  }
  if (ageSeconds < waitSeconds) return undefined;
  const age = `${String(Math.floor(ageSeconds))} s`;
  if (owner === undefined) {
    return fail('locks', `${path} is damaged, and is ${age} old`, removeCommand);
  }
  return owner.hasEnded === false
    ? fail(
        'locks',
        `Process ${String(owner.pid)} has held ${path} for ${age}`,
        `kill ${String(owner.pid)}`,
      )
    : fail(
        'locks',
        `Process ${String(owner.pid)}, perhaps on another host, has held ${path} for ${age}`,
        `if no other tpks is running: ${removeCommand}`,
      );
}
