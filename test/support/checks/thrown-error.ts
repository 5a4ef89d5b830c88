import { TpksError } from '../../../src/base/errors.js';

/** Returns the `TpksError` that a function throws. @throws Error if the function succeeds. */
export function catchTpksError(action: () => unknown): TpksError {
  try {
    action();
  } catch (error) {
    if (error instanceof TpksError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}
