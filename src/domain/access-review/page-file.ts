import { realpath, stat } from 'node:fs/promises';
import { TpksError } from '../../base/errors.js';
import { replaceFile } from '../../platform/disk/atomic-file.js';
import { ignoreMissing, withDiskErrors } from '../../platform/disk/disk-error.js';

const hint = 'choose another file: tpks access --html FILE';

/**
 * Creates or replaces the file of `tpks access --html` atomically. Only the current user can read it, because the
 * report would help an attacker.
 * @throws {TpksError} `usage` for a folder or a device; `storage` if the file cannot be written.
 */
export async function writeAccessPage(path: string, html: string): Promise<void> {
  const write = async () => {
    const destination = (await ignoreMissing(() => realpath(path))) ?? path;
    // Without this check, root would replace a device such as /dev/null with a file.
    if ((await ignoreMissing(() => stat(destination)))?.isFile() === false) {
      throw new TpksError('usage', `${path} is not a regular file`, { hint });
    }
    await replaceFile(destination, html);
  };
  await withDiskErrors('write', path, write, { hint });
}
