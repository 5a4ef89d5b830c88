import { tmpdir } from 'node:os';
import type * as keyring from '@napi-rs/keyring';
import { errorMessage } from '../../base/errors.js';

/**
 * Loads the native keychain module inside the standalone binary, with the interface of keytar. The runtime
 * unpacks it to the temporary folder.
 * @throws Error if this folder is not writable, or does not allow programs.
 */
export function loadKeychainModule(): unknown {
  const { AsyncEntry } = loadNativeModule();
  return {
    getPassword: (service: string, account: string) =>
      new AsyncEntry(service, account).getPassword(),
    setPassword: (service: string, account: string, password: string) =>
      new AsyncEntry(service, account).setPassword(password),
    deletePassword: (service: string, account: string) =>
      new AsyncEntry(service, account).deletePassword(),
  };
}

function loadNativeModule(): typeof keyring {
  try {
    // An import would be asynchronous, or unpack the module at each start.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('#embedded-keychain-module') as typeof keyring;
  } catch (cause) {
    const advice = `set TMPDIR to a writable folder from which programs can be run, instead of ${tmpdir()}`;
    throw new Error(`cannot unpack and load it: ${advice}; ${errorMessage(cause)}`, { cause });
  }
}
