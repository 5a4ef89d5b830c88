import { escapeHtml, prefersHtml, readParameters } from '../requests.js';
import { empty, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { createInfo } from '../info.js';
import type { Realm } from '../realm.js';
import type { IdentityProvider } from '../store/identity-providers.js';
import { findLoggedInUser } from './browser-session.js';
import { redirectTo, toLocation } from './login-redirect.js';
import { createProviderUrl, hasLink, readLoginState, type LoginState } from './login-state.js';
import { renderAlert, renderPage } from './pages.js';
import { renderView } from './views.js';

/**
 * Shows the login page, or the data of `/info` to clients that prefer JSON.
 *
 * @see UAA 4.30.0 `LoginInfoEndpoint`
 */
export function showLoginPage(request: SandboxRequest, realm: Realm): SandboxResponse {
  const { state } = realm;
  if (findLoggedInUser(request, state)) {
    return redirectTo(request, '/home');
  }
  const login = readLoginState(request, realm);
  const target = findRedirectTarget(login);
  if (target && prefersHtml(request)) {
    return redirectToProvider(request, target);
  }
  return renderView(request, {
    html: () => renderLoginPage(request, login),
    data: () => createInfo(realm, request, login),
  });
}

/** Finds the provider to redirect to if the user has no other choice. */
function findRedirectTarget({ target, hasForm, providers }: LoginState) {
  return target ?? (!hasForm && providers.length === 1 ? providers[0] : undefined);
}

function redirectToProvider(request: SandboxRequest, provider: IdentityProvider): SandboxResponse {
  const url = createProviderUrl(provider, request);
  return url.startsWith('/') ? redirectTo(request, url) : empty(302, { location: toLocation(url) });
}

function renderLoginPage(
  request: SandboxRequest,
  { loginHint, error, hasForm, savedUrl, providers }: LoginState,
): string {
  const fields = readParameters(request);
  const success = fields.get('success');
  const problem = error ?? fields.get('error');
  const alerts = [
    problem === null ? '' : renderAlert(getMessage(problem)),
    success === null ? '' : renderAlert(getMessage(success), 'success'),
  ];
  const redirect = fields.get('form_redirect_uri')?.trim() ? fields.get('form_redirect_uri') : null;
  const form = `<form action="/login.do" method="post" novalidate="novalidate" accept-charset="UTF-8">
      <input type="hidden" name="X-Uaa-Csrf" value="${request.csrfToken ?? ''}"/>
      <input name="username" type="text" placeholder="Email" aria-label="Email" autofocus class="form-control"/>
      <input name="password" type="password" placeholder="Password" aria-label="Password" autocomplete="off"/>
      <input type="submit" value="Sign in" class="island-button"/>
      ${renderHidden('form_redirect_uri', redirect ?? savedUrl ?? null)}
      ${renderHidden('login_hint', loginHint ?? fields.get('login_hint'))}
    </form>`;
  return renderPage(`<h1>Welcome!</h1>
  <div class="island-content">
    ${alerts.join('')}
    ${hasForm ? form : ''}
    ${renderLinks(providers, request)}
  </div>`);
}

function renderLinks(providers: readonly IdentityProvider[], request: SandboxRequest): string {
  const links = providers.filter(hasLink).map((provider) => {
    const url = escapeHtml(createProviderUrl(provider, request));
    return `<div><a href="${url}">${escapeHtml(String(provider.config?.['linkText']))}</a></div>`;
  });
  return links.length === 0 ? '' : `<div><p>or sign in with:</p>${links.join('')}</div>`;
}

function renderHidden(name: string, value: string | null): string {
  return value === null ? '' : `<input name="${name}" type="hidden" value="${escapeHtml(value)}"/>`;
}

/** The texts of the login page, by the code in its URL. */
const messages: Readonly<Record<string, string>> = {
  login_failure: 'Unable to verify email or password. Please try again.',
  account_locked: 'Your account has been locked because of too many failed attempts to login.',
  invalid_login_request:
    'Invalid login attempt, request does not meet our security standards, please try again.',
  invalid_login_hint: 'The login hint is invalid.',
};

function getMessage(code: string): string {
  return messages[code] ?? code;
}
