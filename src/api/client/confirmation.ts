import { isTpksError, rewordError, type TpksError } from '../../base/errors.js';
import { isObject, tryParseJson } from '../../base/json-value.js';
import { isTimeLimitError, moreTimeHint } from '../../platform/http/deadline.js';
import { isConnectionUnopened } from '../../platform/http/network-error.js';
import type { HttpResponse } from '../../platform/http/send.js';
import { parseJson } from './decode.js';

/**
 * Reads the response to a write that may have no body. Servers respond to most writes with an empty
 * body, a word such as `OK`, or an empty object.
 * @returns the JSON value; `undefined` if the body contains no value.
 * @throws {TpksError} `unavailable` for anything else that is not JSON, such as the login page of a
 *   network.
 */
export async function readConfirmation(response: HttpResponse): Promise<unknown> {
  const text = await response.text();
  const isWord = /^[\w .,!]{0,100}$/.test(text.trim());
  const value = isWord ? tryParseJson(text) : parseJson(text, response.status);
  return isObject(value) && Object.keys(value).length === 0 ? undefined : value;
}

/**
 * Adds a hint to the error of a write if its outcome is unknown. If only the response was lost, the
 * server may have accepted the request, and sending it again would repeat the change.
 *
 * @param write - resolves with the response to the write.
 * @param target.host - host and port of the server that the write goes to. Errors of other servers, such
 *   as a UAA that cannot renew the token, occur before anything is sent.
 * @param target.showCommand - the command that shows the current state.
 * @throws {TpksError} the error of `write`, with the hint if it applies.
 */
export async function explainUnknownOutcome<T>(
  write: Promise<T>,
  { host, showCommand }: { readonly host: string; readonly showCommand: string },
): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'unavailable') throw error;
    if ((error.host ?? host) !== host || !isOutcomeUnknown(error)) throw error;
    const hint = `the server may have accepted the request; check before trying again: ${showCommand}`;
    throw rewordError(error, { hint: isTimeLimitError(error) ? `${hint}\n${moreTimeHint}` : hint });
  }
}

/** The API itself sends a 500, but a gateway may fail after it has forwarded the request. */
function isOutcomeUnknown({ status, cause }: TpksError): boolean {
  if (status === undefined) return !isConnectionUnopened(cause);
  return status < 300 || status === 502 || status === 504;
}
