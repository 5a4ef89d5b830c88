import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { dirname, basename, join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../../base/errors.js';
import { isMissing } from './disk-error.js';
import { currentProcess, hasEnded } from './owner-process.js';
import { hashText } from './private-files.js';

// Files that are replaced atomically, and the temporary files that a killed process leaves behind. Synchronous, because
// Node's thread pool makes a login 4 ms (standalone binary) to 7 ms (Node) slower.

/** Disk space that is reserved for the next version of a file. */
export interface ReservedFile {
  /** Replaces the file atomically: readers see either the old or the new content. Call it only once. */
  readonly replaceWith: (text: string) => Promise<void>;
  /** Frees the space. Has no effect after `replaceWith`. */
  readonly release: () => void;
}

/**
 * Reserves disk space for a new version of a file, so that disk errors occur before there is data to lose.
 * @param path - the file; its folder must exist.
 * @param bytes - how much to reserve. A longer text can be written if the disk has enough space.
 */
export function reserveFile(path: string, bytes: number): ReservedFile {
  // Random bytes, because some file systems do not store zeros.
  const file = prepareFile(path, randomBytes(bytes));
  return {
    replaceWith: async (text) => {
      file.writeAndSync(Buffer.from(text));
      await file.replaceTarget();
    },
    release: () => {
      file.discard();
    },
  };
}

/**
 * Replaces a file atomically and durably.
 * @param attributes - the attributes of the new file; by default, only this user can read it.
 */
export async function replaceFile(
  path: string,
  text: string,
  attributes?: Pick<Stats, 'mode' | 'uid' | 'gid'>,
): Promise<void> {
  const file = prepareFile(path, Buffer.from(text));
  try {
    if (attributes !== undefined) file.setAttributes(attributes);
    await file.replaceTarget();
  } finally {
    file.discard();
  }
}

/** Writes the next version of a file to the disk, without replacing the file yet. */
export function prepareFile(path: string, data: Buffer): TemporaryFile {
  const file = new TemporaryFile(path);
  try {
    file.writeAndSync(data);
    return file;
  } catch (error) {
    file.discard();
    throw error;
  }
}

/** A temporary file that will replace the target. Only this user can read it, unless `setAttributes` is called. */
class TemporaryFile {
  readonly #target: string;
  readonly #path: string;
  #descriptor: number | undefined;

  constructor(target: string) {
    removeTemporaryFiles(target, 'stale');
    this.#target = target;
    this.#path = temporaryPathFor(target);
    this.#descriptor = openSync(this.#path, 'wx', 0o600);
  }

  /** Writes the content and syncs it to disk. */
  writeAndSync(data: Buffer): void {
    const descriptor = this.#open();
    for (let done = 0; done < data.length;) {
      done += writeSync(descriptor, data, done, data.length - done, done);
    }
    ftruncateSync(descriptor, data.length);
    fsyncSync(descriptor);
  }

  setAttributes({ mode, uid, gid }: Pick<Stats, 'mode' | 'uid' | 'gid'>): void {
    const descriptor = this.#open();
    const current = fstatSync(descriptor);
    if (current.uid !== uid || current.gid !== gid) fchownSync(descriptor, uid, gid);
    fchmodSync(descriptor, mode & 0o7777);
  }

  async replaceTarget(): Promise<void> {
    this.#close();
    await renameOver(this.#path, this.#target);
  }

  /** Deletes the file. Has no effect after `replaceTarget`. */
  discard(): void {
    try {
      this.#close();
    } finally {
      rmSync(this.#path, { force: true });
    }
  }

  #open(): number {
    if (this.#descriptor === undefined) throw new Error(`${this.#path} is closed`);
    return this.#descriptor;
  }

  #close(): void {
    const descriptor = this.#descriptor;
    // Even if closing it fails, the number may be reused.
    this.#descriptor = undefined;
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Retries, because Windows cannot replace a file while another process is reading it. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      renameSync(from, to);
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

/** Deletes the temporary files for a file: all of them, or only the files of processes that have ended. */
export function removeTemporaryFiles(path: string, selection: 'stale' | 'all'): void {
  const start = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(start)) continue;
    const owner = temporaryEnd.exec(name.slice(start.length))?.groups;
    const file = join(dirname(path), name);
    if (owner && (selection === 'all' || isStale(file, owner))) rmSync(file, { force: true });
  }
}

function isStale(
  file: string,
  { hostHash, pid, startTime = '' }: Readonly<Partial<Record<string, string>>>,
): boolean {
  const { host } = currentProcess();
  if (hostHash === shortHash(host)) return hasEnded({ pid: Number(pid), startTime, host }) === true;
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > foreignMaximumAgeMilliseconds;
}

function shortHash(text: string): string {
  return hashText(text).slice(0, 10);
}

/** Removes a file and its temporary files. Returns whether the file existed. */
export function removeFile(path: string): boolean {
  try {
    removeTemporaryFiles(path, 'all');
    rmSync(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
