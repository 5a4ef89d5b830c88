import { readChallenge, validateChallenge } from '../oauth/pkce.js';
import { parseScope, resolveUserScopes } from '../oauth/scopes.js';
import type { Realm } from '../realm.js';
import type { Client } from '../store/clients.js';
import type { AuthorizationRequest, Principal, ResponseTarget } from '../store/sessions.js';
import type { User } from '../store/users.js';
import { resolveRedirectUri } from './redirect-uri.js';

interface AuthorizationErrorDetails {
  /** Where to send the error; if absent, it is shown to the user. */
  readonly target?: ResponseTarget;
  /** Status of the page for the user (default: 400). */
  readonly status?: number;
}

/** An error that is sent to the client's redirect URI or shown to the user. */
export class AuthorizationError extends Error {
  readonly error: string;
  readonly details: AuthorizationErrorDetails;

  constructor(error: string, description: string, details: AuthorizationErrorDetails = {}) {
    super(description);
    this.error = error;
    this.details = details;
  }
}

/**
 * Parses and validates a request to `/oauth/authorize`.
 *
 * @throws AuthorizationError
 * @see UAA 77 `UaaAuthorizationEndpoint`; RFC 6749, section 4.1.2.1
 */
export function parseAuthorizationRequest(
  fields: URLSearchParams,
  { user, authTime }: Principal,
  { state, settings: { behaviour } }: Realm,
): AuthorizationRequest {
  const id = fields.get('client_id');
  const client = state.clients.get(id ?? '');
  if (!client) {
    const description = `No client with requested id: ${id ?? 'null'}`;
    throw new AuthorizationError('invalid_client', description, { status: 401 });
  }
  checkIdentityProvider(client, user);
  const redirect = resolveRedirectUri(fields.get('redirect_uri'), client);
  if ('problem' in redirect) throw new AuthorizationError('invalid_grant', redirect.problem);
  const responseTypes = new Set((fields.get('response_type') ?? '').split(/\s+/).filter(Boolean));
  const target = { redirectUri: redirect.uri, responseTypes, state: fields.get('state') };
  const reject = (error: string, description: string) =>
    new AuthorizationError(error, description, { target });
  const groups = state.groups.findUserScopes(user.id);
  const scope = resolveUserScopes(client, groups, parseScope(fields.get('scope')));
  if (typeof scope === 'string') throw reject('invalid_scope', scope);
  if ([...responseTypes].some((type) => !['code', 'token', 'id_token'].includes(type))) {
    throw reject('unsupported_response_type', 'Unsupported response types');
  }
  if (responseTypes.size === 0) {
    throw reject('invalid_request', 'Missing response_type in authorization request');
  }
  const pkce = behaviour.hasPkce ? readChallenge(fields) : undefined;
  const problem = pkce && validateChallenge(pkce);
  if (problem !== undefined) throw new AuthorizationError('invalid_request', problem);
  return { client, user, authTime, fields, scope, ...target };
}

/** Checks that the client accepts users of the user's identity provider. */
function checkIdentityProvider({ information }: Client, { origin }: User): void {
  const allowed = information['allowedproviders'];
  if (!Array.isArray(allowed) || allowed.includes(origin)) return;
  const description = 'The application is not authorized for your account.';
  throw new AuthorizationError('unauthorized_client', description, { status: 401 });
}
