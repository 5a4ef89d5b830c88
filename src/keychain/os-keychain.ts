import { createRequire } from 'node:module';
import process from 'node:process';
import type { AsyncEntry } from '@napi-rs/keyring';
import type { Environment } from '../config/environment.js';
import { isTpksError, type TpksError } from '../errors.js';
import { keychainError, classifyNativeError, type KeychainProblem } from './keychain-error.js';
import type { Keychain, KeyStore } from './keychain.js';
import { probeStore } from './probe.js';
import { withSecretService } from './secret-service.js';

/**
 * Runs work with the keychain.
 * @param signal - aborted when the caller stops waiting.
 */
type Connect = <T>(signal: AbortSignal, work: (store: KeyStore) => Promise<T>) => Promise<T>;

export interface OsKeychainOptions {
  /** Folder in which a probe records its entry, in case it is killed. */
  readonly notesFolder: string;
  readonly platform?: NodeJS.Platform;
  /** Environment that contains the address of the session bus. */
  readonly env?: Environment;
  /** The platform's keychain by default. */
  readonly connect?: Connect;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic?: () => number;
  /** Limit for all operations together. */
  readonly limitMilliseconds?: number;
}

/** With the start and the exit of the process, this stays below the promised 4 s. */
const totalMilliseconds = 3000;
/** Part of the time between operations that is credited: long-running commands renew tokens often. */
const creditRate = 1 / 100;
const service = 'tpks';

/**
 * The keychain of the system: Secret Service (never the kernel's keyring, which forgets), macOS
 * Keychain, Windows Credential Manager. All operations of a command together take at most 4 s; after
 * that, or after an operation without a response, further operations fail at once. On Linux tpks
 * talks to the Secret Service itself: the native module blocks the event loop while it waits, opens
 * dialogs, and aborts the process when a reply is malformed. On other systems, a native call that
 * timed out (e.g. a macOS dialog) keeps its thread, and even `process.exit` waits for that.
 */
export function createOsKeychain(options: OsKeychainOptions): Keychain {
  const {
    notesFolder,
    platform = process.platform,
    env = process.env,
    connect = platform === 'linux' ? connectSecretService(env) : connectNative(platform),
    monotonic = () => performance.now(),
    limitMilliseconds = totalMilliseconds,
  } = options;
  let isSilent = false;
  let left = limitMilliseconds;
  let lastEnd = monotonic();
  const trouble = (kind: KeychainProblem, cause?: unknown): TpksError => {
    isSilent ||= kind === 'silent';
    return keychainError(kind, platform, cause);
  };

  const operate = async <T>(work: (store: KeyStore) => Promise<T>): Promise<T> => {
    const start = monotonic();
    left = Math.min(limitMilliseconds, left + (start - lastEnd) * creditRate);
    if (isSilent || left <= 0) throw trouble('silent');
    try {
      return await withTimeout(left, (signal) => connect(signal, work));
    } catch (error) {
      if (isTpksError(error)) throw error;
      throw trouble(error === timeoutError ? 'silent' : classifyNativeError(error), error);
    } finally {
      lastEnd = monotonic();
      left -= lastEnd - start;
    }
  };

  return {
    probe: () =>
      operate(async (store) => {
        const notes = { folder: notesFolder, store: 'keychain' } as const;
        if (!(await probeStore(store, notes))) throw trouble('forgetful');
      }),
    read: (account) => operate((store) => store.read(account)),
    write: (account, key) => operate((store) => store.write(account, key)),
    remove: (account) => operate((store) => store.remove(account)),
  };
}

function connectSecretService(env: Environment): Connect {
  return (signal, work) => withSecretService(env, service, signal, work);
}

const timeoutError = new Error('no response in time');

async function withTimeout<T>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new AbortController();
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(reject, milliseconds, timeoutError);
  });
  try {
    return await Promise.race([work(overdue.signal), limit]);
  } finally {
    overdue.abort();
    clearTimeout(timer);
  }
}

/** Loads the module on first use, with `require`: an ESM import of its loader takes 25 ms. */
function connectNative(platform: NodeJS.Platform): Connect {
  let native: NativeModule | undefined;
  const entry = (account: string) => {
    native ??= loadNative(platform);
    return new native.AsyncEntry(service, account, { linux: { store: 'secret-service' } });
  };
  const store: KeyStore = {
    read: async (account) => (await entry(account).getPassword()) ?? undefined,
    write: async (account, key) => entry(account).setPassword(key),
    remove: async (account) => entry(account).deleteCredential(),
  };
  return (_signal, work) => work(store);
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
