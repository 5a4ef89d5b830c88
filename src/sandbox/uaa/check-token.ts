import { json, route } from '../router.js';
import type { Route, SandboxRequest, SandboxResponse } from '../router.js';
import { authenticateClient } from './client-auth.js';
import { challenges, oauthRefusal } from './oauth-error.js';
import { parameters } from './parameters.js';
import type { Refusal } from './refusal.js';
import { sendError } from './container-error.js';
import type { State } from './state.js';
import { InvalidToken, checkToken } from './token-check.js';
import type { CheckedToken } from './token-check.js';
import type { TokenIssue } from './token-issue.js';

/**
 * `/check_token` and `/introspect`: what a resource server asks about a token it was handed.
 * A bad token is the caller's news, not the caller's fault: 400 there, `active: false` here.
 */
export function checkTokenRoutes(issue: TokenIssue): readonly Route[] {
  const check = (request: SandboxRequest): Promise<SandboxResponse> => checkRoute(request, issue);
  return [
    route('POST', '/check_token', check),
    route('GET', '/check_token', check),
    route('POST', '/introspect', (request) => introspect(request, issue)),
    route('*', '/introspect', (request) => {
      authenticateResource(request, issue.state);
      throw oauthRefusal({
        status: 405,
        error: 'method_not_allowed',
        description: `Request method '${request.method}' not supported`,
      });
    }),
  ];
}

async function checkRoute(request: SandboxRequest, issue: TokenIssue): Promise<SandboxResponse> {
  authenticateResource(request, issue.state);
  const fields = parameters(request);
  const token = fields.get('token');
  if (token === null) throw sendError(request, 400);
  const checked = await checkToken(token, 'access', issue).catch((error: unknown) => {
    throw error instanceof InvalidToken ? badToken('invalid_token', error.message) : error;
  });
  if (checked.expiresAt < issue.state.now()) throw badToken('invalid_token', 'Token has expired');

  const wanted = (fields.get(request.method === 'GET' ? 'scope' : 'scopes') ?? '')
    .split(',')
    .filter((scope) => scope !== '');
  const missing = wanted.filter((scope) => !checked.scope.includes(scope));
  if (missing.length > 0) {
    throw badToken('invalid_scope', `Some requested scopes are missing: ${missing.join(',')}`);
  }
  return json(200, shownClaims(checked));
}

async function introspect(request: SandboxRequest, issue: TokenIssue): Promise<SandboxResponse> {
  authenticateResource(request, issue.state);
  const token = parameters(request).get('token');
  if (token === null) throw sendError(request, 400);
  const checked = await checkToken(token, 'access', issue).catch((error: unknown) => {
    if (error instanceof InvalidToken) return undefined;
    throw error;
  });
  if (!checked || checked.expiresAt < issue.state.now()) {
    return json(200, { revocable: false, active: false });
  }
  return json(200, { ...shownClaims(checked), active: true });
}

/** Basic alone, and only a client that has `uaa.resource` among its authorities. */
function authenticateResource(request: SandboxRequest, state: State): void {
  const client = authenticateClient(request, state, { form: false });
  if (!client.authorities.includes('uaa.resource')) {
    throw oauthRefusal(
      { status: 403, error: 'access_denied', description: 'Access is denied' },
      challenges.client,
    );
  }
}

function badToken(error: string, description: string): Refusal {
  return oauthRefusal({ status: 400, error, description });
}

/** `revocable` is always told, also when the token does not bear it. */
function shownClaims({ claims }: CheckedToken): Record<string, unknown> {
  return { ...claims, revocable: claims['revocable'] === true };
}
