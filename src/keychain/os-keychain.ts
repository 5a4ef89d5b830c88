import { createRequire } from 'node:module';
import process from 'node:process';
import type { AsyncEntry } from '@napi-rs/keyring';
import { isTpksError, type TpksError } from '../errors.js';
import { keychainError, troubleOf, type KeychainTrouble } from './keychain-error.js';
import type { Keychain } from './keychain.js';
import { givesBack } from './probe.js';
import { secretServiceState, type SecretServiceState } from './secret-service.js';

/** An entry of the native module. */
export type Entry = Pick<AsyncEntry, 'getPassword' | 'setPassword' | 'deleteCredential'>;

export interface OsKeychainOptions {
  readonly platform?: NodeJS.Platform;
  /** Says where the Secret Service is. */
  readonly env?: NodeJS.ProcessEnv;
  /** How an account's entry is had; from the native module by default. */
  readonly entry?: (account: string) => Entry;
  /** What the Secret Service can do; asked on Linux alone. */
  readonly state?: () => Promise<SecretServiceState>;
  /** For an operation in all. */
  readonly limitMilliseconds?: number;
}

/** Together with the start and the end of the process this stays below the promised 4 s. */
const operationMilliseconds = 3400;
/** As long as the native module waits, too. */
const answerMilliseconds = 2000;
const service = 'tpks';

/**
 * The keychain of the system: Secret Service (never the kernel's keyring, which forgets), macOS
 * Keychain, Windows Credential Manager. An operation ends within 4 s in all; after one that got no
 * answer the next ones fail at once. On Linux a locked keyring is told, not unlocked: nobody types
 * a password in that time. A native call that was given up all the same (a dialog of macOS) keeps
 * its thread, and even `process.exit` waits for that.
 */
export function createOsKeychain(options: OsKeychainOptions = {}): Keychain {
  const {
    platform = process.platform,
    env = process.env,
    entry = createNativeEntry(platform),
    state = () => secretServiceState(env, answerMilliseconds),
    limitMilliseconds = operationMilliseconds,
  } = options;
  let isSilent = false;
  const trouble = (kind: KeychainTrouble, cause?: unknown): TpksError => {
    isSilent ||= kind === 'silent';
    return keychainError(kind, platform, cause);
  };

  const operate = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isSilent) throw trouble('silent');
    try {
      return await within(limitMilliseconds, async () => {
        const found = platform === 'linux' ? await state() : 'ready';
        if (found !== 'ready' && found !== 'unknown') throw trouble(found);
        return await work();
      });
    } catch (error) {
      if (isTpksError(error)) throw error;
      throw trouble(error === timeUp ? 'silent' : troubleOf(error), error);
    }
  };

  const open = (account: string): Entry => {
    try {
      return entry(account);
    } catch (error) {
      const kind = troubleOf(error);
      if (isTpksError(error) || platform !== 'linux' || kind === 'silent') throw error;
      // The module looks for the store when an entry is made, and for nothing else.
      throw trouble('absent', error);
    }
  };
  const store: Omit<Keychain, 'probe'> = {
    read: async (account) => (await open(account).getPassword()) ?? undefined,
    write: async (account, key) => open(account).setPassword(key),
    remove: async (account) => open(account).deleteCredential(),
  };
  return {
    probe: () =>
      operate(async () => {
        if (!(await givesBack(store))) throw trouble('forgetful');
      }),
    read: (account) => operate(() => store.read(account)),
    write: (account, key) => operate(() => store.write(account, key)),
    remove: (account) => operate(() => store.remove(account)),
  };
}

const timeUp = new Error('no answer in time');

async function within<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(reject, milliseconds, timeUp);
  });
  try {
    return await Promise.race([work(), limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** The module is loaded with the first entry, by `require`: its loader costs an ESM import 25 ms. */
function createNativeEntry(platform: NodeJS.Platform): (account: string) => Entry {
  let native: NativeModule | undefined;
  return (account) => {
    native ??= loadNative(platform);
    return new native.AsyncEntry(service, account, { linux: { store: 'secret-service' } });
  };
}

interface NativeModule {
  readonly AsyncEntry: typeof AsyncEntry;
}

function loadNative(platform: NodeJS.Platform): NativeModule {
  try {
    const loaded: unknown = createRequire(import.meta.url)('@napi-rs/keyring');
    if (isNativeModule(loaded)) return loaded;
  } catch (error) {
    throw keychainError('noModule', platform, error);
  }
  throw keychainError('noModule', platform);
}

function isNativeModule(loaded: unknown): loaded is NativeModule {
  return typeof loaded === 'object' && loaded !== null && 'AsyncEntry' in loaded;
}
