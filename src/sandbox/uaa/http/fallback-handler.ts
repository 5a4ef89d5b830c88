import {
  empty,
  findMethods,
  type Handler,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { containerError } from './servlet-container.js';
import { checkClient } from './filter-chain.js';
import { createTokenHandler, isTokenPath } from '../oauth/token-endpoint.js';
import { findMappedMethods } from './request-mappings.js';
import type { Realm } from '../realm.js';

/**
 * Creates the handler for requests that no route matches: unknown paths and unsupported methods.
 */
export function createFallbackHandler(routes: readonly Route[], realm: Realm): Handler {
  const handleToken = createTokenHandler(realm);
  return (request, params) => {
    const { path } = request;
    if (isTokenPath(path)) return handleToken(request, params);
    const methods = findMappedMethods(path, realm.settings.behaviour);
    checkClient(request, path, realm);
    return rejectMethod(request, methods ?? findMethods(routes, path));
  };
}

function rejectMethod(request: SandboxRequest, methods: readonly string[]): SandboxResponse {
  const { method, path } = request;
  const isKnown = methods.length > 0;
  if (isKnown && !methods.includes(method) && !methods.includes('*')) {
    throw containerError(request, 405, { allow: methods.join(', ') });
  }
  if (/^\/resources(\/|$)/.test(path)) throw containerError(request, 404);
  return respondToFileRequest(request);
}

/** Tomcat treats unknown paths as static files, and supports only some methods for them. */
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
