import { createHash, randomBytes } from 'node:crypto';
import {
  json,
  route,
  empty,
  html,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import {
  AuthorizationError,
  parseAuthorizationRequest,
  type AuthorizationRequest,
} from './authorization-request.js';
import { findLoggedInUser, redirectToLogin } from './login-routes.js';
import { createAuthorizationResponse } from './authorization-response.js';
import { storeDecisions, findUndecidedScopes } from './consent.js';
import { formatConsentJson, renderConsentPage } from './consent-page.js';
import { errorPageResponse, wantsJson, readParameters } from '../servlet-container.js';
import {
  formatCsrfCookie,
  createCsrfToken,
  formatSessionCookie,
  readSessionId,
  validateCsrfToken,
  csrfErrorResponse,
} from './cookies.js';
import { escapeHtml } from '../html-escape.js';
import { challenges } from '../oauth/error.js';
import { renderAuthorizationErrorPage } from './pages.js';
import { authenticateByPassword } from '../oauth/password-grant.js';
import type { Realm } from '../realm.js';
import { resolveRedirectUri, addResponseParams } from './redirect-uri.js';

/**
 * Creates the routes of `/oauth/authorize`. The browser sends the client's authorization request,
 * the user consents to the scopes, and the browser is redirected to the client with the response.
 *
 * @see UAA 4.30.0 `UaaAuthorizationEndpoint`; RFC 6749, sections 4.1 and 4.2
 */
export function authorizeRoutes(realm: Realm): readonly Route[] {
  return [
    route('GET', '/oauth/authorize', (request) =>
      withErrorResponse(request, () => startAuthorization(request, realm)),
    ),
    route('POST', '/oauth/authorize', (request) =>
      withErrorResponse(request, () => {
        if (isPostedLogin(request)) return authorizePostedLogin(request, realm);
        const csrfError = validateCsrfToken(request);
        if (csrfError !== undefined) return Promise.resolve(rejectForm(request, csrfError));
        return readParameters(request).has('user_oauth_approval')
          ? submitConsent(request, realm)
          : startAuthorization(request, realm);
      }),
    ),
  ];
}

/**
 * Handles an authorization request: redirects to the login page, shows the consent page, or
 * redirects to the client. With `prompt=none`, an error replaces both pages.
 */
async function startAuthorization(request: SandboxRequest, realm: Realm): Promise<SandboxResponse> {
  const { state } = realm;
  const fields = readParameters(request);
  const user = findLoggedInUser(request, state);
  if (!user) {
    return fields.get('prompt') === 'none'
      ? loginRequiredResponse(fields, realm)
      : redirectToLogin(request, state);
  }
  const session = state.sessions.get(readSessionId(request));
  const authorization = parseAuthorizationRequest(
    fields,
    { user, authTime: session?.authTime },
    realm,
  );
  const undecidedScopes = findUndecidedScopes(authorization, realm);
  if (undecidedScopes.length === 0) return createAuthorizationResponse(authorization, realm);
  if (fields.get('prompt') === 'none') {
    return redirectTo(
      addResponseParams(authorization.redirectUri, { error: 'interaction_required' }, true),
    );
  }
  // Consent applies to this stored request, not to the parameters that the form submits.
  if (session) state.sessions.put({ ...session, pending: authorization });
  return showConsent(request, authorization, realm);
}

function showConsent(
  request: SandboxRequest,
  authorization: AuthorizationRequest,
  realm: Realm,
): SandboxResponse {
  const csrfToken = createCsrfToken();
  const cookie = { 'set-cookie': formatCsrfCookie(csrfToken) };
  if (wantsJson(request)) {
    return json(200, formatConsentJson(authorization, request.origin, realm), cookie);
  }
  return html(
    200,
    renderConsentPage(authorization, { csrfToken, origin: request.origin }, realm),
    cookie,
  );
}

/** Handles the form of the consent page. */
async function submitConsent(request: SandboxRequest, realm: Realm): Promise<SandboxResponse> {
  const { state } = realm;
  const user = findLoggedInUser(request, state);
  if (!user) return redirectToLogin(request, state);
  const session = state.sessions.get(readSessionId(request));
  const authorization = session?.pending;
  if (!session || !authorization) {
    throw new AuthorizationError(
      'invalid_request',
      'Cannot approve uninitialized authorization request.',
    );
  }
  state.sessions.put({ ...session, pending: undefined });
  storeDecisions(authorization, readParameters(request), realm);
  return createAuthorizationResponse(authorization, realm);
}

/** Whether the request contains the user's name and password, for clients without a browser. */
function isPostedLogin(request: SandboxRequest): boolean {
  const fields = readParameters(request);
  const isImplicit = (fields.get('response_type') ?? '').startsWith('token');
  return isImplicit && fields.get('source') === 'credentials' && wantsJson(request);
}

async function authorizePostedLogin(
  request: SandboxRequest,
  realm: Realm,
): Promise<SandboxResponse> {
  const fields = readParameters(request);
  const { user, authTime } = authenticateByPassword(fields, realm, challenges.passcode);
  const authorization = parseAuthorizationRequest(fields, { user, authTime }, realm);
  if (findUndecidedScopes(authorization, realm).length === 0) {
    return createAuthorizationResponse(authorization, realm);
  }
  const session = realm.state.sessions.create({ userId: user.id, pending: authorization });
  const headers = { 'set-cookie': formatSessionCookie(session.id) };
  return json(200, formatConsentJson(authorization, request.origin, realm), headers);
}

/** Creates the response to `prompt=none` if no user is logged in. */
function loginRequiredResponse(fields: URLSearchParams, { state }: Realm): SandboxResponse {
  const client = state.clients.get(fields.get('client_id') ?? '');
  const redirectUri = client && resolveRedirectUri(fields.get('redirect_uri'), client.redirectUris);
  if (redirectUri === undefined) return empty(400);
  const isCode = (fields.get('response_type') ?? '').split(' ').includes('code');
  const salt = randomBytes(32).toString('hex');
  const hash = createHash('sha256').update(`${redirectUri} ${salt}`).digest('hex');
  const params = { error: 'login_required', session_state: `${hash}.${salt}` };
  return redirectTo(addResponseParams(redirectUri, params, !isCode));
}

/** Sends errors to the client if the redirect URI is valid; otherwise shows them to the user. */
async function withErrorResponse(
  request: SandboxRequest,
  handle: () => Promise<SandboxResponse>,
): Promise<SandboxResponse> {
  try {
    return await handle();
  } catch (error) {
    if (!(error instanceof AuthorizationError)) throw error;
    const { message, details } = error;
    const { status = 400, redirectUri, isInFragment = false, state = null } = details;
    if (redirectUri !== undefined) {
      const params = {
        error: error.error,
        error_description: message,
        ...(state !== null && { state }),
      };
      return redirectTo(addResponseParams(redirectUri, params, isInFragment));
    }
    if (wantsJson(request)) {
      return json(status, { error: error.error, error_description: escapeHtml(message) });
    }
    return html(status, renderAuthorizationErrorPage(message));
  }
}

function rejectForm(request: SandboxRequest, csrfError: string): SandboxResponse {
  // A login request that does not accept JSON is treated like a form from a browser.
  if (readParameters(request).get('source') === 'credentials' && !wantsJson(request)) {
    const headers = { 'set-cookie': formatCsrfCookie(createCsrfToken()) };
    const location = `${request.origin}/login?error=invalid_login_request`;
    return empty(302, { location, ...headers });
  }
  return wantsJson(request)
    ? csrfErrorResponse(request, csrfError)
    : errorPageResponse(request, 403);
}

function redirectTo(location: string): SandboxResponse {
  return empty(302, { location });
}
