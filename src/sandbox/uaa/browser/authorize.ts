import { createHash, randomBytes } from 'node:crypto';
import { json, route } from '../../router.js';
import type { Route, SandboxRequest, SandboxResponse } from '../../router.js';
import { AuthorizationProblem, authorizationRequest } from './authorization-request.js';
import type { AuthorizationRequest } from './authorization-request.js';
import { loggedIn, sendToLogin } from './login.js';
import { authorizationAnswer } from './authorization-response.js';
import { decide, stillToDecide } from './consent.js';
import { consentJson, consentPage } from './consent-page.js';
import { errorPage, wantsJson } from '../container-error.js';
import { csrfCookie, newCsrf, sessionCookie, sessionIdOf } from './cookies.js';
import { csrfProblem, csrfErrorResponse } from './csrf.js';
import { htmlEscape } from '../html-escape.js';
import { challenges } from '../oauth/error.js';
import { authorizationErrorPage } from './pages.js';
import { parameters } from '../parameters.js';
import { passwordUser } from '../oauth/password-grant.js';
import type { Realm } from '../realm.js';
import { matchingRedirect } from './redirect-match.js';
import { withAnswer } from './redirect-response.js';

/**
 * `/oauth/authorize`: a browser asks for a client, a person answers, and the browser takes the
 * answer to the client.
 *
 * @see UAA 4.30.0 `UaaAuthorizationEndpoint`; RFC 6749, sections 4.1 and 4.2
 */
export function authorizeRoutes(realm: Realm): readonly Route[] {
  return [
    route('GET', '/oauth/authorize', (request) => told(request, () => ask(request, realm))),
    route('POST', '/oauth/authorize', (request) =>
      told(request, () => {
        if (isPostedLogin(request)) return posted(request, realm);
        const problem = csrfProblem(request);
        if (problem !== undefined) return Promise.resolve(refusedForm(request, problem));
        return parameters(request).has('user_oauth_approval')
          ? answer(request, realm)
          : ask(request, realm);
      }),
    ),
  ];
}

/** Who is not logged in is sent to do so, and comes back; `prompt=none` asks nobody anything. */
async function ask(request: SandboxRequest, realm: Realm): Promise<SandboxResponse> {
  const { state } = realm;
  const fields = parameters(request);
  const user = loggedIn(request, state);
  if (!user) {
    return fields.get('prompt') === 'none' ? nobody(fields, realm) : sendToLogin(request, state);
  }
  const session = state.sessions.get(sessionIdOf(request));
  const asked = authorizationRequest(fields, { user, authTime: session?.authTime }, realm);
  const undecided = stillToDecide(asked, realm);
  if (undecided.length === 0) return authorizationAnswer(asked, realm);
  if (fields.get('prompt') === 'none') {
    return redirect(withAnswer(asked.redirect, { error: 'interaction_required' }, true));
  }
  // What a person answers is about what was asked here, and not about what the form says.
  if (session) state.sessions.put({ ...session, pending: asked });
  return consent(request, asked, realm);
}

function consent(
  request: SandboxRequest,
  asked: AuthorizationRequest,
  realm: Realm,
): SandboxResponse {
  const csrf = newCsrf();
  const cookie = { 'set-cookie': csrfCookie(csrf) };
  if (wantsJson(request)) return json(200, consentJson(asked, request.origin, realm), cookie);
  return html(200, consentPage(asked, { csrf, origin: request.origin }, realm), cookie);
}

/** The form of the consent page. */
async function answer(request: SandboxRequest, realm: Realm): Promise<SandboxResponse> {
  const { state } = realm;
  const user = loggedIn(request, state);
  if (!user) return sendToLogin(request, state);
  const session = state.sessions.get(sessionIdOf(request));
  const asked = session?.pending;
  if (!session || !asked) {
    throw new AuthorizationProblem(
      'invalid_request',
      'Cannot approve uninitialized authorization request.',
    );
  }
  state.sessions.put({ ...session, pending: undefined });
  decide(asked, parameters(request), realm);
  return authorizationAnswer(asked, realm);
}

/** A client that has no browser sends name and password along; who is shown a page does not. */
function isPostedLogin(request: SandboxRequest): boolean {
  const fields = parameters(request);
  const isWanted = (fields.get('response_type') ?? '').startsWith('token');
  return isWanted && fields.get('source') === 'credentials' && wantsJson(request);
}

async function posted(request: SandboxRequest, realm: Realm): Promise<SandboxResponse> {
  const fields = parameters(request);
  const { user, authTime } = passwordUser(fields, realm, challenges.passcode);
  const asked = authorizationRequest(fields, { user, authTime }, realm);
  if (stillToDecide(asked, realm).length === 0) return authorizationAnswer(asked, realm);
  const session = realm.state.sessions.create({ userId: user.id, pending: asked });
  const headers = { 'set-cookie': sessionCookie(session.id) };
  return json(200, consentJson(asked, request.origin, realm), headers);
}

/** Whether the UAA would come back at all, it says without a login. */
function nobody(fields: URLSearchParams, { state }: Realm): SandboxResponse {
  const client = state.clients.get(fields.get('client_id') ?? '');
  const target = client && matchingRedirect(fields.get('redirect_uri'), client.redirectUris);
  if (target === undefined) return { status: 400, headers: {}, body: '' };
  const isCode = (fields.get('response_type') ?? '').split(' ').includes('code');
  const salt = randomBytes(32).toString('hex');
  const sessionState = `${createHash('sha256').update(`${target} ${salt}`).digest('hex')}.${salt}`;
  const said = { error: 'login_required', session_state: sessionState };
  return redirect(withAnswer(target, said, !isCode));
}

/** A problem goes back to the client where that is safe, else to the person at the browser. */
async function told(
  request: SandboxRequest,
  work: () => Promise<SandboxResponse>,
): Promise<SandboxResponse> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AuthorizationProblem)) throw error;
    const { status, message, redirect: target, isInFragment, state } = error;
    if (target !== undefined) {
      const said = {
        error: error.error,
        error_description: message,
        ...(state !== null && { state }),
      };
      return redirect(withAnswer(target, said, isInFragment));
    }
    if (wantsJson(request)) {
      return json(status, { error: error.error, error_description: htmlEscape(message) });
    }
    return html(status, authorizationErrorPage(message));
  }
}

function refusedForm(request: SandboxRequest, problem: string): SandboxResponse {
  // Who posts a login as a browser would is sent to the page for it.
  if (parameters(request).get('source') === 'credentials' && !wantsJson(request)) {
    const headers = { 'set-cookie': csrfCookie(newCsrf()) };
    const location = `${request.origin}/login?error=invalid_login_request`;
    return { status: 302, headers: { location, ...headers }, body: '' };
  }
  return wantsJson(request) ? csrfErrorResponse(request, problem) : errorPage(request, 403);
}

function redirect(location: string): SandboxResponse {
  return { status: 302, headers: { location }, body: '' };
}

function html(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): SandboxResponse {
  return { status, headers: { 'content-type': 'text/html;charset=UTF-8', ...headers }, body };
}
