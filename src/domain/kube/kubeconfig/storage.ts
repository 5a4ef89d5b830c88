import { isUtf8 } from 'node:buffer';
import { constants, existsSync } from 'node:fs';
import { access, readlink, realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { geteuid } from 'node:process';
import { errorCode, isTpksError, rewordError, TpksError } from '../../../base/errors.js';
import type { JsonObject } from '../../../base/json-value.js';
import { alwaysQuoteForShell } from '../../../base/shell-quote.js';
import { homeFolder, type Environment } from '../../../platform/config/environment.js';
import { readBytesAsync } from '../../../platform/disk/bounded-read.js';
import { diskError, ignoreMissing, isMissing } from '../../../platform/disk/disk-error.js';
import {
  ensureFolder,
  reserveFile,
  type ReservedFile,
} from '../../../platform/disk/private-files.js';
import { changeText, invalidFileError, parseKubeconfig } from './document.js';

/** A kubeconfig with a few hundred clusters and their certificates has about 1 MiB. */
const maximumBytes = 4 * 1024 * 1024;

/** The files that kubectl reads. */
export interface KubeconfigFiles {
  /** Absolute paths, in the order of precedence. At least one; a file may not exist. */
  readonly paths: readonly string[];
  /** The file for new entries and for `current-context`: the first existing one, else the last one. */
  readonly target: string;
}

/**
 * Finds the kubeconfig files: the file of `--kubeconfig`, else the files of `KUBECONFIG`, else
 * `~/.kube/config`. As in kubectl, empty paths are ignored.
 * @param path - the value of `--kubeconfig`.
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

/** A kubeconfig file that was read. */
export interface StoredFile {
  readonly path: string;
  /** Empty if the file does not exist. */
  readonly text: string;
  readonly config: JsonObject;
}

/**
 * Reads a kubeconfig file. A missing file is empty.
 * @throws {TpksError} `usage` for a file that kubectl could not load either; `storage` if it cannot be read.
 */
export async function readStoredFile(path: string): Promise<StoredFile> {
  const text = (await readContent(path)) ?? '';
  return { path, text, config: parseKubeconfig(path, text) };
}

/**
 * Writes the changed files. First prepares all of them, so that most errors occur before a change.
 * @param configs - the new values of the files.
 */
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
  const reserved: ReservedFile[] = [];
  try {
    for (const { path, text } of changed) reserved.push(await reserveStoredFile(path, text));
    for (const [index, { path, text }] of changed.entries()) {
      try {
        await reserved[index]?.replaceWith(text);
      } catch (error) {
        throw kubeconfigError(error, 'write', path);
      }
    }
  } finally {
    for (const { release } of reserved) await release();
  }
}

/** @returns `undefined` for a missing file. */
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
 * Reserves disk space for a new version of a kubeconfig file. Symbolic links, the owner and the
 * permissions are kept; other hard links keep the old version. A new file is readable only by this user.
 * @throws {TpksError} `storage` if the file cannot be written; `usage` if it could not be read again.
 */
async function reserveStoredFile(path: string, text: string): Promise<ReservedFile> {
  const bytes = Buffer.byteLength(text);
  if (bytes > maximumBytes) throw tooLargeError(path);
  try {
    const destination = await resolveLinks(path);
    const stats = await ignoreMissing(() => stat(destination));
    if (stats !== undefined) {
      if (!stats.isFile()) throw notRegularFileError(path);
      // Replacing a file requires only permissions for its folder.
      await access(destination, constants.W_OK);
    }
    await ensureFolder(dirname(destination));
    return await reserveFile(destination, bytes, stats);
  } catch (error) {
    throw kubeconfigError(error, 'write', path);
  }
}

/**
 * Checks that a token can be written to a file. A missing file will be created with mode 0600.
 * @param acceptsReaders - whether other users may read the file.
 * @returns whether the group or others can read it. Always `false` on Windows.
 * @throws {TpksError} `storage` if other users could read the token.
 */
export async function checkTokenFile(path: string, acceptsReaders: boolean): Promise<boolean> {
  const stats = await ignoreMissing(() => stat(path)).catch((error: unknown) => {
    throw kubeconfigError(error, 'write', path);
  });
  const user = geteuid?.();
  // Devices and folders cause an error when they are written.
  if (stats === undefined || user === undefined || !stats.isFile()) return false;
  if (stats.uid !== user) {
    const owner = `it belongs to another user (uid ${String(stats.uid)})`;
    throw new TpksError('storage', `Cannot write a token to ${path}: ${owner}`, {
      hint: 'use another file: --kubeconfig FILE, or set KUBECONFIG',
    });
  }
  const hasReaders = (stats.mode & 0o044) !== 0;
  if (acceptsReaders || !hasReaders) return hasReaders;
  throw new TpksError('storage', `Cannot write a token to ${path}: other users can read it`, {
    hint: `chmod 600 ${alwaysQuoteForShell(path)}`,
  });
}

/** Adds the path to a file system error. The hints of other disk errors name the folder of tpks. */
export function kubeconfigError(
  error: unknown,
  operation: 'read' | 'write',
  path: string,
): TpksError {
  const cause = isTpksError(error) ? error : diskError(error, operation, path);
  // The rejected file can be a folder of the user.
  const hint = cause.hint?.replace(
    /(?:set TPKS_HOME to|move the file away:) .*/,
    'use another file: --kubeconfig FILE, or set KUBECONFIG',
  );
  return rewordError(cause, hint === undefined ? {} : { hint });
}

function tooLargeError(path: string): TpksError {
  const limit = `${String(maximumBytes / 1024 / 1024)} MiB`;
  return new TpksError('usage', `Cannot change ${path}: it would be larger than ${limit}`, {
    hint: 'remove entries from the file, or set KUBECONFIG to another file',
  });
}

function notRegularFileError(path: string): TpksError {
  return new TpksError('storage', `Cannot write ${path}: it is not a regular file`, {
    hint: `set KUBECONFIG to another file, or remove it: rm ${alwaysQuoteForShell(path)}`,
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
