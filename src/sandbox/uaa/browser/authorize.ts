import { isObject, parseJson, type JsonObject } from '../../body.js';
import {
  empty,
  escapeHtml,
  html,
  json,
  prefersHtml,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { challenges, oauthError, statusError } from '../errors.js';
import { findScopesToConsent } from '../oauth/scopes.js';
import { authenticateCaller, insufficientScopeError } from '../oauth/token-check.js';
import { authenticateUser, failureDescriptions } from '../oauth/user-login.js';
import type { Realm } from '../realm.js';
import { readParameters } from '../requests.js';
import type { AuthorizationRequest, Principal } from '../store/expiring.js';
import {
  addParameters,
  AuthorizationError,
  createSessionState,
  parseAuthorizationRequest,
  resolveRedirectUri,
  respondToClient,
  respondWithError,
} from './authorization.js';
import {
  findLoggedInUser,
  findSession,
  redirect,
  renderAlert,
  renderCsrfField,
  renderPage,
  updateSession,
} from './pages.js';

/**
 * Creates the routes of `/oauth/authorize`. The browser sends the client's authorization request,
 * the user consents to the scopes, and the browser is redirected to the client with the response.
 *
 * @see UAA 77 `UaaAuthorizationEndpoint`; RFC 6749, sections 4.1 and 4.2
 */
export function authorizeRoutes(realm: Realm): readonly Route[] {
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
  const isForToken = responseType.startsWith('token') && /^(application\/json|$)/.test(accept);
  if (isForToken && fields.get('source') === 'credentials') return 'credentials';
  const hasToken = /^bearer /i.test(authorization);
  if (hasToken && responseType.startsWith('code') && fields.has('client_id')) return 'bearer';
  // The consent form is checked for its CSRF token only in a session.
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
 *
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
  const user = authenticateUser(state, read('username'), read('password'));
  if (typeof user === 'string') throw reject(failureDescriptions[user]);
  return { user, authTime: Math.floor(state.now() / 1000) };
}

/** Authenticates a user by a token with the scope `uaa.user` or `uaa.admin`. */
async function authenticateByToken(request: SandboxRequest, realm: Realm): Promise<Principal> {
  const { user, scope, claims } = await authenticateCaller(request, realm);
  const accepted = ['uaa.admin', 'uaa.user'];
  if (!accepted.some((name) => scope.includes(name))) throw insufficientScopeError(accepted);
  // The real server fails for the token of a client.
  if (!user) throw statusError(request, 500);
  const authTime = claims['auth_time'];
  return { user, authTime: typeof authTime === 'number' ? authTime : undefined };
}

/**
 * Responds to a request with `prompt=none` if the user is not logged in.
 *
 * @see OpenID Connect Core 1.0, section 3.1.2.6
 */
function rejectSilentRequest(request: SandboxRequest, { state }: Realm): SandboxResponse {
  const fields = readParameters(request);
  const client = state.clients.get(fields.get('client_id') ?? '');
  const target = client && resolveRedirectUri(fields.get('redirect_uri'), client);
  if (!target || 'problem' in target) return empty(400);
  const isForCode = (fields.get('response_type') ?? '').split(' ').includes('code');
  const place = isForCode ? 'query' : 'fragment';
  const parameters = { error: 'login_required', session_state: createSessionState(target.uri) };
  return redirect(request, addParameters(target.uri, place, parameters));
}

/** Redirects to the client if the user has decided on all scopes, or shows the consent page. */
async function authorize(
  request: SandboxRequest,
  principal: Principal,
  realm: Realm,
): Promise<SandboxResponse> {
  const authorization = parseAuthorizationRequest(readParameters(request), principal, realm);
  const { scope, fields, redirectUri } = authorization;
  const { undecided, denied } = findConsentScopes(authorization, realm);
  if (undecided.length === 0) {
    const granted = scope.filter((name) => !denied.includes(name));
    return respondToClient(request, authorization, granted, realm);
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

/** The requested scopes that require the user's consent, by the user's decision. */
interface ConsentScopes {
  readonly undecided: readonly string[];
  readonly approved: readonly string[];
  readonly denied: readonly string[];
}

function findConsentScopes(
  { client, user, scope }: AuthorizationRequest,
  { state }: Realm,
): ConsentScopes {
  const scopes = findScopesToConsent(client, scope);
  const find = (decision: boolean | undefined) =>
    scopes.filter(
      (name) =>
        state.approvals.get({ userId: user.id, clientId: client.id, scope: name }) === decision,
    );
  return { undecided: find(undefined), approved: find(true), denied: find(false) };
}

/** Shows the consent page, and stores the request in the session until the user decides. */
function showConsent(
  request: SandboxRequest,
  authorization: AuthorizationRequest,
  realm: Realm,
): SandboxResponse {
  const cookies = updateSession(request, realm.state, { pending: authorization });
  const headers = cookies.length > 0 ? { 'set-cookie': [...cookies] } : {};
  return prefersHtml(request)
    ? html(200, renderConsentPage(request, authorization, realm), headers)
    : json(200, formatConsent(request, authorization, realm), headers);
}

/**
 * Handles the form of the consent page. It applies to the authorization request in the session;
 * other parameters are ignored. Scopes that are not checked are denied.
 *
 * @throws AuthorizationError
 */
async function submitConsent(
  request: SandboxRequest,
  { user }: Principal,
  realm: Realm,
): Promise<SandboxResponse> {
  const { state } = realm;
  const pending = findSession(request, state)?.pending;
  if (!pending) {
    const description = 'Cannot approve uninitialized authorization request.';
    throw new AuthorizationError('invalid_request', description);
  }
  updateSession(request, state, { pending: undefined });
  const client = state.clients.get(pending.client.id);
  if (!client) {
    throw new AuthorizationError('invalid_client', 'Bad client credentials', { status: 401 });
  }
  const authorization = { ...pending, client, user };
  const { scope } = authorization;
  const form = readParameters(request);
  const values = [...form].flatMap(([name, value]) => (name.startsWith('scope.') ? [value] : []));
  const isChecked = (name: string) => values.includes(`scope.${name}`);
  if (!values.every((value) => scope.some((name) => value === `scope.${name}`))) {
    const description =
      'The requested scopes are invalid. Please use valid scope names in the request.';
    const target = { ...authorization, responseTypes: new Set<string>() };
    throw new AuthorizationError('invalid_scope', description, { target });
  }
  if (form.get('user_oauth_approval')?.toLowerCase() !== 'true') {
    throw new AuthorizationError('access_denied', 'User denied access', { target: authorization });
  }
  const scopes = findScopesToConsent(client, scope);
  for (const name of scopes) {
    const key = { userId: user.id, clientId: client.id, scope: name };
    state.approvals.put(key, isChecked(name));
  }
  const granted = scope.filter((name) => isChecked(name) || !scopes.includes(name));
  return respondToClient(request, authorization, granted, realm);
}

/** Lists the values and descriptions of scopes on the consent page. */
function listItems(scopes: readonly string[], { state }: Realm) {
  return scopes.toSorted().map((name) => ({
    code: `scope.${name}`,
    text: state.groups.findByName(name)?.description?.trim() || name,
  }));
}

function getDisplayName({ client }: AuthorizationRequest): string {
  const { name } = client.information;
  return typeof name === 'string' ? name : client.id;
}

/** Returns the redirect URI without its query and fragment. */
function getRedirectPage({ redirectUri }: AuthorizationRequest): string {
  return redirectUri.replace(/[?#].*$/s, '');
}

function renderConsentPage(
  request: SandboxRequest,
  authorization: AuthorizationRequest,
  realm: Realm,
): string {
  const name = escapeHtml(getDisplayName(authorization));
  const redirectUri = escapeHtml(getRedirectPage(authorization));
  const { undecided, approved, denied } = findConsentScopes(authorization, realm);
  const items = listItems([...undecided, ...approved, ...denied], realm);
  const boxes = items.map(({ code, text }, index) => {
    const id = `scope.${String(index)}`;
    const state = denied.some((scope) => code === `scope.${scope}`) ? '' : 'checked="checked"';
    return `<li>
      <input type="checkbox" ${state} name="${id}" id="${id}" value="${escapeHtml(code)}"/>
      <label for="${id}">${escapeHtml(text)}</label>
    </li>`;
  });
  return renderPage(
    `<h1>Application Authorization</h1>
  <form id="application_authorization" action="/oauth/authorize" method="POST">
    ${renderCsrfField(request)}
    <h2>${name}</h2>
    <a class="application-link" href="${redirectUri}">${redirectUri}</a>
    <p>${name} has requested permission to access your account. If you do not recognize this
    application or its URL, you should click deny. The application will not see your password.</p>
    <ul class="application-scopes">
    ${boxes.join('\n    ')}
    </ul>
    <div class="actions">
      <button id="deny" type="submit" name="user_oauth_approval" value="false">Deny</button>
      <button id="authorize" type="submit" name="user_oauth_approval" value="true">Authorize</button>
    </div>
  </form>`,
    authorization.user,
  );
}

/** Formats the consent page as JSON, from which tpks sees that the user must approve the client. */
function formatConsent(
  { origin }: SandboxRequest,
  authorization: AuthorizationRequest,
  realm: Realm,
): JsonObject {
  const { undecided, approved, denied } = findConsentScopes(authorization, realm);
  const formatOption = (value: string) => ({
    path: '/oauth/authorize',
    location: `${origin}/oauth/authorize`,
    value,
    key: 'user_oauth_approval',
  });
  return {
    auth_request: describeAuthorization(authorization),
    redirect_uri: getRedirectPage(authorization),
    client_display_name: getDisplayName(authorization),
    approved_scopes: listItems(approved, realm),
    undecided_scopes: listItems(undecided, realm),
    denied_scopes: listItems(denied, realm),
    scopes: listItems([...undecided, ...approved, ...denied], realm),
    message:
      'To confirm or deny access POST to the following locations with the parameters requested.',
    options: { confirm: formatOption('true'), deny: formatOption('false') },
  };
}

function describeAuthorization(authorization: AuthorizationRequest): JsonObject {
  const { client, fields, redirectUri, responseTypes, scope, state } = authorization;
  return {
    approvalParameters: {},
    approved: false,
    authorities: client.authorities.map((authority) => ({ authority })),
    clientId: client.id,
    extensions: {},
    redirectUri,
    requestParameters: Object.fromEntries(fields),
    resourceIds: [...new Set([client.id, ...scope.map((name) => name.replace(/\.[^.]*$/, ''))])],
    responseTypes: [...responseTypes],
    scope,
    state,
  };
}
