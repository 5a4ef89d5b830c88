import { errorCode, isTpksError, rewordError, type TpksError } from '../../errors.js';
import { isObject } from '../../json-value.js';
import { tryParseJson, parseJson } from '../decode.js';
import type { HttpResponse } from '../send.js';

/**
 * Reads the response to a write that may have no body. Servers respond to most writes with an empty
 * body, a word such as `OK`, or an empty object.
 * @returns the JSON value; `undefined` if there is none.
 * @throws {TpksError} `unavailable` for anything else that is not JSON, such as the login page of a
 *   network.
 */
export async function readConfirmation(response: HttpResponse): Promise<unknown> {
  const text = await response.text();
  const isWord = /^[\w .,!]{0,100}$/.test(text.trim());
  const value = isWord ? tryParseJson(text) : parseJson(text, response.status);
  return isObject(value) && Object.keys(value).length === 0 ? undefined : value;
}

/** Error codes after which the server cannot have received anything. */
const neverSentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * Adds a hint to the error of a write if its outcome is unknown. If only the response was lost, the
 * server may have accepted the request, and sending it again would repeat the change.
 *
 * @param write - resolves with the response to the write.
 * @param showCommand - the command that shows the current state.
 * @throws {TpksError} the error of `write`, with the hint if it applies.
 */
export async function explainUnknownOutcome<T>(write: Promise<T>, showCommand: string): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'unavailable' || !isOutcomeUnknown(error))
      throw error;
    throw rewordError(error, {
      hint: `the server may have accepted the request; check before trying again: ${showCommand}`,
    });
  }
}

/** The API itself sends a 500, but a gateway may fail after it has forwarded the request. */
function isOutcomeUnknown({ status, cause }: TpksError): boolean {
  if (status === undefined) return !neverSentCodes.has(errorCode(cause) ?? '');
  return status < 300 || status === 502 || status === 504;
}
