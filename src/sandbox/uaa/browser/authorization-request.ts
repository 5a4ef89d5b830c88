import type { Behaviour } from '../behaviour.js';
import type { Client } from '../store/clients.js';
import { readChallenge, validateChallenge } from '../oauth/pkce.js';
import { resolveRedirectUri } from './redirect-uri.js';
import type { Realm } from '../realm.js';
import { resolveUserScopes, parseScope } from '../oauth/scopes.js';
import type { User } from '../store/users.js';

/** A valid request to `/oauth/authorize`. */
export interface AuthorizationRequest {
  readonly client: Client;
  readonly user: User;
  readonly fields: URLSearchParams;
  /** The requested scopes (default: all of the client) that the user has. */
  readonly scope: readonly string[];
  readonly responseTypes: ReadonlySet<string>;
  /** The client's redirect URI, which receives the response. */
  readonly redirectUri: string;
  /** Time of the login in epoch seconds. */
  readonly authTime: number | undefined;
}

interface AuthorizationErrorDetails {
  readonly status?: number;
  /** The client's redirect URI; if undefined, the error is shown to the user. */
  readonly redirectUri?: string | undefined;
  /** Whether the error is added to the fragment instead of the query. */
  readonly isInFragment?: boolean;
  /** The client's `state`, which some errors omit. */
  readonly state?: string | null;
}

/** An error that is sent to the client's redirect URI, or shown to the user. */
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
 * @param fields - query and form fields.
 * @throws AuthorizationError with the error that the real server would report first.
 * @see UAA 4.30.0 `UaaAuthorizationEndpoint`, `UaaAuthorizationRequestManager`
 */
export function parseAuthorizationRequest(
  fields: URLSearchParams,
  { user, authTime }: { readonly user: User; readonly authTime: number | undefined },
  { state, settings: { behaviour } }: Realm,
): AuthorizationRequest {
  const id = fields.get('client_id');
  const client = state.clients.get(id ?? '');
  if (!client) {
    throw new AuthorizationError('invalid_client', `No client with requested id: ${id ?? 'null'}`, {
      status: 401,
    });
  }
  const responseTypes = new Set((fields.get('response_type') ?? '').split(' ').filter(Boolean));
  const redirectUri = resolveRedirectUri(fields.get('redirect_uri'), client.redirectUris);
  const isInFragment = responseTypes.has('token') || responseTypes.has('id_token');
  const errorDetails = { redirectUri, isInFragment, state: fields.get('state') };

  const groups = state.groups.findUserScopes(user.id);
  const scope = resolveUserScopes(client, groups, parseScope(fields.get('scope')));
  if (typeof scope === 'string') throw new AuthorizationError('invalid_scope', scope, errorDetails);
  const unsupportedTypes = [...responseTypes].filter((type) => !supportedTypes.includes(type));
  if (unsupportedTypes.length > 0) {
    const description = `Unsupported response types: [${unsupportedTypes.join(', ')}]`;
    throw new AuthorizationError('unsupported_response_type', description, errorDetails);
  }
  checkPkceChallenge(fields, behaviour, errorDetails);
  if (redirectUri === undefined) {
    const requested = fields.get('redirect_uri') ?? 'null';
    throw new AuthorizationError(
      'invalid_grant',
      `Invalid redirect ${requested} did not match one of the registered values`,
    );
  }
  if (responseTypes.size === 0) {
    throw new AuthorizationError(
      'invalid_request',
      'Missing response_type in authorization request',
      { redirectUri },
    );
  }
  return { client, user, fields, scope, responseTypes, redirectUri, authTime };
}

const supportedTypes = ['code', 'token', 'id_token'];

function checkPkceChallenge(
  fields: URLSearchParams,
  { hasPkce }: Behaviour,
  errorDetails: AuthorizationErrorDetails,
): void {
  const pkce = hasPkce ? readChallenge(fields) : undefined;
  const problem = pkce && validateChallenge(pkce);
  if (problem !== undefined) throw new AuthorizationError('invalid_request', problem, errorDetails);
}
