import { isUtf8 } from 'node:buffer';
import { accessSync, constants, existsSync, rmSync } from 'node:fs';
import { access, readlink, realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import process, { geteuid } from 'node:process';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../../base/clock.js';
import { errorCode, isTpksError, TpksError } from '../../../base/errors.js';
import type { JsonObject } from '../../../base/json-value.js';
import { alwaysQuoteForShell, quoteForShell } from '../../../base/shell-quote.js';
import { homeFolder, type Environment } from '../../../platform/config/environment.js';
import { replaceFile } from '../../../platform/disk/atomic-file.js';
import { readBytesAsync } from '../../../platform/disk/bounded-read.js';
import {
  type Alternative,
  diskError,
  ignoreMissing,
  isMissing,
} from '../../../platform/disk/disk-error.js';
import {
  createLock,
  type FoundLock,
  parseLockOwner,
  readLockFile,
} from '../../../platform/disk/lock.js';
import { currentProcess } from '../../../platform/disk/owner-process.js';
import { ensureFolder } from '../../../platform/disk/private-files.js';
import { changeText, invalidFileError, parseKubeconfig } from './document.js';

/** A kubeconfig with a few hundred clusters and their certificates is about 1 MiB in size. */
const maximumBytes = 4 * 1024 * 1024;

/** What the hints suggest instead of a file that cannot be used. */
const otherKubeconfig = {
  hint: 'use another file: --kubeconfig FILE, or set KUBECONFIG',
} satisfies Alternative;

export interface KubeconfigFiles {
  /** Absolute paths, in the order of precedence. At least one; a file may not exist. */
  readonly paths: readonly string[];
  /** The file for new entries and for `current-context`: the first existing one, else the last one. */
  readonly target: string;
}

/**
 * Finds the file of `--kubeconfig`, else of `KUBECONFIG`, else `~/.kube/config`. Empty paths are ignored.
 * @see client-go, tools/clientcmd/loader.go and config.go
 */
export function locateKubeconfig(
  env: Environment,
  platform: NodeJS.Platform,
  path?: string,
): KubeconfigFiles {
  const listed = path ? [path] : (env.KUBECONFIG?.split(delimiter) ?? []);
  const unique = [...new Set(listed.filter((each) => each !== '').map((each) => resolve(each)))];
  const last = unique.at(-1) ?? join(homeFolder(env, platform), '.kube', 'config');
  const paths = unique.length === 0 ? [last] : unique;
  return { paths, target: paths.find((each) => existsSync(each)) ?? last };
}

export interface StoredFile {
  readonly path: string;
  /** Empty if the file does not exist. */
  readonly text: string;
  readonly config: JsonObject;
}

/** A missing file is treated as empty. @throws {TpksError} `usage` if kubectl could not load it; `storage` */
export async function readStoredFile(path: string): Promise<StoredFile> {
  const text = (await readContent(path)) ?? '';
  return { path, text, config: parseKubeconfig(path, text) };
}

/** Formats all files before writing the first one, because formatting can fail. */
export async function writeStoredFiles(
  files: readonly StoredFile[],
  configs: readonly JsonObject[],
): Promise<void> {
  const changed = files.flatMap(({ path, text: oldText, config: old }, index) => {
    const config = configs[index];
    if (config === undefined || config === old) return [];
    const text = changeText(path, oldText, config);
    return text === oldText ? [] : [{ path, text }];
  });
  for (const { path, text } of changed) await replaceStoredFile(path, text);
}

async function readContent(path: string): Promise<string | undefined> {
  // Scripts use this path for a kubeconfig without entries.
  if (path === '/dev/null') return undefined;
  let bytes: Buffer;
  try {
    bytes = await readBytesAsync(path, { maximumBytes });
  } catch (error) {
    if (isMissing(error) || errorCode(error) === 'ENOTDIR') return undefined;
    throw kubeconfigError(error, 'read', path);
  }
  // A decoder that replaces invalid bytes would change them when the file is written.
  if (!isUtf8(bytes)) throw invalidFileError(path, 'line 1: the file is not UTF-8 text');
  return bytes.toString('utf8');
}

/**
 * Symbolic links, the owner and the permissions are kept; a new file is readable only by this user.
 * @throws {TpksError} `storage` if the file cannot be written; `usage` if it could not be read again.
 */
async function replaceStoredFile(path: string, text: string): Promise<void> {
  if (Buffer.byteLength(text) > maximumBytes) throw tooLargeError(path);
  try {
    const destination = await resolveLinks(path);
    const stats = await ignoreMissing(() => stat(destination));
    if (stats !== undefined) {
      if (!stats.isFile()) {
        const message = `Cannot write ${path}: it is not a regular file`;
        throw new TpksError('storage', message, { hint: otherKubeconfig.hint });
      }
      // Replacing a file requires write permission only for its folder, so check the file, too.
      await access(destination, constants.W_OK);
    }
    ensureFolder(dirname(destination));
    await replaceFile(destination, text, stats);
  } catch (error) {
    throw kubeconfigError(error, 'write', path);
  }
}

/**
 * A missing file will be created with mode 0600.
 * @returns whether the group or others can read it. Always `false` on Windows.
 * @throws {TpksError} `storage` if other users could read the token, unless `allowsOtherReaders` is set.
 */
export async function checkTokenFile(path: string, allowsOtherReaders: boolean): Promise<boolean> {
  const stats = await ignoreMissing(() => stat(path)).catch((error: unknown) => {
    throw kubeconfigError(error, 'write', path);
  });
  const user = geteuid?.();
  // Devices and folders cause an error when they are written.
  if (stats === undefined || user === undefined || !stats.isFile()) return false;
  if (stats.uid !== user) {
    const owner = `it belongs to another user (uid ${String(stats.uid)})`;
    throw new TpksError('storage', `Cannot write a token to ${path}: ${owner}`, {
      hint: otherKubeconfig.hint,
    });
  }
  const hasReaders = (stats.mode & 0o044) !== 0;
  if (allowsOtherReaders || !hasReaders) return hasReaders;
  throw new TpksError('storage', `Cannot write a token to ${path}: other users can read it`, {
    hint: `chmod 600 ${alwaysQuoteForShell(path)}`,
  });
}

/** Adds the path to a file system error. */
function kubeconfigError(error: unknown, operation: 'read' | 'write', path: string): TpksError {
  return isTpksError(error) ? error : diskError(error, operation, path, otherKubeconfig);
}

function tooLargeError(path: string): TpksError {
  const limit = `${String(maximumBytes / 1024 / 1024)} MiB`;
  return new TpksError('usage', `Cannot change ${path}: it would be larger than ${limit}`, {
    hint: 'remove entries from the file, or set KUBECONFIG to another file',
  });
}

/**
 * Follows symbolic links, even if the last one refers to a file that does not exist. `realpath` fails for
 * links that form a cycle.
 */
async function resolveLinks(path: string): Promise<string> {
  const existing = await ignoreMissing(() => realpath(path));
  if (existing !== undefined) return existing;
  const link = await ignoreMissing(() => readlink(path));
  return link === undefined ? path : resolveLinks(resolve(await realpath(dirname(path)), link));
}

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
    const foreignTimeoutError = (found: FoundLock) => timeoutError(path, found);
    const lock = createLock(lockPath(path), {
      clock,
      waitSeconds: 5,
      foreignTimeoutError,
      alternative: otherKubeconfig,
    });
    return lock.runExclusively(() => runNext(index + 1));
  };
  // After Ctrl-C, the process exits before the work has finished.
  process.on('exit', removeOwnLocks);
  try {
    return await runNext(0);
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

function timeoutError(path: string, { path: lock, owner }: FoundLock): TpksError {
  const holder = owner === undefined ? 'another program' : `process ${String(owner.pid)}`;
  return new TpksError('storage', `Cannot change ${path}: ${holder} holds the lock ${lock}`, {
    hint: `if no other program is changing the file, remove the lock: rm ${quoteForShell(lock)}`,
  });
}
