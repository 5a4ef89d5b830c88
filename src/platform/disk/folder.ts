import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { platform } from 'node:process';
import { isMissing } from './disk-error.js';
import { rejectSharedFolder } from './shared-folder.js';

/** Creates a folder and its missing parents, accessible only to this user. Existing ones are unchanged. */
export async function ensureFolder(path: string): Promise<void> {
  const createFolder = () => mkdir(path, { mode: 0o700 });
  try {
    // Not `recursive`, because on a read-only disk Node would then report a missing folder.
    await createFolder().catch(async (error: unknown) => {
      if (!isMissing(error) || dirname(path) === path) throw error;
      await ensureFolder(dirname(path));
      await createFolder();
    });
  } catch (error) {
    if (!(await stat(path).catch(() => undefined))?.isDirectory()) throw error;
  }
}

/**
 * Like {@link ensureFolder}, for a folder that contains secrets. Removes all permissions of the group
 * and of others from an existing folder.
 * @throws {TpksError} `storage` if other users can write to it.
 */
export async function ensurePrivateFolder(path: string): Promise<void> {
  await ensureFolder(path);
  rejectSharedFolder(path);
  if (isAccessibleToOthers((await stat(path)).mode)) await chmod(path, 0o700);
}

/** Whether the group or others have any permission. Always `false` on Windows. */
export function isAccessibleToOthers(mode: number): boolean {
  return platform !== 'win32' && (mode & 0o077) !== 0;
}
