import { AuthorizationProblem, type AuthorizationRequest } from './authorization-request.js';
import type { Realm } from '../realm.js';
import { scopesToConsent } from '../oauth/scopes.js';

/** The scopes without a valid decision of the user. */
export function undecidedScopes(
  authorization: AuthorizationRequest,
  realm: Realm,
): readonly string[] {
  return consentScopes(authorization).filter(
    (scope) => findDecision(authorization, scope, realm) === undefined,
  );
}

/** The scopes that need the user's consent. */
export function consentScopes({ client, scope }: AuthorizationRequest): readonly string[] {
  return scopesToConsent(client, scope);
}

/** @returns the user's decision about a scope; undefined if there is none. */
export function findDecision(
  { client, user }: AuthorizationRequest,
  scope: string,
  { state }: Realm,
): boolean | undefined {
  return state.approvals.get({ userId: user.id, clientId: client.id, scope });
}

export function approvedScopes(
  authorization: AuthorizationRequest,
  realm: Realm,
): readonly string[] {
  const needConsent = new Set(consentScopes(authorization));
  return authorization.scope.filter(
    (scope) => !needConsent.has(scope) || findDecision(authorization, scope, realm) === true,
  );
}

/**
 * Stores the decisions of the consent page: scopes that are not checked are denied. If the user
 * denies the whole request, nothing is stored, and the user is asked again the next time.
 *
 * @param form - `user_oauth_approval`, and `scope.N=scope.NAME` for each that is approved.
 * @throws AuthorizationProblem for a denial, and for scopes that were not requested.
 */
export function decide(
  authorization: AuthorizationRequest,
  form: URLSearchParams,
  realm: Realm,
): void {
  const { client, user, redirect, responseTypes, fields } = authorization;
  const back = {
    redirect,
    isInFragment: responseTypes.has('token'),
    state: fields.get('state'),
  };
  const checked = new Set(
    [...form]
      .filter(([name]) => name.startsWith('scope.'))
      .map(([, value]) => value.replace(/^scope\./, '')),
  );
  if ([...checked].some((scope) => !authorization.scope.includes(scope))) {
    throw new AuthorizationProblem(
      'invalid_scope',
      'The requested scopes are invalid. Please use valid scope names in the request.',
      { ...back, isInFragment: false },
    );
  }
  if (form.get('user_oauth_approval') !== 'true') {
    throw new AuthorizationProblem('access_denied', 'User denied access', back);
  }
  for (const scope of consentScopes(authorization)) {
    const key = { userId: user.id, clientId: client.id, scope };
    realm.state.approvals.put(key, checked.has(scope));
  }
}
