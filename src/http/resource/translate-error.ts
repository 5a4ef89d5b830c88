import { isTpksError, reworded, type ErrorKind } from '../../errors.js';

/**
 * Replaces the message or the hint of an error of one kind.
 * @returns the error to throw: the same one if it is of another kind.
 */
export function translateError(
  error: unknown,
  kind: ErrorKind,
  words: { readonly message?: string; readonly hint: string },
): unknown {
  return isTpksError(error) && error.kind === kind ? reworded(error, words) : error;
}

/**
 * Reports a missing resource in the original's words, which do not depend on the server's.
 *
 * @param response - of a request for one resource.
 * @param resource - e.g. `Network profile np-1`.
 * @param hint - how to list the existing ones.
 * @throws {TpksError} `notFound`, also if the resource belongs to another user; other errors unchanged.
 */
export async function translateNotFound<T>(
  response: Promise<T>,
  resource: string,
  hint: string,
): Promise<T> {
  try {
    return await response;
  } catch (error) {
    throw translateError(error, 'notFound', { message: `${resource} not found`, hint });
  }
}
