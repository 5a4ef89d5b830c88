import { empty, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { parseMediaTypes } from '../http/media-types.js';
import { readParameters } from '../http/servlet-container.js';
import type { State } from '../store/state.js';
import { updateSession } from './browser-session.js';

/** Redirects to a path of this server. */
export function redirectTo(
  { origin }: SandboxRequest,
  path: string,
  cookies: readonly string[] = [],
): SandboxResponse {
  const headers = cookies.length > 0 ? { 'set-cookie': [...cookies] } : {};
  return empty(302, { location: `${origin}${path}`, ...headers });
}

/** Replaces characters that a header cannot contain. */
export function toLocation(url: string): string {
  return url.replace(/[\u0000-\u001f\u007f]/g, ' ').replace(/[^\u0020-\u00ff]/g, '?');
}

/** Whether the client accepts exactly the type `application/json`. */
export function acceptsJson({ headers }: SandboxRequest): boolean {
  const types = parseMediaTypes(headers['accept']) ?? [];
  return types.some(
    ({ type, subtype, parameters }) =>
      type === 'application' && subtype === 'json' && parameters.length === 0,
  );
}

/**
 * Redirects to the login page. The browser returns to the request afterwards, unless it is a form
 * other than an authorization request.
 */
export function redirectToLogin(request: SandboxRequest, state: State): SandboxResponse {
  const isSaved = request.method === 'GET' || /^\/oauth\/authorize[^/]*$/.test(request.path);
  if (!isSaved) return redirectTo(request, '/login');
  const savedRequest = { url: formatUrl(request), fields: readParameters(request) };
  return redirectTo(request, '/login', updateSession(request, state, { savedRequest }));
}

/** Formats the URL of a request, with its query as the client sent it. */
export function formatUrl({ origin, path, query, rawQuery }: SandboxRequest): string {
  const text = rawQuery ?? query.toString();
  return `${origin}${path === '' ? '/' : path}${text === '' ? '' : `?${text}`}`;
}
