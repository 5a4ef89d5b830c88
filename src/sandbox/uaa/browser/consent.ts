import { AuthorizationError, type AuthorizationRequest } from './authorization-request.js';
import type { Realm } from '../realm.js';
import { findScopesToConsent } from '../oauth/scopes.js';

/** Finds the scopes on which the user has not decided yet. */
export function findUndecidedScopes(
  authorization: AuthorizationRequest,
  realm: Realm,
): readonly string[] {
  return findConsentScopes(authorization).filter(
    (scope) => findDecision(authorization, scope, realm) === undefined,
  );
}

/** Finds the scopes that require the user's consent. */
export function findConsentScopes({ client, scope }: AuthorizationRequest): readonly string[] {
  return findScopesToConsent(client, scope);
}

/** Returns whether the user has approved a scope; undefined if the user has not decided yet. */
export function findDecision(
  { client, user }: AuthorizationRequest,
  scope: string,
  { state }: Realm,
): boolean | undefined {
  return state.approvals.get({ userId: user.id, clientId: client.id, scope });
}

/** Finds the scopes to grant: those that are approved, or that do not require consent. */
export function findApprovedScopes(
  authorization: AuthorizationRequest,
  realm: Realm,
): readonly string[] {
  const scopesToConsent = new Set(findConsentScopes(authorization));
  return authorization.scope.filter(
    (scope) => !scopesToConsent.has(scope) || findDecision(authorization, scope, realm) === true,
  );
}

/**
 * Stores the decisions from the consent page. Scopes that are not checked are denied. If the user
 * denies the whole request, nothing is stored, and the page is shown again next time.
 *
 * @param form - `user_oauth_approval`, and `scope.N=scope.NAME` for each approved scope.
 * @throws AuthorizationError if the user denies the request, or if the form contains scopes that
 *   were not requested.
 */
export function storeDecisions(
  authorization: AuthorizationRequest,
  form: URLSearchParams,
  realm: Realm,
): void {
  const { client, user, redirectUri, responseTypes, fields } = authorization;
  const errorDetails = {
    redirectUri,
    isInFragment: responseTypes.has('token'),
    state: fields.get('state'),
  };
  const approvedScopes = new Set(
    [...form]
      .filter(([name]) => name.startsWith('scope.'))
      .map(([, value]) => value.replace(/^scope\./, '')),
  );
  if ([...approvedScopes].some((scope) => !authorization.scope.includes(scope))) {
    throw new AuthorizationError(
      'invalid_scope',
      'The requested scopes are invalid. Please use valid scope names in the request.',
      { ...errorDetails, isInFragment: false },
    );
  }
  if (form.get('user_oauth_approval') !== 'true') {
    throw new AuthorizationError('access_denied', 'User denied access', errorDetails);
  }
  for (const scope of findConsentScopes(authorization)) {
    const key = { userId: user.id, clientId: client.id, scope };
    realm.state.approvals.put(key, approvedScopes.has(scope));
  }
}
