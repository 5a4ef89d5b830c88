import { challenges, oauthError, statusError } from '../errors.js';
import { readParameters } from '../requests.js';
import { getAuthTime } from '../store/sessions.js';
import {
  empty,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { authenticateCaller, insufficientScopeError } from '../oauth/bearer.js';
import type { Realm } from '../realm.js';
import { respondToError } from './authorization-error.js';
import { describeAuthorization } from './authorization-json.js';
import { noStore } from './authorization-location.js';
import {
  parseAuthorizationRequest,
  type AuthorizationRequest,
  type Principal,
} from './authorization-request.js';
import { createAuthorizationResponse } from './authorization-response.js';
import { selectAuthorizeChain } from './authorize-chains.js';
import { findLoggedInUser, updateSession } from './browser-session.js';
import { findApprovedScopes, findUndecidedScopes } from './consent.js';
import { submitConsent } from './consent-form.js';
import { formatConsentJson, renderConsentPage } from './consent-page.js';
import { readSessionId } from './cookies.js';
import { authenticateByCredentials } from './credentials.js';
import { formatUrl, redirectToLogin, toLocation } from './login-redirect.js';
import { renderPage } from './pages.js';
import { addFragment, addQuery } from './redirect-uri.js';
import { authorizeSilently } from './silent-login.js';
import { renderView } from './views.js';

/**
 * Creates the routes of `/oauth/authorize`. The browser sends the client's authorization request,
 * the user consents to the scopes, and the browser is redirected to the client with the response.
 *
 * @see UAA 4.30.0 `UaaAuthorizationEndpoint`; RFC 6749, sections 4.1 and 4.2
 */
export function authorizeRoutes(realm: Realm): readonly Route[] {
  return [
    route('OPTIONS', '/oauth/authorize', (request) => {
      const user = findLoggedInUser(request, realm.state);
      return user ? empty(200, { allow: 'POST' }) : redirectToLogin(request, realm.state);
    }),
    route('*', '/oauth/authorize', (request) => authorizeByChain(request, realm)),
    route('*', '/oauth/confirm_access', (request) => showPendingConsent(request, realm)),
    route('*', '/oauth/error', (request) => showPendingError(request, realm)),
  ];
}

async function authorizeByChain(request: SandboxRequest, realm: Realm): Promise<SandboxResponse> {
  const { state } = realm;
  const respond = (principal: Principal) => authorize(request, principal, realm);
  switch (selectAuthorizeChain(request)) {
    case 'login':
      return rejectLoginServer(request, realm);
    case 'oldLogin':
      throw statusError(request, 500, {
        'set-cookie': updateSession(request, state, {})[0] ?? '',
      });
    case 'credentials':
      return respond(authenticateByCredentials(request, realm));
    case 'bearer':
      return respond(await authenticateByToken(request, realm));
    case 'silent':
      return authorizeSilently(request, realm, respond);
    case 'page': {
      const principal = findPrincipal(request, realm);
      return principal ? respond(principal) : redirectToLogin(request, state);
    }
  }
}

/** Finds the user who is logged in, and the time of the login. */
function findPrincipal(request: SandboxRequest, { state }: Realm): Principal | undefined {
  const user = findLoggedInUser(request, state);
  return user && { user, authTime: getAuthTime(state.sessions.get(readSessionId(request))) };
}

/** Authenticates a user by a token with the scope `uaa.user` or `uaa.admin`. */
async function authenticateByToken(request: SandboxRequest, realm: Realm): Promise<Principal> {
  const { user, scope, claims } = await authenticateCaller(request, realm);
  const accepted = ['uaa.admin', 'uaa.user'];
  if (!accepted.some((name) => scope.includes(name))) throw insufficientScopeError(accepted);
  if (!user) throw statusError(request, 500);
  const authTime = claims['auth_time'];
  return { user, authTime: typeof authTime === 'number' ? authTime : undefined };
}

/** Rejects a request of an external login server, which the sandbox does not support. */
async function rejectLoginServer(request: SandboxRequest, realm: Realm): Promise<never> {
  if (request.headers['authorization'] === undefined) {
    throw oauthError(401, 'invalid_token', 'Missing oauth token.', {
      challenge: challenges.passcode,
    });
  }
  await authenticateCaller(request, realm);
  const description = 'Invalid token does not contain resource id (oauth)';
  throw oauthError(403, 'access_denied', description, { challenge: challenges.resource });
}

/** Handles a request of an authenticated user. */
async function authorize(
  request: SandboxRequest,
  principal: Principal,
  realm: Realm,
): Promise<SandboxResponse> {
  const { state } = realm;
  const session = state.sessions.get(readSessionId(request));
  const isApproval =
    request.method === 'POST' && readParameters(request).has('user_oauth_approval');
  try {
    const response = isApproval
      ? await submitConsent(request, principal, session, realm)
      : await startAuthorization(request, principal, realm);
    return response;
  } catch (error) {
    return respondToError(error, request, realm, session);
  }
}

/**
 * Shows the consent page, or redirects to the client. With `prompt=none`, an error replaces the
 * page.
 */
async function startAuthorization(
  request: SandboxRequest,
  principal: Principal,
  realm: Realm,
): Promise<SandboxResponse> {
  const fields = readParameters(request);
  const authorization = parseAuthorizationRequest(fields, principal, realm);
  const { redirectUri } = authorization;
  if (!authorization.responseTypes) {
    // Unlike other errors, this one is not encoded and does not contain the state.
    const error =
      'error=invalid_request&error_description=Missing response_type in authorization request';
    return empty(302, { location: toLocation(addQuery(redirectUri, error)), ...noStore });
  }
  if (findUndecidedScopes(authorization, realm).length === 0) {
    const scope = findApprovedScopes(authorization, realm);
    return createAuthorizationResponse(authorization, scope, realm);
  }
  if (fields.get('prompt') === 'none') {
    return empty(302, {
      location: toLocation(addFragment(redirectUri, 'error=interaction_required')),
      ...noStore,
    });
  }
  // Consent applies to this stored request, not to the parameters that the form submits.
  const cookies = updateSession(request, realm.state, { pending: authorization });
  return showConsent(request, authorization, { cookies, originalUrl: formatUrl(request) }, realm);
}

function showConsent(
  request: SandboxRequest,
  authorization: AuthorizationRequest,
  {
    cookies,
    originalUrl,
  }: { readonly cookies: readonly string[]; readonly originalUrl: string | undefined },
  realm: Realm,
): SandboxResponse {
  return renderView(
    request,
    {
      html: () =>
        renderConsentPage(authorization, { csrfToken: request.csrfToken, originalUrl }, realm),
      data: () => formatConsentJson(authorization, request, realm),
    },
    { headers: { ...noStore, ...(cookies.length > 0 && { 'set-cookie': [...cookies] }) } },
  );
}

/** Shows the consent page of the session again. */
function showPendingConsent(request: SandboxRequest, realm: Realm): SandboxResponse {
  const { state } = realm;
  const authorization = state.sessions.get(readSessionId(request))?.pending;
  if (!findLoggedInUser(request, state)) return redirectToLogin(request, state);
  if (!authorization) throw statusError(request, 500);
  return showConsent(request, authorization, { cookies: [], originalUrl: undefined }, realm);
}

/**
 * Shows the error page without an error. On the real server, this fails for HTML, but not for JSON.
 */
function showPendingError(request: SandboxRequest, { state }: Realm): SandboxResponse {
  const pending = state.sessions.get(readSessionId(request))?.pending;
  return renderView(
    request,
    { html: () => renderPage(''), data: () => (pending ? describeAuthorization(pending) : {}) },
    { status: 200, headers: noStore },
  );
}
