import { randomBytes } from 'node:crypto';
import process from 'node:process';
import type * as keytar from '@napi-rs/keyring/keytar.js';
import { loadKeychainModule } from '#load-keychain-module';
import { errorMessage, isTpksError, type TpksError } from '../../base/errors.js';
import type { Environment } from '../config/environment.js';
import { keychainError, type Keychain, type KeychainProblem, type KeyStore } from './keychain.js';

/** Connects to the keychain and runs work. @param signal - aborted when the caller stops waiting. */
type Connect = <T>(signal: AbortSignal, work: (store: KeyStore) => Promise<T>) => Promise<T>;

export interface OsKeychainOptions {
  readonly platform?: NodeJS.Platform;
  readonly env?: Environment;
  /** Connects to the keychain of the platform by default. */
  readonly connect?: Connect;
  /** Time limit for one operation. */
  readonly limitMilliseconds?: number;
}

/** Together with the start and the exit of the process, this stays below the promised 4 s. */
const maximumMilliseconds = 3000;
const service = 'tpks';

/**
 * Stores keys in the Secret Service, the macOS Keychain or the Windows Credential Manager; not in the
 * kernel keyring, which loses its keys on a restart.
 *
 * After an operation without a response, further ones fail immediately. On Linux, tpks calls the Secret Service directly, because the
 * native module blocks the event loop, opens dialogs, and aborts the process if a reply is malformed. On
 * other systems, a native call that has timed out (e.g. because of a macOS dialog) keeps its thread, and
 * even `process.exit` waits for it.
 */
export function createOsKeychain(options: OsKeychainOptions = {}): Keychain {
  const {
    platform = process.platform,
    env = process.env,
    connect = platform === 'linux' ? connectSecretService(env) : connectNative(platform),
    limitMilliseconds = maximumMilliseconds,
  } = options;
  let isUnresponsive = false;
  const toError = (problem: KeychainProblem, cause?: unknown): TpksError => {
    isUnresponsive ||= problem === 'unresponsive';
    return keychainError(problem, platform, cause);
  };

  const operate = async <T>(work: (store: KeyStore) => Promise<T>): Promise<T> => {
    if (isUnresponsive) throw toError('unresponsive');
    try {
      return await withTimeout(limitMilliseconds, (signal) => connect(signal, work));
    } catch (error) {
      if (isTpksError(error)) throw error;
      throw toError(error === timeoutError ? 'unresponsive' : classifyNativeError(error), error);
    }
  };

  return {
    isShared: true,
    probe: () => operate((store) => store.probe()),
    read: (account) => operate((store) => store.read(account)),
    write: (account, key) => operate((store) => store.write(account, key)),
    remove: (account) => operate((store) => store.remove(account)),
  };
}

function connectSecretService(env: Environment): Connect {
  return async (signal, work) => {
    // Loaded here because the D-Bus client is large, and contexts that store their keys in files do not use it.
    const { withSecretService } = await import('./secret-service.js');
    return withSecretService(env, service, signal, work);
  };
}

const timeoutError = new Error('no response in time');

async function withTimeout<T>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const controller = new AbortController();
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(reject, milliseconds, timeoutError);
  });
  try {
    return await Promise.race([work(controller.signal), limit]);
  } finally {
    controller.abort();
    clearTimeout(timer);
  }
}

function connectNative(platform: NodeJS.Platform): Connect {
  let loaded: Keytar | undefined;
  const native = () => (loaded ??= loadNative(platform));
  const read = async (account: string) =>
    (await native().getPassword(service, account)) ?? undefined;
  const write = async (account: string, key: string) => native().setPassword(service, account, key);
  const remove = async (account: string) => native().deletePassword(service, account);
  const probe = () => probeByWriting({ read, write, remove }, platform);
  return (_signal, work) => work({ probe, read, write, remove });
}

type Keytar = Pick<typeof keytar, 'getPassword' | 'setPassword' | 'deletePassword'>;

function loadNative(platform: NodeJS.Platform): Keytar {
  try {
    const loaded: unknown = loadKeychainModule();
    if (isKeytar(loaded)) return loaded;
  } catch (error) {
    throw keychainError('noModule', platform, error);
  }
  throw keychainError('noModule', platform);
}

function isKeytar(loaded: unknown): loaded is Keytar {
  return typeof loaded === 'object' && loaded !== null && 'deletePassword' in loaded;
}

/**
 * Writes a random entry, reads it back and deletes it, because the native module has no other test.
 * @throws {TpksError} `keychain` if the entry was not read back unchanged. Errors of the module are passed on.
 */
export async function probeByWriting(
  store: Omit<KeyStore, 'probe'>,
  platform: NodeJS.Platform,
): Promise<void> {
  const account = `probe-${randomBytes(6).toString('hex')}`;
  const key = randomBytes(32).toString('base64');
  await store.write(account, key);
  try {
    if ((await store.read(account)) !== key) throw keychainError('lossy', platform);
  } finally {
    await store.remove(account);
  }
}

/** Classifies an error of the native module by its message, because such errors have no codes. */
function classifyNativeError(error: unknown): KeychainProblem {
  return /is locked|interaction is not allowed/i.test(errorMessage(error)) ? 'locked' : 'rejected';
}
