import type { SandboxRequest, SandboxResponse } from '../../router.js';
import { escapeHtml } from '../html-escape.js';
import { createInfo } from '../info.js';
import { parseMediaTypes } from '../media-types.js';
import { selectLanguage } from '../negotiation.js';
import type { Realm } from '../realm.js';
import { containerError, readParameters } from '../servlet-container.js';
import { findLoggedInUser } from './browser-session.js';
import { readSessionId } from './cookies.js';
import { parseLoginHint } from './login-hint.js';
import { redirectTo } from './login-redirect.js';
import { renderAlert, renderPage } from './pages.js';
import { renderView, withLanguage } from './views.js';

/**
 * Shows the login page, or the data of `/info` to clients that prefer JSON.
 *
 * @see UAA 4.30.0 `LoginInfoEndpoint`
 */
export function showLoginPage(request: SandboxRequest, realm: Realm): SandboxResponse {
  const { state } = realm;
  if (!acceptsPageOrJson(request)) throw containerError(request, 406);
  if (findLoggedInUser(request, state)) {
    return withLanguage(request, redirectTo(request, '/home'));
  }
  const page = readPageState(request, realm);
  const { loginHint, error } = page;
  return renderView(request, {
    html: () => renderLoginPage(request, page),
    data: () => ({
      ...createInfo(realm, request),
      ...(loginHint !== undefined && { login_hint: loginHint }),
      ...(error !== undefined && { error }),
    }),
  });
}

/** Unlike other pages, this one is not shown to clients that accept neither HTML nor JSON. */
function acceptsPageOrJson({ headers }: SandboxRequest): boolean {
  const types = parseMediaTypes(headers['accept']);
  const accepted = ['*/*', 'text/*', 'application/*', 'text/html', 'application/json'];
  if (types?.length === 0) return true;
  return types?.some(({ type, subtype }) => accepted.includes(`${type}/${subtype}`)) ?? false;
}

interface LoginPageState {
  /** The accepted hint for the identity provider, unchanged. */
  readonly loginHint: string | undefined;
  readonly error: 'invalid_login_hint' | undefined;
  /** Whether the client of the saved request allows users with a password. */
  readonly hasForm: boolean;
  readonly savedUrl: string | undefined;
}

function readPageState(request: SandboxRequest, { state }: Realm): LoginPageState {
  const saved = state.sessions.get(readSessionId(request))?.savedRequest;
  const clientId = saved?.url.includes('/oauth/authorize') ? saved.fields.get('client_id') : null;
  const allowed = state.clients.get(clientId ?? '')?.information['allowedproviders'];
  const isAllowed = (origin: string) => !Array.isArray(allowed) || allowed.includes(origin);
  const text = saved?.fields.get('login_hint') ?? readParameters(request).get('login_hint');
  const hint = parseLoginHint(text);
  const isInternal = hint?.origin === 'uaa' || hint?.origin === 'ldap';
  const isValid = isInternal && isAllowed(hint.origin);
  const clientHint = Array.isArray(allowed) ? findClientHint(isAllowed) : undefined;
  return {
    loginHint: clientHint ?? (isValid ? (text ?? undefined) : undefined),
    error: hint && !isValid ? 'invalid_login_hint' : undefined,
    hasForm: ['ldap', 'uaa', 'keystone'].some(isAllowed),
    savedUrl: saved?.url,
  };
}

/** The only provider with passwords that a client allows. */
function findClientHint(isAllowed: (origin: string) => boolean): string | undefined {
  if (!['ldap', 'uaa', 'keystone'].some(isAllowed)) return undefined;
  if (!isAllowed('uaa')) return '{"origin":"ldap"}';
  return isAllowed('ldap') ? undefined : '{"origin":"uaa"}';
}

function renderLoginPage(
  request: SandboxRequest,
  { loginHint, error, hasForm, savedUrl }: LoginPageState,
): string {
  const fields = readParameters(request);
  const success = fields.get('success');
  const problem = error ?? fields.get('error');
  const alerts = [
    problem === null ? '' : renderAlert(getMessage(problem, request)),
    success === null ? '' : renderAlert(getMessage(success, request), 'success'),
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
  </div>`);
}

function renderHidden(name: string, value: string | null): string {
  return value === null ? '' : `<input name="${name}" type="hidden" value="${escapeHtml(value)}"/>`;
}

/** Returns the text for a code. Like the real server, shows unknown codes. */
function getMessage(code: string, request: SandboxRequest): string {
  const locale = selectLanguage(request).replace('-', '_');
  return Object.hasOwn(messages, code) ? (messages[code] ?? '') : `??login.${code}_${locale}??`;
}

const messages: Readonly<Record<string, string>> = {
  login_failure: 'Unable to verify email or password. Please try again.',
  password_reset: 'Password reset successful. Login to access your account.',
  idp_not_found:
    'Unable to map SAML identity provider. Please try a different authentication method.',
  password_expired: 'Your current password has expired. Please reset your password.',
  invalid_idp: 'The application is not authorized for your account.',
  invalid_login_hint: 'The origin provided in the login hint is invalid.',
  account_not_verified:
    'Your account is not verified. You can get another verification link by clicking on ' +
    'Create Account.',
  account_locked: 'Your account has been locked because of too many failed attempts to login.',
  invalid_login_request:
    'Invalid login attempt, the request does not meet our security standards and may ' +
    'indicate that the action was not originated by you. Please try again.',
  invite_accepted: 'Invitation accepted. Login to access your account.',
  verify_success: 'Verification successful. Login to access your account.',
  change_email_success: 'Email address successfully verified. Login to access your account.',
  account_not_precreated:
    'The user account must be pre-created. Please contact your system administrator.',
};
