import { isTpksError, TpksError, type ErrorKind } from '../errors.js';

/**
 * Adds the command to type next to a failure of one kind.
 * @returns the failure to throw; of any other kind it is the one that came.
 */
export function withHint(error: unknown, kind: ErrorKind, hint: string): unknown {
  if (!isTpksError(error) || error.kind !== kind) return error;
  return new TpksError(kind, error.message, {
    hint,
    cause: error,
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(error.oauthError === undefined ? {} : { oauthError: error.oauthError }),
  });
}

/** A name as a shell takes it, for commands in hints. */
export function shellWord(name: string): string {
  return /^[\w@%+=:,./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
