import { errorCode, isTpksError, reworded, type TpksError } from '../../errors.js';
import { isObject } from '../../json-value.js';
import { jsonOrNothing, parseJson } from '../decode.js';
import type { HttpResponse } from '../send.js';

/**
 * The response to a write that needs no body. Servers respond to most writes with nothing, with a
 * word such as `OK`, or with an empty object.
 * @returns the JSON value; `undefined` if there is none.
 * @throws {TpksError} `unavailable` for anything else that is not JSON: it comes from something in
 *   between, e.g. the login page of a network.
 */
export async function readConfirmation(response: HttpResponse): Promise<unknown> {
  const text = await response.text();
  const isWord = /^[\w .,!]{0,100}$/.test(text.trim());
  const value = isWord ? jsonOrNothing(text) : parseJson(text, response.status);
  return isObject(value) && Object.keys(value).length === 0 ? undefined : value;
}

/** Causes of failure after which the server cannot have received anything. */
const neverSentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * Adds a hint if the outcome of a write is unknown: the server may have accepted it although the
 * response was lost, so that a second try would do it twice.
 *
 * @param write - the response to the write.
 * @param showCommand - the command that shows the current state.
 * @throws {TpksError} what `write` throws, with the hint if it applies.
 */
export async function explainUnknownOutcome<T>(write: Promise<T>, showCommand: string): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'unavailable' || !isOutcomeUnknown(error))
      throw error;
    throw reworded(error, {
      hint: `the server may have accepted the request; check before you try again: ${showCommand}`,
    });
  }
}

/** A 500 is the API's own response; a gateway can fail after the request got through. */
function isOutcomeUnknown({ status, cause }: TpksError): boolean {
  if (status === undefined) return !neverSentCodes.has(errorCode(cause) ?? '');
  return status < 300 || status === 502 || status === 504;
}
