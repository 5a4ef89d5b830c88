import type { Keychain, StoreKind } from '../keychain/keychain.js';
import { pass, skip, warn, type CheckResult } from './check.js';

/** A keychain that takes longer slows down every command. */
const slowMilliseconds = 1000;

export interface KeychainInput {
  /** The store of the context, or the store that the next login will use. */
  readonly store: StoreKind;
  /** @param store - never `none`. */
  readonly keychain: (store: 'keychain' | 'file') => Promise<Pick<Keychain, 'probe'>>;
  readonly monotonic: () => number;
}

/**
 * Writes, reads and deletes an entry, and measures the duration.
 * @throws {TpksError} `keychain` or `storage` with the cause and the alternatives
 */
export async function checkKeychain(input: KeychainInput): Promise<CheckResult> {
  const { store, monotonic } = input;
  if (store === 'none') return skip('keychain', 'nothing is stored (store none)');
  const keychain = await input.keychain(store);
  const start = monotonic();
  await keychain.probe();
  const milliseconds = Math.round(monotonic() - start);
  const storeText = store === 'file' ? 'key files (store file)' : 'OS keychain';
  const message = `${storeText}: an entry was written, read and deleted in ${String(milliseconds)} ms`;
  if (milliseconds < slowMilliseconds) return pass('keychain', message);
  const fix =
    store === 'file'
      ? 'export TPKS_HOME=FOLDER (a folder on a local disk)'
      : 'restart the keychain, or store the key in a file: tpks login --store file';
  return warn('keychain', message, fix);
}
