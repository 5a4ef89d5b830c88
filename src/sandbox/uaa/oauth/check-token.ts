import {
  accessDeniedError,
  badRequestError,
  methodNotAllowedError,
  statusError,
} from '../errors.js';
import { readParameters } from '../requests.js';
import {
  json,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { authenticateClient, clientAuthError } from './client-auth.js';
import { InvalidTokenError, checkToken, type CheckedToken } from './token-check.js';
import type { Realm } from '../realm.js';

/**
 * Creates the routes `/check_token` and `/introspect`, which resource servers use to check tokens.
 * For an invalid token, `/check_token` responds with status 400 and `/introspect` with `active:
 * false`.
 *
 * @see RFC 7662
 */
export function checkTokenRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/check_token', (request) => handleCheckToken(request, realm)),
    route('*', '/introspect', (request) => handleIntrospect(request, realm)),
  ];
}

async function handleCheckToken(request: SandboxRequest, realm: Realm): Promise<SandboxResponse> {
  authenticateResourceServer(request, realm);
  const isPost = request.method === 'POST';
  const fields = readParameters(request);
  const value = isPost ? readJoinedParameter(fields, 'token') : fields.get('token');
  // With methods other than POST, a missing value causes a Java exception.
  if (value === null) throw statusError(request, isPost ? 400 : 500);
  const token = await checkToken(value, 'access', realm).catch((error: unknown) => {
    throw error instanceof InvalidTokenError
      ? badRequestError('invalid_token', error.message)
      : error;
  });
  if (!hasReadableClaims(token)) throw badRequestError('invalid_token', 'Cannot read token claims');
  if (token.expiresAt < realm.state.now()) {
    throw badRequestError('invalid_token', 'Token has expired');
  }
  const tokenScopes = token.scope.map((scope) => scope.toLowerCase());
  const requiredScopes = isPost ? readPostedScopes(fields) : readQueriedScopes(fields);
  const missingScopes = requiredScopes.filter(
    (scope) => !tokenScopes.includes(scope.toLowerCase()),
  );
  if (missingScopes.length > 0) {
    const names = missingScopes.join(isPost ? ',' : ' ');
    throw badRequestError('invalid_scope', `Some requested scopes are missing: ${names}`);
  }
  return json(200, selectKnownClaims(token));
}

/** Joins the values of a repeated parameter, as Spring does if it expects a single string. */
function readJoinedParameter(fields: URLSearchParams, name: string): string | null {
  return fields.has(name) ? fields.getAll(name).join(',') : null;
}

/** Like Spring, splits a value at commas only if the parameter is not repeated. */
function readPostedScopes(fields: URLSearchParams): readonly string[] {
  const values = fields.getAll('scopes');
  const [value = ''] = values;
  if (values.length > 1) return values;
  return value === '' ? [] : value.split(',').map((scope) => scope.trim());
}

function readQueriedScopes(fields: URLSearchParams): readonly string[] {
  const value = fields.get('scope') ?? '';
  return value.trim() === '' ? [] : [...new Set(value.split(','))];
}

async function handleIntrospect(request: SandboxRequest, realm: Realm): Promise<SandboxResponse> {
  authenticateResourceServer(request, realm);
  if (request.method !== 'POST') {
    throw methodNotAllowedError(request);
  }
  const value = readJoinedParameter(readParameters(request), 'token');
  if (value === null) throw statusError(request, 400);
  const token = await checkToken(value, 'access', realm).catch((error: unknown) => {
    if (error instanceof InvalidTokenError) return undefined;
    throw error;
  });
  if (!token || !hasReadableClaims(token) || token.expiresAt < realm.state.now()) {
    return json(200, { revocable: false, active: false });
  }
  return json(200, { ...selectKnownClaims(token), active: true });
}

/**
 * Requires Basic credentials of a client with the authority `uaa.resource`.
 *
 * @throws ErrorResponse 401 or 403.
 */
function authenticateResourceServer(request: SandboxRequest, realm: Realm): void {
  const client = authenticateClient(request, realm, { form: false });
  if (!client) throw clientAuthError();
  if (client.authorities.includes('uaa.resource')) return;
  throw accessDeniedError();
}

/**
 * Returns whether the claims have the types that the real server expects. It expects roles and user
 * attributes to be strings, although its own id tokens contain a list and an object.
 *
 * @see UAA 4.30.0 `Claims`
 */
function hasReadableClaims({ claims }: CheckedToken): boolean {
  const isText = (value: unknown): boolean => typeof value !== 'object' || value === null;
  const areTexts = (value: unknown): boolean =>
    isText(value) || Object.values(value ?? {}).every(isText);
  return (
    ['roles', 'profile', 'user_attributes'].every((name) => isText(claims[name])) &&
    ['az_attr', 'ext_attr'].every((name) => areTexts(claims[name]))
  );
}

/** Selects the claims that the real server returns, which do not include `email_verified`. */
function selectKnownClaims({ claims }: CheckedToken): Record<string, unknown> {
  const known = Object.entries(claims).filter(([name]) => name !== 'email_verified');
  return { ...Object.fromEntries(known), revocable: claims['revocable'] === true };
}
