import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { alwaysQuoteForShell } from '../../base/shell-quote.js';
import type { Environment, Folders } from '../../platform/config/environment.js';
import { readBytesAsync } from '../../platform/disk/bounded-read.js';
import {
  describeDiskError,
  ignoreMissing,
  isMissing,
  isNotFilePath,
} from '../../platform/disk/disk-error.js';
import {
  defaultWaitSeconds,
  isLockFile,
  parseLockOwner,
  readLockFile,
} from '../../platform/disk/lock.js';
import { hasEnded } from '../../platform/disk/owner-process.js';
import {
  isAccessibleToOthers,
  rejectShared,
  type Permissions,
} from '../../platform/disk/private-files.js';
import { maximumBundleBytes } from '../../platform/http/certificate-authorities.js';
import { extractCertificates } from '../../platform/input/ca-cert.js';
import { fail, pass, skip, toFailure, warn, type CheckResult } from './check.js';

interface StoredFile extends Permissions {
  readonly path: string;
  /** A `key` decrypts a `session`; `settings` contains no secrets. */
  readonly kind: 'key' | 'session' | 'settings' | 'folder';
}

/** Lists the files that tpks stores. Missing files and folders are left out. */
export async function listStoredFiles(folders: Folders): Promise<readonly StoredFile[]> {
  const { config, sessions, keys } = folders;
  const filesIn = async (folder: string, kind: 'key' | 'session') =>
    ((await ignoreMissing(() => readdir(folder))) ?? [])
      .filter((name) => name.endsWith(`.${kind}`))
      .map((name) => ({ path: join(folder, name), kind }));
  const candidates = [
    { path: config, kind: 'folder' },
    { path: join(config, 'config.json'), kind: 'settings' },
    { path: sessions, kind: 'folder' },
    { path: keys, kind: 'folder' },
    ...(await filesIn(sessions, 'session')),
    ...(await filesIn(keys, 'key')),
  ] as const;
  return addPermissions(candidates, isMissing);
}

