import {
  methodsFor,
  type Handler,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../router.js';
import { bearerCaller } from './oauth/bearer.js';
import { loggedIn, sendToLogin } from './browser/login.js';
import { clientCaller } from './clients/clients.js';
import { containerError } from './container.js';
import { csrfProblem, csrfErrorResponse } from './browser/cookies.js';
import { accessDenied } from './oauth/error.js';
import type { Realm } from './realm.js';

/** @returns the handler for requests without a route: a wrong method, or an unknown path. */
export function unmatched(routes: readonly Route[], realm: Realm): Handler {
  return async (request) => {
    const methods = methodsFor(routes, request.path);
    if (isApi(request)) return rejectApiRequest(request, realm, methods);
    if (isPage(request) || methods.length === 0) return unknownPage(request, realm, methods);
    throw containerError(request, 405, { allow: methods.join(', ') });
  };
}

/** Below these paths, the bearer token is checked first. */
function isApi({ path }: SandboxRequest): boolean {
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
    : bearerCaller(request, realm));
  if (isDenied(request, methods)) {
    throw accessDenied();
  }
  if (methods.length > 0) throw containerError(request, 405, { allow: methods.join(', ') });
  // Unknown paths are handled by the container, which serves files and supports no other methods.
  if (!['PUT', 'DELETE'].includes(request.method)) throw containerError(request, 404);
  throw containerError(request, 405, { allow: 'OPTIONS, GET, HEAD, POST' });
}

/** Security rules that contain methods apply before the routes do. */
function isDenied({ path, method }: SandboxRequest, methods: readonly string[]): boolean {
  if (path.startsWith('/oauth/token')) return true;
  if (path.startsWith('/oauth/clients')) return method === 'PATCH';
  if (!path.startsWith('/Users') || methods.length === 0) return false;
  return !path.endsWith('/password') && !(path.endsWith('/status') && method === 'GET');
}

function isPage({ path }: SandboxRequest): boolean {
  return ['', '/home', '/login', '/login.do', '/logout.do', '/passcode'].includes(path);
}

/**
 * What browsers request by themselves for a page. A redirect to the login page would replace the
 * session in which a user is logging in.
 */
function isPageResource({ path }: SandboxRequest): boolean {
  return path === '/favicon.ico' || /^\/(resources|vendor)\//.test(path);
}

/** Unknown paths redirect to the login page, except forms without the CSRF field. */
function unknownPage(
  request: SandboxRequest,
  { state }: Realm,
  methods: readonly string[],
): SandboxResponse {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const problem = reads ? undefined : csrfProblem(request);
  if (problem !== undefined) return csrfErrorResponse(request, problem);
  const isKnown = methods.length > 0 || isPageResource(request);
  if (isKnown || loggedIn(request, state)) throw containerError(request, 404);
  return sendToLogin(request, state);
}
