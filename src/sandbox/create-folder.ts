import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode } from './file-errors.js';

/**
 * Creates a folder and its parents with mode 0700, if they do not exist. Not with `recursive`, because Node
 * would never return if the parent is in a file system such as /proc.
 *
 * @throws {Error} from node:fs if the folder cannot be created.
 */
export function createFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) createFolder(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process has just created it.
    const exists = hasCode(error, 'EEXIST') && statSync(path).isDirectory();
    if (!exists) throw error;
  }
}