/** @param isAbsent - whether to leave out a file whose permissions cannot be read because of this error. */
async function addPermissions<File extends { readonly path: string }>(
  files: readonly File[],
  isAbsent: (error: unknown) => boolean,
): Promise<readonly (File & Permissions)[]> {
  const found: (File & Permissions)[] = [];
  for (const file of files) {
    try {
      const { mode, uid, gid } = await stat(file.path);
      found.push({ ...file, mode, uid, gid });
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  }
  return found;
}

/**
 * Checks that no other user can read a key or a session, or change any file.
 * @param user - effective user id; `undefined` on Windows, which has no permission bits.
 */
export function checkFiles(
  files: readonly StoredFile[],
  user: number | undefined,
): readonly CheckResult[] {
  if (user === undefined) return [skip('files', 'Windows has no permission bits')];
  if (files.length === 0) return [skip('files', 'tpks has not stored any files yet')];
  const problems = files.flatMap((file) => findFileProblem(file, user) ?? []);
  if (problems.length > 0) return problems;
  return [
    pass('files', `the ${String(files.length)} files and folders of tpks are private to you`),
  ];
}

function findFileProblem(file: StoredFile, user: number): CheckResult | undefined {
  const { path, kind, mode, uid } = file;
  const quotedPath = alwaysQuoteForShell(path);
  if (kind === 'folder') {
    try {
      rejectShared(path, file);
      return undefined;
    } catch (error) {
      return toFailure('files', path, error);
    }
  }
  if (uid !== user) {
    const message = `${path} belongs to another user (uid ${String(uid)})`;
    return fail('files', message, `sudo chown ${String(user)} ${quotedPath}`);
  }
  if (!isAccessibleToOthers(mode)) return undefined;
  const permissions = (mode & 0o777).toString(8).padStart(4, '0');
  const isWritable = (mode & 0o022) !== 0;
  const verb = isWritable ? 'write to' : 'read';
  const message = `Other users can ${verb} ${path} (mode ${permissions})`;
  const result = kind === 'settings' && !isWritable ? warn : fail;
  return result('files', message, `chmod 600 ${quotedPath}`);
}

/** A file of an original tool that contains tokens in plain text. */
interface PlainTextFile extends Permissions {
  readonly path: string;
  /** The tool that writes it. */
  readonly tool: 'pks' | 'uaac';
  /** The context whose session tpks copies to this file; `undefined` if tpks did not write it. */
  readonly copyOf?: { readonly context: string; readonly isAlwaysWritten: boolean } | undefined;
}

export function findPlainTextFiles(
  paths: readonly Omit<PlainTextFile, keyof Permissions>[],
): Promise<readonly PlainTextFile[]> {
  return addPermissions(paths, isNotFilePath);
}

/**
 * @param isOptedIn - whether `TPKS_PKS_CREDS` allows tpks to write `creds.yml`.
 * @param user - effective user id; `undefined` on Windows.
 */
export function checkPlainTextFiles(
  files: readonly PlainTextFile[],
  isOptedIn: boolean,
  user: number | undefined,
): readonly CheckResult[] {
  if (files.length === 0) return [pass('plainText', 'no file contains tokens in plain text')];
  return files.map(({ path, tool, mode, uid, copyOf }) => {
    const quotedPath = alwaysQuoteForShell(path);
    const session = copyOf === undefined ? tool : `context ${copyOf.context}`;
    const text = `${path} contains tokens of ${session} in plain text`;
    if (user !== undefined && uid !== user) {
      const message = `${text}, and belongs to another user (uid ${String(uid)})`;
      return fail('plainText', message, `sudo chown ${String(user)} ${quotedPath}`);
    }
    if (isAccessibleToOthers(mode)) {
      return fail('plainText', `${text}, and other users can access it`, `chmod 600 ${quotedPath}`);
    }
    if (copyOf?.isAlwaysWritten === true) {
      return pass('plainText', `${text}, because of login --write-creds`);
    }
    if (tool === 'pks' && isOptedIn) {
      return pass('plainText', `${text}, because TPKS_PKS_CREDS is set`);
    }
    const fix =
      copyOf === undefined
        ? `import the session, then delete the file: tpks import && rm ${quotedPath}`
        : `rm ${quotedPath}`;
    return warn('plainText', text, fix);
  });
}

interface StoredLock {
  readonly path: string;
  /** Time since the lock was acquired. */
  readonly ageSeconds: number;
  /** `undefined` for an empty or damaged file. `hasEnded` is `undefined` e.g. for a process on another host. */
  readonly owner: { readonly pid: number; readonly hasEnded: boolean | undefined } | undefined;
}

export async function listLocks(
  { config, sessions }: Pick<Folders, 'config' | 'sessions'>,
  now: Date,
): Promise<readonly StoredLock[]> {
  const found: StoredLock[] = [];
  for (const folder of [config, sessions]) {
    const names = (await ignoreMissing(() => readdir(folder))) ?? [];
    for (const name of names.filter(isLockFile)) {
      const path = join(folder, name);
      const stats = await ignoreMissing(() => stat(path));
      const content = readLockFile(path);
      // The lock was released in the meantime.
      if (stats === undefined || content === undefined) continue;
      const process = parseLockOwner(content);
      const owner = process && { pid: process.pid, hasEnded: hasEnded(process) };
      found.push({ path, ageSeconds: (now.getTime() - stats.mtimeMs) / 1000, owner });
    }
  }
  return found;
}

/** Reports locks that delay other commands or make them fail. */
export function checkLocks(locks: readonly StoredLock[]): readonly CheckResult[] {
  const problems = locks.flatMap((lock) => findLockProblem(lock) ?? []);
  return problems.length > 0 ? problems : [pass('locks', 'no stale locks')];
}

function findLockProblem({ path, ageSeconds, owner }: StoredLock): CheckResult | undefined {
  const remove = `rm ${alwaysQuoteForShell(path)}`;
  if (owner?.hasEnded === true) {
    return warn('locks', `${path} is stale: process ${String(owner.pid)} has ended`, remove);
  }
  if (ageSeconds < defaultWaitSeconds) return undefined;
  const age = `${String(Math.floor(ageSeconds))} s`;
  if (owner === undefined) {
    return fail('locks', `${path} is damaged, and is ${age} old`, remove);
  }
  const isLocal = owner.hasEnded === false;
  const process = `Process ${String(owner.pid)}${isLocal ? '' : ', perhaps on another host,'}`;
  const fix = isLocal ? `kill ${String(owner.pid)}` : `if no other tpks is running: ${remove}`;
  return fail('locks', `${process} has held ${path} for ${age}`, fix);
}

const caVariables = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'] as const;

/**
 * Checks the CA files named in environment variables. Node ignores a file in `NODE_EXTRA_CA_CERTS` that
 * it cannot read, so the only symptom would be a certificate that is not trusted.
 */
export async function checkCaFiles(env: Environment): Promise<readonly CheckResult[]> {
  const results = await Promise.all(
    caVariables.map(async (variable) => {
      const path = env[variable];
      return path ? [await checkCaFile(variable, path)] : [];
    }),
  );
  const found = results.flat();
  if (found.length > 0) return found;
  return [skip('caFiles', `neither ${caVariables.join(' nor ')} is set`)];
}

async function checkCaFile(variable: string, path: string): Promise<CheckResult> {
  try {
    const bytes = await readBytesAsync(path, { maximumBytes: maximumBundleBytes });
    extractCertificates(bytes.toString('utf8'));
    return pass('caFiles', `${path}, set in ${variable}`);
  } catch (error) {
    const fix = `set ${variable} to a PEM file of CAs, or unset it: unset ${variable}`;
    const problem = `Cannot use ${path} (set in ${variable})`;
    return warn('caFiles', `${problem}: ${describeDiskError(error)}`, fix);
  }
}
