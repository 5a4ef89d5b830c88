import { TpksError } from '../errors.js';

/**
 * A response that no PKS API or UAA sends: something else is at the address, or in between.
 * @param what - the reason, e.g. `HTTP 304`.
 */
export function unexpectedResponseError(url: string, what: string, status?: number): TpksError {
  return unexpectedFrom(new URL(url).host, what, status);
}

/** The same if the address is not known. @param sender - e.g. `The server`. */
export function unexpectedFrom(sender: string, what: string, status?: number): TpksError {
  return new TpksError('unavailable', `${sender} answered with something unexpected: ${what}`, {
    hint: 'check that the address is that of the API or the UAA itself, then try again',
    status,
  });
}
