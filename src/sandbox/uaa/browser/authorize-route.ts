import { isObject, parseJson } from '../../json.js';
import {
  empty,
  html,
  json,
  prefersHtml,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { challenges, oauthError, statusError } from '../errors.js';
import { authenticateCaller, insufficientScopeError } from '../oauth/token-check.js';
import { authenticateUser, failureDescriptions } from '../oauth/user-login.js';
import type { Realm } from '../realm.js';
import { readParameters } from '../requests.js';
import type { Principal } from '../store/expiring.js';
import {
  AuthorizationError,
  createSessionState,
  parseAuthorizationRequest,
  respondToClient,
  respondWithError,
} from './authorization-request.js';
import { findConsentScopes, showConsent, submitConsent } from './consent.js';
import { findLoggedInUser, findSession, redirect, renderAlert, renderPage } from './pages.js';
import { addParameters, resolveRedirectUri } from './redirect-uri.js';

/**
 * Creates the routes of `/oauth/authorize`. The browser sends the client's authorization request,
 * the user consents to the scopes, and the browser is redirected to the client with the response.
 * @see UAA 77 `UaaAuthorizationEndpoint`; RFC 6749, sections 4.1 and 4.2
 */
export function createAuthorizeRoutes(realm: Realm): readonly Route[] {
  return [route('*', '/oauth/authorize', (request) => handleRequest(request, realm))];
}

/**
 * How the user of an authorization request is authenticated:
 *
 * - `credentials`: by a name and password in the form, which tpks and uaac send.
 * - `bearer`: by an access token, which `cf ssh-code` sends.
 * - `silent`: by the browser session; the login page is not shown.
 * - `session`: by the browser session, or on the login page.
 */
type Authentication = 'credentials' | 'bearer' | 'silent' | 'session';

/** @returns `session` for requests to all other paths. */
export function selectAuthentication(request: SandboxRequest): Authentication {
  if (request.path !== '/oauth/authorize') return 'session';
  const fields = readParameters(request);
  const responseType = fields.get('response_type') ?? '';
  const { accept = '', authorization = '' } = request.headers;
  const requestsToken = responseType.startsWith('token') && /^(application\/json|$)/.test(accept);
  if (requestsToken && fields.get('source') === 'credentials') return 'credentials';
  const hasToken = /^bearer /i.test(authorization);
  if (hasToken && responseType.startsWith('code') && fields.has('client_id')) return 'bearer';
  // CSRF tokens, which the consent form requires, are checked only for `session`.
  const isSilent = fields.get('prompt') === 'none' && !fields.has('user_oauth_approval');
  return isSilent ? 'silent' : 'session';
}

async function handleRequest(request: SandboxRequest, realm: Realm): Promise<SandboxResponse> {
  const principal = await authenticate(request, realm);
  if (!principal) return rejectSilentRequest(request, realm);
  const isConsent = request.method === 'POST' && readParameters(request).has('user_oauth_approval');
  try {
    return isConsent
      ? await submitConsent(request, principal, realm)
      : await authorize(request, principal, realm);
  } catch (error) {
    if (error instanceof AuthorizationError) return respondToError(error, request);
    throw error;
  }
}

/** @returns undefined if the user is not logged in, and the login page must not be shown. */
async function authenticate(request: SandboxRequest, realm: Realm): Promise<Principal | undefined> {
  const { state } = realm;
  switch (selectAuthentication(request)) {
    case 'credentials':
      return authenticateByCredentials(request, realm);
    case 'bearer':
      return authenticateByToken(request, realm);
    case 'silent':
    case 'session': {
      const user = findLoggedInUser(request, state);
      const { authenticatedAt = 0 } = findSession(request, state) ?? {};
      return user && { user, authTime: Math.floor(authenticatedAt / 1000) };
    }
  }
}

/**
 * Authenticates a user by the username and password in the form, or in a JSON object in the
 * parameter `credentials`.
 * @throws ErrorResponse 401.
 */
function authenticateByCredentials(request: SandboxRequest, { state }: Realm): Principal {
  const reject = (description: string) =>
    oauthError(401, 'unauthorized', description, { challenge: challenges.passcode });
  if (request.method !== 'POST') {
    throw reject('Credentials must be sent by (one of methods): [POST]');
  }
  const fields = readParameters(request);
  const parsed = parseJson(fields.get('credentials') ?? '');
  const credentials = isObject(parsed) ? parsed : {};
  const read = (name: string): string => {
    const value = credentials[name];
    return typeof value === 'string' ? value : (fields.get(name) ?? '');
  };
  const user = authenticateUser(state, { userName: read('username'), password: read('password') });
  if (typeof user === 'string') throw reject(failureDescriptions[user]);
  return { user, authTime: Math.floor(state.now() / 1000) };
}

/** Authenticates a user by a token with the scope `uaa.user` or `uaa.admin`. */
async function authenticateByToken(request: SandboxRequest, realm: Realm): Promise<Principal> {
  const { user, scope, claims } = await authenticateCaller(request, realm);
  const accepted = ['uaa.admin', 'uaa.user'];
  if (!accepted.some((name) => scope.includes(name))) throw insufficientScopeError(accepted);
  // The real server also fails for a token of a client.
  if (!user) throw statusError(request, 500);
  const authTime = claims['auth_time'];
  return { user, authTime: typeof authTime === 'number' ? authTime : undefined };
}

/**
 * Responds to a request with `prompt=none` if the user is not logged in.
 * @see OpenID Connect Core 1.0, section 3.1.2.6
 */
function rejectSilentRequest(request: SandboxRequest, { state }: Realm): SandboxResponse {
  const fields = readParameters(request);
  const client = state.clients.get(fields.get('client_id') ?? '');
  const target = client && resolveRedirectUri(fields.get('redirect_uri'), client);
  if (!target || 'problem' in target) return empty(400);
  const requestsCode = (fields.get('response_type') ?? '').split(' ').includes('code');
  const place = requestsCode ? 'query' : 'fragment';
  const parameters = { error: 'login_required', session_state: createSessionState(target.uri) };
  return redirect(request, addParameters(target.uri, place, parameters));
}

/** Redirects to the client if no scope requires a decision by the user; otherwise, shows the consent page. */
async function authorize(
  request: SandboxRequest,
  principal: Principal,
  realm: Realm,
): Promise<SandboxResponse> {
  const authorization = parseAuthorizationRequest(readParameters(request), principal, realm);
  const { scope, fields, redirectUri } = authorization;
  const { undecided, denied } = findConsentScopes(authorization, realm);
  if (undecided.length === 0) {
    const grantedScopes = scope.filter((name) => !denied.includes(name));
    return respondToClient(request, authorization, grantedScopes, realm);
  }
  if (fields.get('prompt') !== 'none') return showConsent(request, authorization, realm);
  const parameters = { error: 'interaction_required' };
  return redirect(request, addParameters(redirectUri, 'fragment', parameters));
}

/** Sends an error to the client, or shows it to the user. */
function respondToError(
  { message, error, details: { target, status = 400 } }: AuthorizationError,
  request: SandboxRequest,
): SandboxResponse {
  const errorBody = { error, error_description: message };
  if (target) return respondWithError(request, errorBody, target);
  if (!prefersHtml(request)) return json(status, errorBody);
  const heading = '<h2>The authorization request of the application is invalid.</h2>';
  return html(status, renderPage(`${renderAlert(message)}${heading}`));
}
