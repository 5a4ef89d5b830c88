import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { platform } from 'node:process';
import { isMissing } from './disk-error.js';
import { refuseSharedFolder } from './shared-folder.js';

/** Creates a folder and its missing parents for this user only; an existing one is not changed. */
export async function ensureFolder(path: string): Promise<void> {
  const make = () => mkdir(path, { mode: 0o700 });
  try {
    // Not recursive: on a read-only disk Node then says that something is missing, not why.
    await make().catch(async (error: unknown) => {
      if (!isMissing(error) || dirname(path) === path) throw error;
      await ensureFolder(dirname(path));
      await make();
    });
  } catch (error) {
    if (!(await stat(path).catch(() => undefined))?.isDirectory()) throw error;
  }
}

/**
 * The same for a folder of secrets. Removes all permissions of group and others.
 * @throws {TpksError} `storage` if others can write to it.
 */
export async function ensurePrivateFolder(path: string): Promise<void> {
  await ensureFolder(path);
  refuseSharedFolder(path);
  if (isAccessibleToOthers((await stat(path)).mode)) await chmod(path, 0o700);
}

/** Whether group or others have any permission; Windows has no such bits. */
export function isAccessibleToOthers(mode: number): boolean {
  return platform !== 'win32' && (mode & 0o077) !== 0;
}
