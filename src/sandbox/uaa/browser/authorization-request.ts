import type { Behaviour } from '../behaviour.js';
import type { Client } from '../store/clients.js';
import { readChallenge, validateChallenge } from '../oauth/pkce.js';
import { RedirectUriError, resolveRedirectUri } from './redirect-uri.js';
import type { Realm } from '../realm.js';
import { resolveUserScopes, parseScope } from '../oauth/scopes.js';
import type { User } from '../store/users.js';
import { AuthorizationError, DisallowedProviderError } from './authorization-failure.js';
import { parseResponseTypes } from './authorization-location.js';

/** The user who makes an authorization request. */
export interface Principal {
  readonly user: User;
  /** Time of the login in epoch seconds. */
  readonly authTime: number | undefined;
}

/** A valid request to `/oauth/authorize`. */
export interface AuthorizationRequest extends Principal {
  readonly client: Client;
  readonly fields: URLSearchParams;
  /** The requested scopes (default: all of the client) that the user has. */
  readonly scope: readonly string[];
  readonly responseTypes: ReadonlySet<string>;
  /** The client's redirect URI, which receives the response. */
  readonly redirectUri: string;
}

/**
 * A parsed request. The caller rejects a request without response types, because the real server
 * checks everything else first and reports this error in another format.
 */
type ParsedRequest =
  AuthorizationRequest | { readonly redirectUri: string; readonly responseTypes: undefined };

/**
 * Parses and validates a request to `/oauth/authorize`.
 *
 * @param fields - query and form fields.
 * @throws AuthorizationError with the error that the real server would report first.
 * @throws DisallowedProviderError if the client does not allow the user's identity provider.
 * @see UAA 4.30.0 `UaaAuthorizationEndpoint`, `UaaAuthorizationRequestManager`
 */
export function parseAuthorizationRequest(
  fields: URLSearchParams,
  { user, authTime }: Principal,
  { state, settings: { behaviour } }: Realm,
): ParsedRequest {
  const id = fields.get('client_id');
  const client = state.clients.get(id ?? '');
  if (!client) {
    const description = `No client with requested id: ${id ?? 'null'}`;
    throw new AuthorizationError('invalid_client', description, { status: 401, isForUser: true });
  }
  const groups = state.groups.findUserScopes(user.id);
  const scope = resolveUserScopes(client, groups, parseScope(fields.get('scope')).toSorted());
  if (typeof scope === 'string') throw new AuthorizationError('invalid_scope', scope);
  checkRequiredGroups(client, groups);
  checkIdentityProvider(client, user);
  const responseTypes = parseResponseTypes(fields);
  if ([...responseTypes].some((type) => !supportedTypes.includes(type))) {
    const description = `Unsupported response types: [${[...responseTypes].join(', ')}]`;
    throw new AuthorizationError('unsupported_response_type', description);
  }
  checkPkceChallenge(fields, behaviour);
  const redirectUri = resolveClientRedirect(fields.get('redirect_uri'), client);
  if (responseTypes.size === 0) return { redirectUri, responseTypes: undefined };
  return { client, user, fields, scope, responseTypes, redirectUri, authTime };
}

const supportedTypes = ['code', 'token', 'id_token'];

function checkRequiredGroups({ requiredUserGroups }: Client, groups: ReadonlySet<string>): void {
  if (requiredUserGroups.every((name) => groups.has(name))) return;
  const description = "User does not meet the client's required group criteria.";
  throw new AuthorizationError('invalid_scope', description);
}

function checkIdentityProvider({ information }: Client, { origin }: User): void {
  const allowed = information['allowedproviders'];
  if (!Array.isArray(allowed)) return;
  if (allowed.length === 0) {
    const description = 'Client is not authorized for any identity providers.';
    const details = { status: 401, isForUser: true, notice: invalidProviderNotice };
    throw new AuthorizationError('unauthorized_client', description, details);
  }
  if (!allowed.includes(origin)) throw new DisallowedProviderError(invalidProviderNotice);
}

const invalidProviderNotice = 'The application is not authorized for your account.';

function resolveClientRedirect(requested: string | null, client: Client): string {
  try {
    return resolveRedirectUri(requested, client);
  } catch (error) {
    if (!(error instanceof RedirectUriError)) throw error;
    throw new AuthorizationError('invalid_grant', error.message, { isForUser: true });
  }
}

function checkPkceChallenge(fields: URLSearchParams, { hasPkce }: Behaviour): void {
  const pkce = hasPkce ? readChallenge(fields) : undefined;
  const problem = pkce && validateChallenge(pkce);
  if (problem !== undefined) throw new AuthorizationError('invalid_request', problem);
}
