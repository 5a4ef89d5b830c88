import { ErrorResponse, json } from '../../router.js';

/** Schema of users, groups and their lists. */
export const scimSchema = 'urn:scim:schemas:core:1.0';

/** An error of the user and group routes: the exception's name in snake case, and its text. */
export interface ScimProblem {
  readonly status: number;
  readonly error: string;
  readonly message: string;
  /** Further members of the body. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An error of the SCIM routes. As on the real server, its text is not escaped, and the header names a
 * charset that the body does not have.
 */
export function scimError({
  status,
  error,
  message,
  extra = {},
  headers = {},
}: ScimProblem): ErrorResponse {
  const body = { error, message, error_description: message, ...extra };
  const type = { 'content-type': 'application/json;charset=ISO-8859-1' };
  return new ErrorResponse(json(status, body, { ...type, ...headers }), message);
}

/** The error for an invalid request. */
export function badScimRequest(message: string): ErrorResponse {
  return scimError({ status: 400, error: 'scim', message });
}

/** What the real server returns for an exception that it does not translate. */
export function unexpectedScimError(headers: Readonly<Record<string, string>> = {}): ErrorResponse {
  return scimError({ status: 500, error: 'scim', message: 'Unexpected error', headers });
}

export function invalidScimResource(message: string): ErrorResponse {
  return scimError({ status: 400, error: 'invalid_scim_resource', message });
}

/** @param kind - in the error text. */
export function scimResourceNotFound(kind: 'User' | 'Group', id: string): ErrorResponse {
  return scimError({
    status: 404,
    error: 'scim_resource_not_found',
    message: `${kind} ${id} does not exist`,
  });
}
