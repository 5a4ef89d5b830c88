import { TpksError } from '../../base/errors.js';

/**
 * The error for a response that neither a PKS API nor a UAA sends, so it must come from another
 * server or a proxy.
 * @param reason - e.g. `HTTP 304`.
 */
export function unexpectedResponseError(url: string, reason: string, status?: number): TpksError {
  const { host } = new URL(url);
  return unexpectedResponseFrom(host, reason, status, host);
}

/**
 * Like {@link unexpectedResponseError}, if the URL is not known.
 * @param sender - e.g. `The server`.
 */
export function unexpectedResponseFrom(
  sender: string,
  reason: string,
  status?: number,
  host?: string,
): TpksError {
  return new TpksError('unavailable', `${sender} did not send a valid response: ${reason}`, {
    hint: 'check that the address points to the API or the UAA itself, then try again',
    status,
    host,
  });
}
