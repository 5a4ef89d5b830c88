import { ErrorResponse, json } from '../../router.js';
import { sortLikeHashMap } from '../java/hash-order.js';

/** URN of the schema of users, groups and their lists. */
export const scimSchema = 'urn:scim:schemas:core:1.0';

interface ScimErrorOptions {
  /** Additional fields of the body. */
  readonly extraFields?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Creates an error response for the user and group routes. As on the real server, the message is not
 * escaped, the members are in the order of a Java map, and the content type is any type that the
 * client accepts.
 *
 * @see UAA 4.30.0 `ConvertingExceptionView`
 *
 * @param error - name of the server's exception, in snake case.
 */
export function scimError(
  status: number,
  error: string,
  message: string,
  { extraFields = {}, headers = {} }: ScimErrorOptions = {},
): ErrorResponse {
  const body = sortLikeHashMap({ error, message, error_description: message, ...extraFields });
  return new ErrorResponse({ ...json(status, body, headers), rendering: 'exception' }, message);
}

/** Creates the error response for an invalid request. */
export function badScimRequestError(message: string): ErrorResponse {
  return scimError(400, 'scim', message);
}

/** Creates the response that the real server returns for an unhandled exception. */
export function unexpectedScimError(headers: Readonly<Record<string, string>> = {}): ErrorResponse {
  return scimError(500, 'scim', 'Unexpected error', { headers });
}

export function invalidScimResourceError(message: string): ErrorResponse {
  return scimError(400, 'invalid_scim_resource', message);
}

export function scimNotFoundError(kind: 'User' | 'Group', id: string): ErrorResponse {
  return scimError(404, 'scim_resource_not_found', `${kind} ${id} does not exist`);
}
