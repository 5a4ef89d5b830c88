import { TpksError } from '../../base/errors.js';
import { isNestedTooDeeply, maximumNesting } from '../../base/json-value.js';
import type { HttpResponse } from '../../platform/http/send.js';
import { unexpectedResponseFrom } from '../../platform/http/unexpected-response.js';

/**
 * Parses a body as JSON, regardless of its Content-Type, because the PKS API sends vendor types.
 * @param maximumBytes - size limit, 16 MiB by default.
 * @throws {TpksError} `unavailable` if the body is not JSON.
 */
export async function readJson(response: HttpResponse, maximumBytes?: number): Promise<unknown> {
  return parseJson(await response.text(maximumBytes), response.status);
}

/**
 * Parses the text of a body like {@link readJson}.
 * @param status - HTTP status of the response, for the error message.
 */
export function parseJson(text: string, status: number): unknown {
  if (isNestedTooDeeply(text)) {
    const reason = `the JSON has more than ${String(maximumNesting)} levels`;
    throw unexpectedResponseFrom('The server', reason, status);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw notJsonError(status, text, error);
  }
}

function notJsonError(status: number, text: string, cause?: unknown): TpksError {
  const problem =
    text.trim() === ''
      ? 'an empty response instead of JSON'
      : /^\s*</.test(text)
        ? 'a web page instead of JSON'
        : 'invalid JSON';
  return new TpksError('unavailable', `The server returned ${problem}`, {
    hint: 'check that the address does not belong to a proxy or a login portal, then try again',
    status,
    cause,
  });
}
