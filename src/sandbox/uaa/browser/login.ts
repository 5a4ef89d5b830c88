import {
  escapeHtml,
  html,
  json,
  prefersHtml,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { statusError } from '../errors.js';
import { createInfo } from '../info.js';
import { authenticateUser, parseLoginHint } from '../oauth/user-login.js';
import type { Realm } from '../realm.js';
import { readParameters } from '../requests.js';
import { findLoginOptions } from './login-options.js';
import {
  expiredCookies,
  findLoggedInUser,
  findSession,
  redirect,
  renderAlert,
  renderCsrfField,
  renderHidden,
  renderPage,
  startUserSession,
} from './pages.js';
import { matchesUriPattern } from './redirect-uri.js';

/** Creates the routes of the login page, the page after a login, and the passcode page. */
export function createBrowserRoutes(realm: Realm): readonly Route[] {
  const showHome = (request: SandboxRequest) => showHomePage(request, realm);
  return [
    route('*', '/login', (request) => showLoginPage(request, realm)),
    route('*', '/login.do', (request) => submitLogin(request, realm)),
    route('*', '/logout.do', (request) => logOut(request, realm)),
    route('GET', '/passcode', (request) => showPasscode(request, realm)),
    route('GET', '/', showHome),
    route('GET', '/home', showHome),
  ];
}

/** Shows the login page, or the content of `/info` to clients that prefer JSON. */
function showLoginPage(request: SandboxRequest, realm: Realm): SandboxResponse {
  if (findLoggedInUser(request, realm.state)) return redirect(request, '/home');
  if (!prefersHtml(request)) return json(200, createInfo(request, realm));
  const fields = readParameters(request);
  const { hint, error, hasForm, otherProviders } = findLoginOptions(request, realm);
  const problem = error ?? fields.get('error');
  const returnUrl =
    fields.get('form_redirect_uri') ?? findSession(request, realm.state)?.savedUrl ?? null;
  const form = `<form action="/login.do" method="post" novalidate accept-charset="UTF-8">
    ${renderCsrfField(request)}
    <input name="username" type="text" placeholder="Email" aria-label="Email" autofocus/>
    <input name="password" type="password" placeholder="Password" aria-label="Password"/>
    <input type="submit" value="Sign in" class="island-button"/>
    ${renderHidden('form_redirect_uri', returnUrl)}
    ${renderHidden('login_hint', hint ?? fields.get('login_hint'))}
  </form>`;
  const others = otherProviders.map(escapeHtml).join(', ');
  return html(
    200,
    renderPage(`<h1>Welcome!</h1>
  ${problem === null ? '' : renderAlert(messages.get(problem) ?? problem)}
  ${hasForm ? form : ''}
  ${others === '' ? '' : `<p>Other providers, which the sandbox does not support: ${others}</p>`}`),
  );
}

/** The messages of the login page, by the error code in its URL. */
const messages = new Map([
  ['login_failure', 'Unable to verify email or password. Please try again.'],
  ['account_locked', 'Your account has been locked because of too many failed logins.'],
  ['account_not_verified', 'Your account is not verified.'],
  ['password_change_required', 'You must change your password before you can log in.'],
  ['invalid_login_request', 'The login form is invalid or has expired. Please try again.'],
  ['invalid_login_hint', 'The login hint is invalid.'],
]);

const failureCodes = {
  badCredentials: 'login_failure',
  locked: 'account_locked',
  unverified: 'account_not_verified',
  changeRequired: 'password_change_required',
} as const;

/** Handles the form of the login page, and returns to the page that required the login. */
function submitLogin(request: SandboxRequest, { state }: Realm): SandboxResponse {
  if (request.method !== 'POST') throw statusError(request, 404);
  const fields = readParameters(request);
  const user = authenticateUser(state, {
    userName: (fields.get('username') ?? '').trim(),
    password: fields.get('password') ?? '',
    origin: parseLoginHint(fields.get('login_hint')),
  });
  if (typeof user === 'string') return redirect(request, `/login?error=${failureCodes[user]}`);
  const formUrl = fields.get('form_redirect_uri') ?? '';
  const { savedUrl = '/' } = findSession(request, state) ?? {};
  const target = isOwnUrl(formUrl, request) ? formUrl : savedUrl;
  return redirect(request, target, startUserSession(request, state, user));
}

/** Whether a URL has the host of this server, with any port. */
function isOwnUrl(url: string, { origin }: SandboxRequest): boolean {
  if (!/^https?:/i.test(url)) return false;
  return URL.canParse(url) && new URL(url).hostname === new URL(origin).hostname;
}

/**
 * Deletes the session. Redirects the browser to the parameter `redirect` if it is a URL of this server or
 * a redirect URI of the client in `client_id`; otherwise, to the login page.
 * @see UAA 77 `ZoneAwareWhitelistLogoutSuccessHandler`
 */
function logOut(request: SandboxRequest, { state }: Realm): SandboxResponse {
  const session = findSession(request, state);
  if (session) state.sessions.delete(session.id);
  const fields = readParameters(request);
  const target = fields.get('redirect') ?? '';
  const { redirectUris = [] } = state.clients.get(fields.get('client_id') ?? '') ?? {};
  const isAllowed =
    target.startsWith(`${request.origin}/`) ||
    (target !== '' && redirectUris.some((uri) => matchesUriPattern(uri, target)));
  return redirect(request, isAllowed ? target : '/login', expiredCookies);
}

function showHomePage(request: SandboxRequest, { state }: Realm): SandboxResponse {
  const content = '<h1>You are signed in</h1><p><a href="/passcode">Get a passcode</a></p>';
  return html(200, renderPage(content, findLoggedInUser(request, state)));
}

/** Creates a passcode and shows it on a page, or as a JSON string to clients that prefer JSON. */
function showPasscode(request: SandboxRequest, { state }: Realm): SandboxResponse {
  const user = findLoggedInUser(request, state);
  if (!user) throw statusError(request, 401);
  const code = state.passcodes.create(user.id);
  if (!prefersHtml(request)) return json(200, code);
  const content = `<h1>Temporary Authentication Code</h1><h2 class="code">${code}</h2>`;
  return html(200, renderPage(content, user));
}
