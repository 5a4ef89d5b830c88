import type { AuthorizationRequest } from './authorization-request.js';
import { AuthorizationProblem } from './authorization-request.js';
import type { Realm } from '../realm.js';
import { asksAbout } from '../oauth/scopes.js';

/** The scopes that the person has to be asked about: once a month, and not where nobody is asked. */
export function stillToDecide(asked: AuthorizationRequest, realm: Realm): readonly string[] {
  return askedAbout(asked).filter((scope) => decision(asked, scope, realm) === undefined);
}

/** The scopes that a person is asked about at all. */
export function askedAbout({ client, scope }: AuthorizationRequest): readonly string[] {
  return asksAbout(client, scope);
}

/** @returns what was said about a scope; undefined where nothing was. */
export function decision(
  { client, user }: AuthorizationRequest,
  scope: string,
  { state }: Realm,
): boolean | undefined {
  return state.approvals.get({ userId: user.id, clientId: client.id, scope });
}

export function approvedScopes(asked: AuthorizationRequest, realm: Realm): readonly string[] {
  const mayBeAsked = new Set(askedAbout(asked));
  return asked.scope.filter(
    (scope) => !mayBeAsked.has(scope) || decision(asked, scope, realm) === true,
  );
}

/**
 * Takes the answer of the consent page: what is not ticked is denied. Who denies everything at
 * once is asked again the next time.
 *
 * @param form - `user_oauth_approval`, and `scope.N=scope.NAME` for each that is approved.
 * @throws AuthorizationProblem for a denial, and for scopes that nobody asked for.
 */
export function decide(asked: AuthorizationRequest, form: URLSearchParams, realm: Realm): void {
  const { client, user, redirect, responseTypes, fields } = asked;
  const back = {
    redirect,
    isInFragment: responseTypes.has('token'),
    state: fields.get('state'),
  };
  const ticked = new Set(
    [...form]
      .filter(([name]) => name.startsWith('scope.'))
      .map(([, value]) => value.replace(/^scope\./, '')),
  );
  if ([...ticked].some((scope) => !asked.scope.includes(scope))) {
    throw new AuthorizationProblem(
      'invalid_scope',
      'The requested scopes are invalid. Please use valid scope names in the request.',
      { ...back, isInFragment: false },
    );
  }
  if (form.get('user_oauth_approval') !== 'true') {
    throw new AuthorizationProblem('access_denied', 'User denied access', back);
  }
  for (const scope of askedAbout(asked)) {
    const key = { userId: user.id, clientId: client.id, scope };
    realm.state.approvals.put(key, ticked.has(scope));
  }
}
