import { fchmodSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, TpksError } from '../../base/errors.js';
import { alwaysQuoteForShell } from '../../base/shell-quote.js';
import { replaceFile, removeFile } from '../disk/atomic-file.js';
import { readTextAsync, type ReadOptions } from '../disk/bounded-read.js';
import { ignoreMissing, withDiskErrors } from '../disk/disk-error.js';
import {
  toFileName,
  ensurePrivateFolder,
  isAccessibleToOthers,
  rejectSharedFolder,
  testFolder,
} from '../disk/private-files.js';
import type { Keychain } from './keychain.js';

/**
 * Stores keys in files for `--store file`, with mode 0600 in a folder with mode 0700. If other users can
 * read a key file, e.g. after it was restored from a backup, its permissions are corrected, or the file is
 * rejected.
 */
export function createFileKeychain(directory: string): Keychain {
  const pathOf = (account: string): string => join(directory, `${toFileName(account)}.key`);
  return {
    read: (account) => {
      const path = pathOf(account);
      return withDiskErrors('read', path, () => {
        rejectSharedFolder(directory);
        return readKey(path);
      });
    },
    write: (account, key) => {
      const path = pathOf(account);
      return withDiskErrors('write', path, async () => {
        ensurePrivateFolder(directory);
        await replaceFile(path, `${key}\n`);
      });
    },
    remove: (account) => {
      const path = pathOf(account);
      return withDiskErrors('write', path, () => removeFile(path));
    },
    isShared: false,
    probe: () =>
      withDiskErrors('write', directory, () => {
        ensurePrivateFolder(directory);
        testFolder(directory);
      }),
  };
}

/** A key has 44 characters. */
const maximumBytes = 4096;

async function readKey(path: string): Promise<string | undefined> {
  const rule: ReadOptions = {
    maximumBytes,
    inspect: (descriptor, { mode }) => {
      if (isAccessibleToOthers(mode)) removeOtherPermissions(descriptor, path);
    },
  };
  return (await ignoreMissing(() => readTextAsync(path, rule)))?.trim();
}

function removeOtherPermissions(descriptor: number, path: string): void {
  try {
    fchmodSync(descriptor, 0o600);
  } catch (error) {
    throw new TpksError(
      'storage',
      `Other users can read ${path}, and its permissions cannot be changed: ${errorMessage(error)}`,
      {
        hint: `chmod 600 ${alwaysQuoteForShell(path)}, or set TPKS_HOME to another folder`,
        cause: error,
      },
    );
  }
}
