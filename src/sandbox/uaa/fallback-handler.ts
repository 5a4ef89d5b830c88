import {
  findMethods,
  type Handler,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../router.js';
import { authenticateCaller } from './oauth/bearer.js';
import { findLoggedInUser, redirectToLogin } from './browser/login-routes.js';
import { clientCaller } from './clients/clients.js';
import { containerError } from './servlet-container.js';
import { validateCsrfToken, csrfErrorResponse } from './browser/cookies.js';
import { accessDeniedError } from './oauth/error.js';
import { createTokenHandler, isTokenPath } from './oauth/token-endpoint.js';
import type { Realm } from './realm.js';

/**
 * Creates the handler for requests that no route matches: unknown paths and unsupported methods.
 */
export function createFallbackHandler(routes: readonly Route[], realm: Realm): Handler {
  const handleToken = createTokenHandler(realm);
  return async (request, params) => {
    if (isTokenPath(request.path)) return handleToken(request, params);
    const methods = findMethods(routes, request.path);
    if (isApiRequest(request)) return rejectApiRequest(request, realm, methods);
    if (isPageRequest(request) || methods.length === 0) {
      return respondToUnknownPage(request, realm, methods);
    }
    throw containerError(request, 405, { allow: methods.join(', ') });
  };
}

/** Whether the token is checked before the path and method are. */
function isApiRequest({ path }: SandboxRequest): boolean {
  return /^\/(Users|Groups|ids|approvals|identity-(providers|zones)|oauth\/(clients|token))(\/|$)/.test(
    path,
  );
}

async function rejectApiRequest(
  request: SandboxRequest,
  realm: Realm,
  methods: readonly string[],
): Promise<never> {
  await (request.path.startsWith('/oauth/clients')
    ? clientCaller(request, realm)
    : authenticateCaller(request, realm));
  if (isDeniedMethod(request, methods)) {
    throw accessDeniedError();
  }
  if (methods.length > 0) throw containerError(request, 405, { allow: methods.join(', ') });
  // The servlet container handles unknown paths as files, for which it supports only these methods.
  if (!['PUT', 'DELETE'].includes(request.method)) throw containerError(request, 404);
  throw containerError(request, 405, { allow: 'OPTIONS, GET, HEAD, POST' });
}

/** Whether a security rule rejects the method before the routes are matched. */
function isDeniedMethod({ path, method }: SandboxRequest, methods: readonly string[]): boolean {
  if (path.startsWith('/oauth/token')) return true;
  if (path.startsWith('/oauth/clients')) return method === 'PATCH';
  if (!path.startsWith('/Users') || methods.length === 0) return false;
  return !path.endsWith('/password') && !(path.endsWith('/status') && method === 'GET');
}

function isPageRequest({ path }: SandboxRequest): boolean {
  return ['', '/home', '/login', '/login.do', '/logout.do', '/passcode'].includes(path);
}

/**
 * Whether a browser loads this path as part of a page. A redirect to the login page would replace
 * the session in which the user is logging in.
 */
function isPageResourceRequest({ path }: SandboxRequest): boolean {
  return path === '/favicon.ico' || /^\/(resources|vendor)\//.test(path);
}

/** Redirects to the login page, but rejects forms without a valid CSRF token. */
function respondToUnknownPage(
  request: SandboxRequest,
  { state }: Realm,
  methods: readonly string[],
): SandboxResponse {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const csrfError = isRead ? undefined : validateCsrfToken(request);
  if (csrfError !== undefined) return csrfErrorResponse(request, csrfError);
  const isKnown = methods.length > 0 || isPageResourceRequest(request);
  if (isKnown || findLoggedInUser(request, state)) throw containerError(request, 404);
  return redirectToLogin(request, state);
}
