import { errorCode } from '../errors.js';
import { getOwnValue } from '../own-value.js';
import { codedError } from './network-error.js';

/** Converts an error of the runtime, whose message would print the URL, to one with a code of `node:https`. */
export function toKnownError(error: unknown): Error {
  const code = errorCode(error) ?? 'UNKNOWN';
  return codedError(getOwnValue(knownCodes, code) ?? code);
}

/** The codes of `node:https` for errors that the runtime names differently. */
const knownCodes: Readonly<Record<string, string>> = {
  ResponseHeadersTooLarge: 'HPE_HEADER_OVERFLOW',
  Malformed_HTTP_Response: 'HPE_INVALID_CONSTANT',
  InvalidHTTPResponse: 'HPE_INVALID_CONSTANT',
  InvalidContentLength: 'HPE_INVALID_CONTENT_LENGTH',
  UnsupportedTransferEncoding: 'HPE_INVALID_TRANSFER_ENCODING',
  UNHANDLED_CRITICAL_EXTENSION: 'UNSPECIFIED',
  PERMITTED_VIOLATION: 'UNSPECIFIED',
  EXCLUDED_VIOLATION: 'UNSPECIFIED',
};
