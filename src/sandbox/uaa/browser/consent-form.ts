import { statusError } from '../errors.js';
import { readParameters } from '../requests.js';
import { empty, type SandboxRequest, type SandboxResponse } from '../../router.js';
import type { Realm } from '../realm.js';
import type { Session } from '../store/sessions.js';
import { AuthorizationError } from './authorization-failure.js';
import { createErrorLocation, noStore } from './authorization-location.js';
import type { Principal } from './authorization-request.js';
import { createAuthorizationResponse } from './authorization-response.js';
import { findApprovedScopes, findUndecidedScopes, storeDecisions } from './consent.js';

/**
 * Handles the form of the consent page.
 *
 * @throws AuthorizationError if the session has no request that waits for consent.
 */
export async function submitConsent(
  request: SandboxRequest,
  { user }: Principal,
  session: Session | undefined,
  realm: Realm,
): Promise<SandboxResponse> {
  const { state } = realm;
  const pending = session?.pending;
  if (!session || !pending) {
    const description = 'Cannot approve uninitialized authorization request.';
    throw new AuthorizationError('invalid_request', description, { isForUser: true });
  }
  const client = state.clients.get(pending.client.id);
  if (!client) {
    const details = { status: 401, isForUser: true };
    throw new AuthorizationError('invalid_client', 'Bad client credentials', details);
  }
  const authorization = { ...pending, client, user };
  const form = readParameters(request);
  const checkedValues = [...form]
    .filter(([name]) => name.startsWith('scope.'))
    .map(([, scope]) => scope);
  if (checkedValues.some((scope) => scope.length < 'scope.'.length))
    throw statusError(request, 500);
  state.sessions.put({ ...session, pending: undefined });
  const scopes = new Set(checkedValues.map((scope) => scope.slice('scope.'.length)));
  if ([...scopes].some((scope) => !pending.scope.includes(scope))) {
    const message =
      'The requested scopes are invalid. Please use valid scope names in the request.';
    const error = { error: 'invalid_scope', message };
    return empty(302, { location: createErrorLocation(error, authorization, false), ...noStore });
  }
  if (form.get('user_oauth_approval')?.toLowerCase() === 'true') {
    const granted = storeDecisions(authorization, scopes, realm);
    return createAuthorizationResponse(authorization, granted, realm);
  }
  if (findUndecidedScopes(authorization, realm).length === 0) {
    const scope = findApprovedScopes(authorization, realm);
    return createAuthorizationResponse(authorization, scope, realm);
  }
  const error = { error: 'access_denied', message: 'User denied access' };
  return empty(302, { location: createErrorLocation(error, authorization), ...noStore });
}
