import {
  json,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { authenticateClient, clientMissing } from './client-auth.js';
import { containerError, parameters } from '../container.js';
import { accessDenied, badRequest, methodNotAllowed } from './error.js';
import { InvalidToken, checkToken, type CheckedToken } from './token-check.js';
import type { Realm } from '../realm.js';

/**
 * `/check_token` and `/introspect`, with which resource servers check tokens. For an invalid token,
 * the first responds with 400, the second with `active: false`.
 */
export function checkTokenRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/check_token', (request) => checkTokenRoute(request, realm)),
    route('*', '/introspect', (request) => introspect(request, realm)),
  ];
}

async function checkTokenRoute(request: SandboxRequest, realm: Realm): Promise<SandboxResponse> {
  authenticateResource(request, realm);
  const { method } = request;
  if (method !== 'POST' && method !== 'GET') throw containerError(request, 500);
  const fields = parameters(request);
  const token = fields.get('token');
  if (token === null) throw containerError(request, 400);
  const checked = await checkToken(token, 'access', realm).catch((error: unknown) => {
    throw error instanceof InvalidToken ? badRequest('invalid_token', error.message) : error;
  });
  if (checked.expiresAt < realm.state.now()) throw badRequest('invalid_token', 'Token has expired');

  const wanted = (fields.get(method === 'GET' ? 'scope' : 'scopes') ?? '').split(',');
  const missing = wanted.filter((scope) => scope !== '' && !checked.scope.includes(scope));
  if (missing.length > 0) {
    const names = missing.join(method === 'GET' ? ' ' : ',');
    throw badRequest('invalid_scope', `Some requested scopes are missing: ${names}`);
  }
  return json(200, knownClaims(checked));
}

async function introspect(request: SandboxRequest, realm: Realm): Promise<SandboxResponse> {
  authenticateResource(request, realm);
  if (request.method !== 'POST') {
    throw methodNotAllowed(request);
  }
  const token = parameters(request).get('token');
  if (token === null) throw containerError(request, 400);
  const checked = await checkToken(token, 'access', realm).catch((error: unknown) => {
    if (error instanceof InvalidToken) return undefined;
    throw error;
  });
  if (!checked || checked.expiresAt < realm.state.now()) {
    return json(200, { revocable: false, active: false });
  }
  return json(200, { ...knownClaims(checked), active: true });
}

/** Only Basic, and only clients with the authority `uaa.resource`. */
function authenticateResource(request: SandboxRequest, realm: Realm): void {
  const client = authenticateClient(request, realm, { form: false });
  if (!client) throw clientMissing();
  if (client.authorities.includes('uaa.resource')) return;
  throw accessDenied();
}

/** The server returns only the claims that it knows; `email_verified` of an id token is not one. */
function knownClaims({ claims }: CheckedToken): Record<string, unknown> {
  const known = Object.entries(claims).filter(([name]) => name !== 'email_verified');
  return { ...Object.fromEntries(known), revocable: claims['revocable'] === true };
}
