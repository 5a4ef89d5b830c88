import { json } from '../../router.js';
import type { SandboxRequest, SandboxResponse } from '../../router.js';
import { errorPage, wantsJson } from '../container-error.js';
import { csrfOf } from './cookies.js';
import { parameters } from '../parameters.js';

/**
 * Checks that a form comes from this server's own page: its hidden field equals the cookie.
 *
 * @returns the error text; undefined if the form is valid.
 */
export function csrfProblem(request: SandboxRequest): string | undefined {
  const cookie = csrfOf(request);
  const field = parameters(request).get('X-Uaa-Csrf') ?? request.headers['x-csrf-token'];
  if (cookie === undefined) {
    return 'Could not verify the provided CSRF token because your session was not found.';
  }
  if (cookie === field) return undefined;
  return (
    `Invalid CSRF Token '${field ?? 'null'}' was found on the request parameter ` +
    `'X-Uaa-Csrf' or header 'X-CSRF-TOKEN'.`
  );
}

/** @returns 403, for a form without the right hidden field. */
export function csrfErrorResponse(request: SandboxRequest, error: string): SandboxResponse {
  if (!wantsJson(request)) return errorPage(request, 403);
  return json(403, { error }, { 'content-type': 'application/json;charset=ISO-8859-1' });
}
