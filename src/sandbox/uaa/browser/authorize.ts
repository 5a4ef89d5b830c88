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
  AuthorizationProblem,
  authorizationRequest,
  type AuthorizationRequest,
} from './authorization-request.js';
import { loggedIn, sendToLogin } from './login.js';
import { authorizationResponse } from './authorization-response.js';
import { decide, undecidedScopes } from './consent.js';
import { consentJson, consentPage } from './consent-page.js';
import { errorPage, wantsJson, parameters } from '../container.js';
import {
  csrfCookie,
  newCsrf,
  sessionCookie,
  sessionIdOf,
  csrfProblem,
  csrfErrorResponse,
} from './cookies.js';
import { htmlEscape } from '../html-escape.js';
import { challenges } from '../oauth/error.js';
import { authorizationErrorPage } from './pages.js';
import { passwordUser } from '../oauth/password-grant.js';
import type { Realm } from '../realm.js';
import { matchingRedirect, withResponse } from './redirect-uri.js';

/**
 * `/oauth/authorize`: the browser sends a client's request, the user consents, and the browser is
 * redirected to the client with the response.
 *
 * @see UAA 4.30.0 `UaaAuthorizationEndpoint`; RFC 6749, sections 4.1 and 4.2
 */
export function authorizeRoutes(realm: Realm): readonly Route[] {
  return [
    route('GET', '/oauth/authorize', (request) => withProblems(request, () => ask(request, realm))),
    route('POST', '/oauth/authorize', (request) =>
      withProblems(request, () => {
        if (isPostedLogin(request)) return postedLogin(request, realm);
        const problem = csrfProblem(request);
        if (problem !== undefined) return Promise.resolve(rejectForm(request, problem));
        return parameters(request).has('user_oauth_approval')
          ? submitConsent(request, realm)
          : ask(request, realm);
      }),
    ),
  ];
}

/** Redirects to the login page if necessary; with `prompt=none`, the user is not asked. */
async function ask(request: SandboxRequest, realm: Realm): Promise<SandboxResponse> {
  const { state } = realm;
  const fields = parameters(request);
  const user = loggedIn(request, state);
  if (!user) {
    return fields.get('prompt') === 'none'
      ? loginRequired(fields, realm)
      : sendToLogin(request, state);
  }
  const session = state.sessions.get(sessionIdOf(request));
  const authorization = authorizationRequest(fields, { user, authTime: session?.authTime }, realm);
  const undecided = undecidedScopes(authorization, realm);
  if (undecided.length === 0) return authorizationResponse(authorization, realm);
  if (fields.get('prompt') === 'none') {
    return redirect(withResponse(authorization.redirect, { error: 'interaction_required' }, true));
  }
  // The consent is for this request, whatever the form contains.
  if (session) state.sessions.put({ ...session, pending: authorization });
  return consent(request, authorization, realm);
}

function consent(
  request: SandboxRequest,
  authorization: AuthorizationRequest,
  realm: Realm,
): SandboxResponse {
  const csrf = newCsrf();
  const cookie = { 'set-cookie': csrfCookie(csrf) };
  if (wantsJson(request))
    return json(200, consentJson(authorization, request.origin, realm), cookie);
  return html(200, consentPage(authorization, { csrf, origin: request.origin }, realm), cookie);
}

/** The form of the consent page. */
async function submitConsent(request: SandboxRequest, realm: Realm): Promise<SandboxResponse> {
  const { state } = realm;
  const user = loggedIn(request, state);
  if (!user) return sendToLogin(request, state);
  const session = state.sessions.get(sessionIdOf(request));
  const authorization = session?.pending;
  if (!session || !authorization) {
    throw new AuthorizationProblem(
      'invalid_request',
      'Cannot approve uninitialized authorization request.',
    );
  }
  state.sessions.put({ ...session, pending: undefined });
  decide(authorization, parameters(request), realm);
  return authorizationResponse(authorization, realm);
}

/** Clients without a browser send name and password with the request. */
function isPostedLogin(request: SandboxRequest): boolean {
  const fields = parameters(request);
  const isWanted = (fields.get('response_type') ?? '').startsWith('token');
  return isWanted && fields.get('source') === 'credentials' && wantsJson(request);
}

async function postedLogin(request: SandboxRequest, realm: Realm): Promise<SandboxResponse> {
  const fields = parameters(request);
  const { user, authTime } = passwordUser(fields, realm, challenges.passcode);
  const authorization = authorizationRequest(fields, { user, authTime }, realm);
  if (undecidedScopes(authorization, realm).length === 0)
    return authorizationResponse(authorization, realm);
  const session = realm.state.sessions.create({ userId: user.id, pending: authorization });
  const headers = { 'set-cookie': sessionCookie(session.id) };
  return json(200, consentJson(authorization, request.origin, realm), headers);
}

/** The redirect URI is checked without a login. */
function loginRequired(fields: URLSearchParams, { state }: Realm): SandboxResponse {
  const client = state.clients.get(fields.get('client_id') ?? '');
  const target = client && matchingRedirect(fields.get('redirect_uri'), client.redirectUris);
  if (target === undefined) return empty(400);
  const isCode = (fields.get('response_type') ?? '').split(' ').includes('code');
  const salt = randomBytes(32).toString('hex');
  const sessionState = `${createHash('sha256').update(`${target} ${salt}`).digest('hex')}.${salt}`;
  const params = { error: 'login_required', session_state: sessionState };
  return redirect(withResponse(target, params, !isCode));
}

/** Sends a problem to the client if the redirect URI is valid, and shows it to the user otherwise. */
async function withProblems(
  request: SandboxRequest,
  work: () => Promise<SandboxResponse>,
): Promise<SandboxResponse> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AuthorizationProblem)) throw error;
    const { message, details } = error;
    const { status = 400, redirect: target, isInFragment = false, state = null } = details;
    if (target !== undefined) {
      const params = {
        error: error.error,
        error_description: message,
        ...(state !== null && { state }),
      };
      return redirect(withResponse(target, params, isInFragment));
    }
    if (wantsJson(request)) {
      return json(status, { error: error.error, error_description: htmlEscape(message) });
    }
    return html(status, authorizationErrorPage(message));
  }
}

function rejectForm(request: SandboxRequest, problem: string): SandboxResponse {
  // A login that is posted like a browser's form is redirected to the login page.
  if (parameters(request).get('source') === 'credentials' && !wantsJson(request)) {
    const headers = { 'set-cookie': csrfCookie(newCsrf()) };
    const location = `${request.origin}/login?error=invalid_login_request`;
    return empty(302, { location, ...headers });
  }
  return wantsJson(request) ? csrfErrorResponse(request, problem) : errorPage(request, 403);
}

function redirect(location: string): SandboxResponse {
  return empty(302, { location });
}
