import * as v from 'valibot';
import {
  formatBasicAuthorization,
  describeError,
  type HttpResponse,
  type TokenCheckSettings,
} from '../http-client.js';
import { isObject, parseJson } from '../json.js';
import {
  ErrorResponse,
  json,
  route,
  type Params,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../router.js';

/** The identity that sent a request, as reported by the UAA. */
export interface Caller {
  /** User name, or client ID if there is no user. Identifies the owner of clusters. */
  readonly name: string;
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
}

/** A request with a valid token. */
interface AuthorizedRequest {
  readonly request: SandboxRequest;
  readonly params: Params;
  readonly caller: Caller;
}

/**
 * Creates a route for callers that have at least one of the scopes.
 * @param scopes - `anyone` requires only a valid token.
 * @see docs/contributing/servers/pks-api.md#scopes
 */
export type GuardedRoute = (
  method: string,
  path: string,
  scopes: readonly string[] | 'anyone',
  handle: (request: AuthorizedRequest) => SandboxResponse | Promise<SandboxResponse>,
) => Route;

/** Scopes to read and change the objects of all owners. */
export const adminScopes: readonly string[] = ['pks.clusters.admin'];

/**
 * Scopes to create clusters, and to change the caller's own clusters or all clusters.
 * @see docs/contributing/servers/pks-api.md#scopes
 */
export const writeScopes: readonly string[] = [...adminScopes, 'pks.clusters.manage'];

/** Scopes to read the caller's own clusters or all clusters. */
export const readScopes: readonly string[] = [...writeScopes, 'pks.clusters.admin.read'];

/** Returns a function that creates routes. They require a token, which the UAA checks. */
export function createGuard(tokenCheck: TokenCheckSettings): GuardedRoute {
  return (method, path, scopes, handle) =>
    route(method, path, async (request, params) => {
      const caller = await identifyCaller(request, tokenCheck);
      const isAllowed = scopes === 'anyone' || hasScope(caller, scopes);
      const response = isAllowed ? await handle({ request, params, caller }) : forbiddenResponse;
      return { ...response, client: caller.clientId };
    });
}

/**
 * Checks that the caller has at least one of the scopes, for routes that require them only in some
 * cases.
 * @throws ErrorResponse 403.
 */
export function checkScopes(caller: Caller, scopes: readonly string[]): void {
  if (!hasScope(caller, scopes)) throw new ErrorResponse(forbiddenResponse);
}

function hasScope(caller: Caller, scopes: readonly string[]): boolean {
  return scopes.some((scope) => caller.scopes.has(scope));
}

const forbiddenResponse = json(403, {
  error: 'access_denied',
  error_description: 'Access is denied',
});

/** Whether the caller may see the objects of all owners. @see docs/contributing/servers/pks-api.md#scopes */
export function canSeeAll(caller: Caller): boolean {
  return canChangeAll(caller) || caller.scopes.has('pks.clusters.admin.read');
}

export function canChangeAll({ scopes }: Caller): boolean {
  return scopes.has('pks.clusters.admin');
}

export function canSee(caller: Caller, owner: string): boolean {
  return canSeeAll(caller) || owner === caller.name;
}

export function canChange(caller: Caller, owner: string): boolean {
  return canChangeAll(caller) || owner === caller.name;
}

/**
 * Checks the token at the UAA for each request, so that the API rejects a revoked token immediately.
 * @throws ErrorResponse 401 if the token is missing or the UAA rejects it.
 * @throws {Error} if the UAA does not respond, or if its response is invalid.
 * @see docs/contributing/servers/pks-api.md#tokens
 */
async function identifyCaller(
  request: SandboxRequest,
  tokenCheck: TokenCheckSettings,
): Promise<Caller> {
  const token = /^bearer +(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
  if (token === undefined) {
    throw unauthorizedError(
      'unauthorized',
      'Full authentication is required to access this resource',
    );
  }
  const url = `${tokenCheck.uaa.baseUrl}${checkPath}`;
  const { status, body } = await sendTokenCheck(token, tokenCheck).catch((error: unknown) => {
    throw new Error(`I/O error on POST request for "${url}": ${describeError(error)}`);
  });
  const response = parseJson(body);
  if (status === 400) {
    const { error_description: description = 'Cannot convert access token to JSON' } = isObject(
      response,
    )
      ? response
      : {};
    throw unauthorizedError('invalid_token', String(description));
  }
  const claims = v.safeParse(claimsSchema, response);
  if (status !== 200 || !claims.success) {
    throw new Error(`The UAA responded to POST "${url}" with ${String(status)}`);
  }
  const { user_name: userName, client_id: id, scope } = claims.output;
  return { name: userName ?? id, clientId: id, scopes: new Set(scope) };
}

const checkPath = '/check_token';

/** Sends a token to the UAA to check it. @throws {Error} if the UAA does not respond. */
export function sendTokenCheck(
  token: string,
  { uaa, clientId, clientSecret }: TokenCheckSettings,
): Promise<HttpResponse> {
  return uaa.send({
    method: 'POST',
    path: checkPath,
    headers: {
      authorization: formatBasicAuthorization(clientId, clientSecret),
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: new URLSearchParams({ token }).toString(),
  });
}

const claimsSchema = v.object({
  user_name: v.optional(v.string()),
  client_id: v.string(),
  scope: v.array(v.string()),
});

function unauthorizedError(error: string, description: string): ErrorResponse {
  const challenge = `Bearer realm="oauth2-resource", error="${error}"`;
  return new ErrorResponse(
    json(401, { error, error_description: description }, { 'www-authenticate': challenge }),
  );
}
