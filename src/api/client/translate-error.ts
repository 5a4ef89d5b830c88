import { isTpksError, rewordError, type ErrorKind } from '../../base/errors.js';

/**
 * Replaces the message or the hint of an error of one kind.
 * @returns the error to throw; an error of another kind is returned unchanged.
 */
export function translateError(
  error: unknown,
  kind: ErrorKind,
  words: { readonly message?: string; readonly hint: string },
): unknown {
  return isTpksError(error) && error.kind === kind ? rewordError(error, words) : error;
}

/**
 * Reports a missing resource with the wording of the original CLI, whatever the server's message is.
 *
 * @param response - resolves with the response to a request for one resource.
 * @param resource - e.g. `Network profile np-1`.
 * @param hint - how to list the existing resources.
 * @throws {TpksError} `notFound`, even if the resource exists but belongs to another user; other errors
 *   unchanged.
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
