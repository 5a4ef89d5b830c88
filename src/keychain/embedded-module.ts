import { tmpdir } from 'node:os';
import { errorMessage } from '../errors.js';

/**
 * Loads the native keychain module inside the standalone binary. The runtime unpacks it to the temporary
 * folder.
 *
 * @throws Error if this folder is not writable, or does not allow programs.
 */
export function loadKeychainModule(): unknown {
  try {
    // An import would be asynchronous, or unpack the module at each start.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('#embedded-keychain-module');
  } catch (cause) {
    const folder = `set TMPDIR to a folder for which this works, instead of ${tmpdir()}`;
    throw new Error(`cannot unpack and load it: ${folder}; ${errorMessage(cause)}`, { cause });
  }
}
