import type { Clock } from '../../base/clock.js';
import { errorCode, errorMessage, isTpksError, type Fact } from '../../base/errors.js';
import type { Environment, Folders } from '../../platform/config/environment.js';
import type { Settings } from '../../platform/config/settings.js';
import { diskError } from '../../platform/disk/disk-error.js';
import type { Send, Trust } from '../../platform/http/send.js';
import type { Keychain } from '../../platform/keychain/keychain.js';
import type { Session } from '../auth/session.js';
import type { Context } from '../contexts/context.js';
import type { Kubeconfig } from '../kube/kubeconfig/kubeconfig.js';

export interface DoctorDeps {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly folders: Folders;
  /** @throws {TpksError} `storage` */
  readonly readSettings: () => Promise<Settings>;
  readonly kubeconfig: Pick<Kubeconfig, 'listOwn'>;
  readonly connect: (trust: Trust) => Send;
  readonly session: (context: Context) => Pick<Session, 'readStored'>;
  readonly keychains: Readonly<Record<'keychain' | 'file', Pick<Keychain, 'probe'>>>;
}

/** `skip` means that a check does not apply or depends on a check that failed. */
export type CheckStatus = 'pass' | 'warn' | 'fail' | 'skip';

/** The topic of a check. On a terminal, the results of each group are shown together. */
export type CheckGroup = 'network' | 'session' | 'machine';

export const checkGroups = {
  context: 'session',
  proxy: 'network',
  dns: 'network',
  tcp: 'network',
  tls: 'network',
  caFiles: 'network',
  version: 'network',
  clock: 'network',
  session: 'session',
  issuer: 'session',
  keychain: 'session',
  files: 'machine',
  plainText: 'machine',
  locks: 'machine',
  completion: 'machine',
  kubectl: 'machine',
  links: 'machine',
} as const satisfies Record<string, CheckGroup>;

export type CheckName = keyof typeof checkGroups;

/** The result of a check. A check of several servers or files has several results. */
export interface CheckResult {
  readonly check: CheckName;
  readonly status: CheckStatus;
  /** Describes the result, without secrets. */
  readonly message: string;
  /** Facts about the problem; absent if there are no facts. */
  readonly facts?: readonly Fact[];
  /** How to fix the problem, usually a command; `undefined` if nothing needs to be fixed. */
  readonly fix?: string | undefined;
  /** Whether the check was skipped for a reason that no other result reports, so there may be an unreported problem. */
  readonly isUnknown?: true;
}

export function pass(check: CheckName, message: string): CheckResult {
  return { check, status: 'pass', message };
}

export function warn(check: CheckName, message: string, fix: string): CheckResult {
  return { check, status: 'warn', message, fix };
}

export function fail(check: CheckName, message: string, fix: string | undefined): CheckResult {
  return { check, status: 'fail', message, fix };
}

export function skip(check: CheckName, message: string): CheckResult {
  return { check, status: 'skip', message };
}

/** The result of a check that was skipped although it applies, for a reason that no other result reports. */
export function notChecked(check: CheckName, message: string): CheckResult {
  return { ...skip(check, message), isUnknown: true };
}

/**
 * Runs a check, and stops waiting for it after its time limit.
 * @param subject - what is checked, for the message of a check that hangs or fails unexpectedly.
 * @returns its results; one failure if it throws (the hint is the fix) or takes too long.
 */
export async function runCheck(
  name: CheckName,
  subject: string,
  seconds: number,
  run: () => CheckResult | readonly CheckResult[] | Promise<CheckResult | readonly CheckResult[]>,
): Promise<readonly CheckResult[]> {
  try {
    return [await withinSeconds(seconds, async () => run())].flat();
  } catch (error) {
    return [toFailure(name, subject, error)];
  }
}

/** @throws {Error} after the time limit. Errors of the work are passed on. */
export async function withinSeconds<Result>(
  seconds: number,
  work: () => Promise<Result>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no result within ${String(seconds)} s`));
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work(), limit]);
  } finally {
    clearTimeout(timer);
  }
}

export function skipAfterFailure(name: CheckName, subject: string): CheckResult {
  return skip(name, `${subject}: not checked, because an earlier check failed`);
}

export function toFailure(name: CheckName, subject: string, error: unknown): CheckResult {
  const cause = findFileError(error);
  const known =
    isTpksError(error) || cause === undefined ? error : diskError(cause, 'read', cause.path);
  if (!isTpksError(known)) {
    return fail(name, `${subject}: ${errorMessage(error)}`, 'tpks doctor --trace');
  }
  const { message, facts, hint } = known;
  const failure = fail(name, message, hint);
  return facts.length === 0 ? failure : { ...failure, facts };
}

/** An error of Node that names a file. */
type FileError = Error & { readonly path: string };

function findFileError(error: unknown): FileError | undefined {
  if (!(error instanceof Error)) return undefined;
  return isFileError(error) ? error : findFileError(error.cause);
}

function isFileError(error: Error): error is FileError {
  return 'path' in error && typeof error.path === 'string' && errorCode(error) !== undefined;
}
