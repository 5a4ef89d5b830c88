import { isTpksError, reworded, type ErrorKind } from '../errors.js';

/**
 * Adds the command to type next to a failure of one kind.
 * @returns the failure to throw; of any other kind it is the one that came.
 */
export function withHint(error: unknown, kind: ErrorKind, hint: string): unknown {
  return isTpksError(error) && error.kind === kind ? reworded(error, { hint }) : error;
}
