import { type Clock, formatDuration } from '../../base/clock.js';
import type { StoreKind } from '../../platform/keychain/keychain.js';
import type { StoredSession } from '../auth/session-file.js';
import { renewalMarginSeconds, remainingSeconds, type Session } from '../auth/session.js';
import type { Context } from '../contexts/context.js';
import { formatLoginCommand } from '../contexts/login-command.js';
import {
  fail,
  pass,
  skip,
  warn,
  withinSeconds,
  type CheckResult,
  type DoctorDeps,
} from './check.js';

/** @returns `undefined` if there is no session. @throws if it cannot be read, or reading takes too long */
export type ReadSession = (context: Context) => Promise<StoredSession | undefined>;

/** Time limit for the checks of sessions. The keychain and the disk have shorter limits. */
export const sessionSeconds = 5;

/**
 * Creates a function that reads each session only once.
 * @param files - the check of file permissions. It must finish first, because reading a key corrects them.
 */
export function createSessionReader(
  files: Promise<unknown>,
  session: (context: Context) => Pick<Session, 'readStored'>,
): ReadSession {
  const results = new Map<string, ReturnType<ReadSession>>();
  return (context) => {
    const read = () => session(context).readStored();
    const result =
      results.get(context.name) ?? files.then(() => withinSeconds(sessionSeconds, read));
    results.set(context.name, result);
    return result;
  };
}

/** Reports whether the session of a context can still be used. Renews nothing. */
export function checkSession(
  context: Context,
  stored: StoredSession | undefined,
  now: Date,
): CheckResult {
  const { name, store } = context;
  if (store === 'none') {
    const text = 'each command requests a token with the credentials in the environment';
    return skip('session', `${name}: ${text}`);
  }
  const loginCommand = formatLoginCommand(context);
  if (stored === undefined) return fail('session', `${name}: not logged in`, loginCommand);
  if (stored.refreshRejectedAt !== undefined) {
    return fail('session', `${name}: the UAA has rejected the refresh token`, loginCommand);
  }
  const isRenewable = stored.refreshToken !== undefined || stored.clientSecret !== undefined;
  const seconds = Math.floor(remainingSeconds(stored, now));
  if (seconds > 0) {
    const renewal = isRenewable ? 'and is then renewed' : 'and cannot be renewed';
    return pass('session', `${name}: the token expires in ${formatDuration(seconds)} ${renewal}`);
  }
  if (isRenewable) return pass('session', `${name}: the next command renews the expired token`);
  const message = `${name}: the token has expired`;
  // The secret of a client may be available to other commands, in the environment or in a file.
  return context.grant === 'client_credentials'
    ? warn('session', message, `${loginCommand}, or set TPKS_CLIENT_SECRET`)
    : fail('session', message, loginCommand);
}

/** Whether the access token stays valid long enough for a request. */
export function isFresh(stored: StoredSession, now: Date): boolean {
  return remainingSeconds(stored, now) > renewalMarginSeconds(stored);
}

/** A keychain that takes longer slows down every command. */
const slowMilliseconds = 1000;

/**
 * Writes, reads and deletes an entry, and measures the duration.
 * @param store - the store of the context, or the store that the next login will use.
 * @throws {TpksError} `keychain` or `storage` with the cause and the alternatives
 */
export async function checkKeychain(
  store: StoreKind,
  deps: Pick<DoctorDeps, 'keychain'> & { readonly clock: Pick<Clock, 'monotonic'> },
): Promise<CheckResult> {
  if (store === 'none') return skip('keychain', 'nothing is stored (store none)');
  const keychain = await deps.keychain(store);
  const start = deps.clock.monotonic();
  await keychain.probe();
  const milliseconds = Math.round(deps.clock.monotonic() - start);
  const storeText = store === 'file' ? 'key files (store file)' : 'OS keychain';
  const message = `${storeText}: an entry was written, read and deleted in ${String(milliseconds)} ms`;
  if (milliseconds < slowMilliseconds) return pass('keychain', message);
  const fix =
    store === 'file'
      ? 'export TPKS_HOME=FOLDER (a folder on a local disk)'
      : 'restart the keychain, or store the key in a file: tpks login --store file';
  return warn('keychain', message, fix);
}
