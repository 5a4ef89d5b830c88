import type { Behaviour } from '../behaviour.js';
import type { Client } from '../store/clients.js';
import { challengeOf, challengeProblem } from '../oauth/pkce.js';
import { matchingRedirect } from './redirect-uri.js';
import type { Realm } from '../realm.js';
import { grantedScopes, parseScope } from '../oauth/scopes.js';
import type { User } from '../store/users.js';

/** A valid request to `/oauth/authorize`. */
export interface AuthorizationRequest {
  readonly client: Client;
  readonly user: User;
  readonly fields: URLSearchParams;
  /** The requested scopes that client and user have. */
  readonly scope: readonly string[];
  readonly responseTypes: ReadonlySet<string>;
  /** Where the response goes. */
  readonly redirect: string;
  /** Epoch seconds of the login. */
  readonly authTime: number | undefined;
}

interface ProblemDetails {
  readonly status?: number;
  /** The client's redirect URI; absent: the error is shown on a page. */
  readonly redirect?: string | undefined;
  readonly isInFragment?: boolean;
  /** Some errors do not return the client's `state`. */
  readonly state?: string | null;
}

/** An error that is shown on a page, or sent to the client's redirect URI. */
export class AuthorizationProblem extends Error {
  readonly error: string;
  readonly details: ProblemDetails;

  constructor(error: string, description: string, details: ProblemDetails = {}) {
    super(description);
    this.error = error;
    this.details = details;
  }
}

/**
 * @param fields - of query and body.
 * @throws AuthorizationProblem for the first problem in the real server's order.
 * @see UAA 4.30.0 `UaaAuthorizationEndpoint`, `UaaAuthorizationRequestManager`
 */
export function authorizationRequest(
  fields: URLSearchParams,
  { user, authTime }: { readonly user: User; readonly authTime: number | undefined },
  { state, settings: { behaviour } }: Realm,
): AuthorizationRequest {
  const id = fields.get('client_id');
  const client = state.clients.get(id ?? '');
  if (!client) {
    throw new AuthorizationProblem(
      'invalid_client',
      `No client with requested id: ${id ?? 'null'}`,
      { status: 401 },
    );
  }
  const responseTypes = new Set((fields.get('response_type') ?? '').split(' ').filter(Boolean));
  const redirect = matchingRedirect(fields.get('redirect_uri'), client.redirectUris);
  const isInFragment = responseTypes.has('token') || responseTypes.has('id_token');
  const back = { redirect, isInFragment, state: fields.get('state') };

  const names = state.groups.namesOfUser(user.id);
  const scope = grantedScopes(client, names, parseScope(fields.get('scope')));
  if (typeof scope === 'string') throw new AuthorizationProblem('invalid_scope', scope, back);
  const foreign = [...responseTypes].filter((type) => !supported.includes(type));
  if (foreign.length > 0) {
    const description = `Unsupported response types: [${foreign.join(', ')}]`;
    throw new AuthorizationProblem('unsupported_response_type', description, back);
  }
  checkChallenge(fields, behaviour, back);
  if (redirect === undefined) {
    const wanted = fields.get('redirect_uri') ?? 'null';
    throw new AuthorizationProblem(
      'invalid_grant',
      `Invalid redirect ${wanted} did not match one of the registered values`,
    );
  }
  if (responseTypes.size === 0) {
    throw new AuthorizationProblem(
      'invalid_request',
      'Missing response_type in authorization request',
      { redirect },
    );
  }
  return { client, user, fields, scope, responseTypes, redirect, authTime };
}

const supported = ['code', 'token', 'id_token'];

function checkChallenge(
  fields: URLSearchParams,
  { hasPkce }: Behaviour,
  back: ProblemDetails,
): void {
  const pkce = hasPkce ? challengeOf(fields) : undefined;
  const problem = pkce && challengeProblem(pkce);
  if (problem !== undefined) throw new AuthorizationProblem('invalid_request', problem, back);
}
