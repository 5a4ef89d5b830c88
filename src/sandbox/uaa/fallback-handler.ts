import {
  empty,
  findMethods,
  type Handler,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../router.js';
import { findLoggedInUser, redirectToLogin } from './browser/login-routes.js';
import { containerError, listsJson } from './servlet-container.js';
import {
  createCsrfToken,
  csrfErrorResponse,
  formatCsrfCookie,
  hasCsrfCookie,
  validateCsrfToken,
} from './browser/cookies.js';
import { checkClient } from './filter-chain.js';
import { createTokenHandler, isTokenPath } from './oauth/token-endpoint.js';
import { findMappedMethods } from './request-mappings.js';
import { findChain, isUnfiltered } from './security-chains.js';
import type { Realm } from './realm.js';

/**
 * Creates the handler for requests that no route matches: unknown paths and unsupported methods.
 */
export function createFallbackHandler(routes: readonly Route[], realm: Realm): Handler {
  const handleToken = createTokenHandler(realm);
  return (request, params) => {
    const { path } = request;
    const { behaviour } = realm.settings;
    if (isTokenPath(path)) return handleToken(request, params);
    const methods = findMappedMethods(path, behaviour);
    checkClient(request, path, realm);
    const isUnprotected = isUnfiltered(path) || unprotectedPages.test(path);
    if (isUnprotected || findChain(path, behaviour)) {
      return rejectMethod(request, methods ?? findMethods(routes, path));
    }
    return respondToUnknownPage(request, realm, methods);
  };
}

/** Pages without a login and without a CSRF token. */
const unprotectedPages =
  /^\/(token_key[^/]*|forgot_password[^/]*|verify_email|verify_user|autologin|login\/callback\/[^/]+)$/;

function rejectMethod(request: SandboxRequest, methods: readonly string[]): SandboxResponse {
  const { method, path } = request;
  const isKnown = methods.length > 0;
  if (isKnown && !methods.includes(method) && !methods.includes('*')) {
    throw containerError(request, 405, { allow: methods.join(', ') });
  }
  if (/^\/resources(\/|$)/.test(path)) throw containerError(request, 404);
  return respondToFileRequest(request);
}

/** The servlet container handles unknown paths as files, for which it supports few methods. */
function respondToFileRequest(request: SandboxRequest): SandboxResponse {
  const allow = 'OPTIONS, GET, HEAD, POST';
  switch (request.method) {
    case 'GET':
    case 'HEAD':
    case 'POST':
      throw containerError(request, 404);
    case 'PUT':
    case 'DELETE':
      throw containerError(request, 405, { allow });
    case 'OPTIONS':
      return empty(200, { allow });
    default:
      throw containerError(request, 501);
  }
}

/** Redirects to the login page, but rejects forms without a valid CSRF token. */
function respondToUnknownPage(
  request: SandboxRequest,
  { state }: Realm,
  methods: readonly string[] | undefined,
): SandboxResponse {
  const isSafe = ['GET', 'HEAD', 'OPTIONS'].includes(request.method);
  const csrfError = isSafe ? undefined : validateCsrfToken(request);
  if (csrfError !== undefined) {
    return listsJson(request)
      ? csrfErrorResponse(request, csrfError)
      : redirectWithoutSession(request, '/login?error=invalid_login_request');
  }
  if (request.path === '/login.do') return respondToFileRequest(request);
  if (methods) return rejectMethod(request, methods);
  if (findLoggedInUser(request, state)) throw containerError(request, 404);
  // Only a GET request is repeated after the login.
  return request.method === 'GET'
    ? redirectToLogin(request, state)
    : redirectWithoutSession(request, '/login');
}

function redirectWithoutSession(request: SandboxRequest, path: string): SandboxResponse {
  const cookie = hasCsrfCookie(request)
    ? {}
    : { 'set-cookie': [formatCsrfCookie(createCsrfToken())] };
  return empty(302, { location: `${request.origin}${path}`, ...cookie });
}
