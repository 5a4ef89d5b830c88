import {
  acceptsJson,
  html,
  json,
  toErrorResponse,
  type Handler,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import type { Behaviour } from '../uaa-releases.js';
import type { Realm } from '../realm.js';
import { readParameters } from '../requests.js';
import type { State } from '../store/state.js';
import { selectAuthentication } from './authorize-route.js';
import {
  addCookies,
  createCsrfToken,
  csrfName,
  findLoggedInUser,
  findSession,
  formatCsrfCookie,
  readCsrfCookie,
  redirect,
  renderAlert,
  renderPage,
  updateSession,
} from './pages.js';

/** Paths that do not use the browser session: APIs, and files that browsers request automatically. */
const sessionlessPaths = new RegExp(
  '^/(info|healthz|check_token|introspect|userinfo|token_keys?|password/score|Users|' +
    'Groups|ids|identity-zones|identity-providers|oauth/token|oauth/clients|\\.well-known|' +
    'favicon\\.ico)(/|$)',
);

/** Pages that do not require a login. */
const publicPaths = ['/login', '/login.do', '/logout.do'];

/**
 * Protects the pages for browsers: forms need a CSRF token, and users who are not logged in are
 * redirected to the login page.
 * @see UAA 77 `login-ui.xml`
 */
export function withPageSecurity(realm: Realm, next: Handler): Handler {
  return async (request, params) => {
    const { path } = request;
    const isSessionless = sessionlessPaths.test(path) && !path.endsWith('/');
    const isPage = !isSessionless && selectAuthentication(request) === 'session';
    if (!isPage) return next(request, params);
    const knownToken = isRead(request) ? undefined : readCsrfCookie(request);
    const csrfToken = knownToken ?? createCsrfToken();
    const pageRequest = { ...request, csrfToken };
    const earlyResponse = repeatLogin(pageRequest, realm.state) ?? rejectForm(pageRequest, realm);
    const isAllowed = publicPaths.includes(path) || findLoggedInUser(request, realm.state);
    const respond = async () =>
      isAllowed ? next(pageRequest, params) : redirectToLogin(pageRequest, realm.state);
    const response = earlyResponse ?? (await respond().catch(toErrorResponse));
    return addCookies(response, knownToken === undefined ? [formatCsrfCookie(csrfToken)] : []);
  };
}

/** Requests that only read need no CSRF token. */
function isRead({ method }: SandboxRequest): boolean {
  return ['GET', 'HEAD', 'OPTIONS'].includes(method);
}

/**
 * Rejects a form that was not submitted from a page of this server. On these pages, the hidden field of
 * forms equals the CSRF cookie.
 */
function rejectForm(
  request: SandboxRequest,
  { state, settings: { behaviour } }: Realm,
): SandboxResponse | undefined {
  if (isRead(request)) return undefined;
  const cookie = readCsrfCookie(request);
  const field = request.headers['x-csrf-token'] ?? readParameters(request).get(csrfName);
  if (cookie !== undefined && cookie === field) return undefined;
  if (acceptsJson(request)) return json(403, { error: describeProblem(cookie, field, behaviour) });
  if (!findLoggedInUser(request, state)) {
    return redirect(request, '/login?error=invalid_login_request');
  }
  const text = 'The form is invalid or has expired. Go back, reload the page and try again.';
  return html(403, renderPage(renderAlert(text)));
}

function describeProblem(
  cookie: string | undefined,
  field: string | null,
  { missingCsrfText }: Behaviour,
): string {
  if (cookie === undefined) return `Could not verify the provided CSRF token ${missingCsrfText}`;
  return (
    `Invalid CSRF Token '${field ?? 'null'}' was found on the request parameter ` +
    `'${csrfName}' or header 'X-CSRF-TOKEN'.`
  );
}

/**
 * Ends the session and repeats an authorization request if `prompt=login` or `max_age` requires a new
 * login.
 * @see OpenID Connect Core 1.0, section 3.1.2.1
 */
function repeatLogin(request: SandboxRequest, state: State): SandboxResponse | undefined {
  if (request.path !== '/oauth/authorize') return undefined;
  const fields = readParameters(request);
  const session = findSession(request, state);
  const isLogin = fields.get('prompt') === 'login';
  const age = state.now() - (session?.authenticatedAt ?? state.now());
  const isOld = fields.has('max_age') && age > Number(fields.get('max_age')) * 1000;
  if (!isLogin && !isOld) return undefined;
  if (session) state.sessions.delete(session.id);
  fields.delete(isLogin ? 'prompt' : 'max_age');
  return redirect(request, `${request.path}?${fields.toString()}`);
}

/** Redirects to the login page. The browser returns to the requested page after the login. */
function redirectToLogin(request: SandboxRequest, state: State): SandboxResponse {
  const { method, origin, path, query, rawQuery = query.toString() } = request;
  const savedUrl = `${origin}${path}${rawQuery === '' ? '' : `?${rawQuery}`}`;
  const cookies = method === 'GET' ? updateSession(request, state, { savedUrl }) : [];
  return redirect(request, '/login', cookies);
}
