import { ErrorResponse, json } from '../../router.js';

/** Schema of users, groups and their lists. */
export const scimSchema = 'urn:scim:schemas:core:1.0';

interface ScimErrorOptions {
  /** Further members of the body. */
  readonly extraFields?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An error of the user and group routes. As on the real server, its text is not escaped, and the
 * header names a charset that the body does not have.
 *
 * @param error - the name of the server's exception, in snake case.
 */
export function scimError(
  status: number,
  error: string,
  message: string,
  { extraFields: extra = {}, headers = {} }: ScimErrorOptions = {},
): ErrorResponse {
  const body = { error, message, error_description: message, ...extra };
  const type = { 'content-type': 'application/json;charset=ISO-8859-1' };
  return new ErrorResponse(json(status, body, { ...type, ...headers }), message);
}

/** The error for an invalid request. */
export function badScimRequestError(message: string): ErrorResponse {
  return scimError(400, 'scim', message);
}

/** What the real server returns for an exception that it does not translate. */
export function unexpectedScimError(headers: Readonly<Record<string, string>> = {}): ErrorResponse {
  return scimError(500, 'scim', 'Unexpected error', { headers });
}

export function invalidScimResourceError(message: string): ErrorResponse {
  return scimError(400, 'invalid_scim_resource', message);
}

/** @param kind - in the error text. */
export function scimNotFoundError(kind: 'User' | 'Group', id: string): ErrorResponse {
  return scimError(404, 'scim_resource_not_found', `${kind} ${id} does not exist`);
}
