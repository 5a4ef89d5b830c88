import { chmod, mkdir, stat } from 'node:fs/promises';
import { platform } from 'node:process';

/** Makes a folder, and what is missing above it, for this user alone; one that exists stays as it is. */
export async function ensureFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

/** The same for a folder of secrets, which is closed again when somebody has opened it to others. */
export async function ensurePrivateFolder(path: string): Promise<void> {
  await ensureFolder(path);
  if (isOpenToOthers((await stat(path)).mode)) await chmod(path, 0o700);
}

/** Whether group or others have any right; Windows has no such bits. */
export function isOpenToOthers(mode: number): boolean {
  return platform !== 'win32' && (mode & 0o077) !== 0;
}
