import { errorCode, isTpksError, reworded, type TpksError } from '../errors.js';

/** Causes of failure with which nothing can have arrived. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * A request that changes something and gets no answer may have been taken: trying again blindly
 * would do it twice. Says so, and how to look.
 *
 * @param lookAgain - the command that shows what has become of it.
 * @throws {TpksError} what `answer` throws, with that advice where it applies.
 */
export async function sayingWhatIsUnknown<T>(answer: Promise<T>, lookAgain: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'unavailable' || !isUnknown(error)) throw error;
    throw reworded(error, {
      hint: `whether it was taken is not known; look before you try again: ${lookAgain}`,
    });
  }
}

/** The API's own 500 is an answer; what stands between may fail after the request got through. */
function isUnknown({ status, cause }: TpksError): boolean {
  if (status === undefined) return !neverSent.has(errorCode(cause) ?? '');
  return status < 300 || status === 502 || status === 504;
}
