import { methodsFor } from '../router.js';
import type { Handler, Route, SandboxRequest, SandboxResponse } from '../router.js';
import { bearerCaller } from './oauth/bearer.js';
import { loggedIn, sendToLogin } from './browser/login.js';
import { clientCaller } from './clients/clients.js';
import { containerError } from './container-error.js';
import { csrfProblem, csrfErrorResponse } from './browser/csrf.js';
import { oauthError } from './oauth/error.js';
import type { Realm } from './realm.js';

/** @returns the answer to what no route serves: a wrong method, or an unknown path. */
export function unserved(routes: readonly Route[], realm: Realm): Handler {
  return async (request) => {
    const methods = methodsFor(routes, request.path);
    if (isApi(request)) return refuseApi(request, realm, methods);
    if (isPage(request) || methods.length === 0) return unknownPage(request, realm, methods);
    throw containerError(request, 405, { allow: methods.join(', ') });
  };
}

/** Below these paths a bearer token is wanted before anything else is looked at. */
function isApi({ path }: SandboxRequest): boolean {
  return /^\/(Users|Groups|ids|approvals|identity-(providers|zones)|oauth\/(clients|token))(\/|$)/.test(
    path,
  );
}

async function refuseApi(
  request: SandboxRequest,
  realm: Realm,
  methods: readonly string[],
): Promise<never> {
  await (request.path.startsWith('/oauth/clients')
    ? clientCaller(request, realm)
    : bearerCaller(request, realm));
  if (isDenied(request, methods)) {
    throw oauthError({ status: 403, error: 'access_denied', description: 'Access is denied' });
  }
  if (methods.length > 0) throw containerError(request, 405, { allow: methods.join(', ') });
  // What no route wants ends in the container's own, which reads files and changes none.
  if (!['PUT', 'DELETE'].includes(request.method)) throw containerError(request, 404);
  throw containerError(request, 405, { allow: 'OPTIONS, GET, HEAD, POST' });
}

/** Where the security rules name the methods too, they answer before the routes do. */
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
 * What browsers fetch by themselves for a page. Sent to the login page for it, they would get a
 * session in place of the one that a person is just about to log in to.
 */
function isDecoration({ path }: SandboxRequest): boolean {
  return path === '/favicon.ico' || /^\/(resources|vendor)\//.test(path);
}

/** What nobody knows is a page behind the login, whoever asks; a form without its field is not. */
function unknownPage(
  request: SandboxRequest,
  { state }: Realm,
  methods: readonly string[],
): SandboxResponse {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const problem = reads ? undefined : csrfProblem(request);
  if (problem !== undefined) return csrfErrorResponse(request, problem);
  const isKnown = methods.length > 0 || isDecoration(request);
  if (isKnown || loggedIn(request, state)) throw containerError(request, 404);
  return sendToLogin(request, state);
}
