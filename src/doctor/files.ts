import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Folders } from '../config/folders.js';
import { ignoreMissing, isNotFilePath } from '../disk/disk-error.js';
import { isAccessibleToOthers } from '../disk/folder.js';
import { rejectSharedFolder } from '../disk/shared-folder.js';
import { isTpksError } from '../errors.js';
import { alwaysQuoteForShell } from '../shell-quote.js';
import { fail, pass, skip, warn, type CheckResult } from './check.js';

/** A file or folder of tpks. */
export interface StoredFile {
  readonly path: string;
  /** A `key` decrypts a `session`; `settings` contains no secrets. */
  readonly kind: 'key' | 'session' | 'settings' | 'folder';
  readonly mode: number;
  /** User id of the owner. */
  readonly owner: number;
}

/** Maximum number of problems to list; any others are only counted. */
const maximumShown = 5;

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
  const found: StoredFile[] = [];
  for (const candidate of candidates) {
    const stats = await ignoreMissing(() => stat(candidate.path));
    if (stats !== undefined) found.push({ ...candidate, mode: stats.mode, owner: stats.uid });
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
  if (files.length === 0) return [skip('files', 'tpks has stored no files yet')];
  const problems = files.flatMap((file) => findProblem(file, user) ?? []);
  if (problems.length === 0) {
    return [
      pass('files', `only you can access the ${String(files.length)} files and folders of tpks`),
    ];
  }
  const others = problems.slice(maximumShown);
  const paths = `${String(others.length)} more files or folders`;
  return [
    ...problems.slice(0, maximumShown),
    ...(others.length === 0
      ? []
      : [fail('files', `${paths} have problems`, 'correct these, then run: tpks doctor')]),
  ];
}

function findProblem(file: StoredFile, user: number): CheckResult | undefined {
  const { path, kind, mode, owner } = file;
  const quotedPath = alwaysQuoteForShell(path);
  const permissions = (mode & 0o777).toString(8).padStart(4, '0');
  if (kind === 'folder') return findFolderProblem(path);
  if (owner !== user) {
    const message = `${path} belongs to another user (uid ${String(owner)})`;
    return fail('files', message, `sudo chown ${String(user)} ${quotedPath}`);
  }
  if (!isAccessibleToOthers(mode)) return undefined;
  const isWritable = (mode & 0o022) !== 0;
  const verb = isWritable ? 'write to' : 'read';
  const result = kind === 'settings' && !isWritable ? warn : fail;
  return result(
    'files',
    `Other users can ${verb} ${path} (mode ${permissions})`,
    `chmod 600 ${quotedPath}`,
  );
}

function findFolderProblem(path: string): CheckResult | undefined {
  try {
    rejectSharedFolder(path);
    return undefined;
  } catch (error) {
    if (isTpksError(error)) return fail('files', error.message, error.hint);
    throw error;
  }
}

/** A file of an original tool that contains tokens in plain text. */
export interface PlainTextFile {
  readonly path: string;
  /** The tool that writes it. */
  readonly tool: 'pks' | 'uaac';
  readonly mode: number;
  /** User id of the owner. */
  readonly owner: number;
  /** The context whose session tpks copies to this file; `undefined` if tpks did not write it. */
  readonly copyOf?: { readonly context: string; readonly isAlwaysWritten: boolean } | undefined;
}

/** @param paths - paths that may exist. */
export async function findPlainTextFiles(
  paths: readonly Omit<PlainTextFile, 'mode' | 'owner'>[],
): Promise<readonly PlainTextFile[]> {
  const found: PlainTextFile[] = [];
  for (const candidate of paths) {
    const stats = await statIfPresent(candidate.path);
    if (stats !== undefined) found.push({ ...candidate, mode: stats.mode, owner: stats.uid });
  }
  return found;
}

async function statIfPresent(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (isNotFilePath(error)) return undefined;
    throw error;
  }
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
  return files.map(({ path, tool, mode, owner: ownerId, copyOf }) => {
    const quotedPath = alwaysQuoteForShell(path);
    const owner = copyOf === undefined ? tool : `context ${copyOf.context}`;
    const text = `${path} contains tokens of ${owner} in plain text`;
    if (user !== undefined && ownerId !== user) {
      const message = `${text}, and belongs to another user (uid ${String(ownerId)})`;
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
