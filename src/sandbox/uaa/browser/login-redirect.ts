import { readParameters } from '../requests.js';
import { empty, type SandboxRequest, type SandboxResponse } from '../../router.js';
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

/** Redirects to the login page, like {@link redirectAndReturn}. */
export function redirectToLogin(request: SandboxRequest, state: State): SandboxResponse {
  return redirectAndReturn(request, state, '/login');
}

/**
 * Redirects to a page and saves the request, so that the browser can return to it afterwards. Only
 * GET, authorization and SAML requests are saved.
 */
export function redirectAndReturn(
  request: SandboxRequest,
  state: State,
  path: string,
): SandboxResponse {
  const isSaved =
    request.method === 'GET' ||
    /^\/(oauth\/authorize[^/]*$|saml\/idp\/SSO(\/|$))/.test(request.path);
  if (!isSaved) return redirectTo(request, path);
  const savedRequest = { url: formatUrl(request), fields: readParameters(request) };
  return redirectTo(request, path, updateSession(request, state, { savedRequest }));
}

/** Formats the URL of a request, with the query exactly as the client sent it. */
export function formatUrl({ origin, path, query, rawQuery }: SandboxRequest): string {
  const text = rawQuery ?? query.toString();
  return `${origin}${path === '' ? '/' : path}${text === '' ? '' : `?${text}`}`;
}
