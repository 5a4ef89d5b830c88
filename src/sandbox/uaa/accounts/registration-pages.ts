import { renderAlert, renderPage } from '../browser/pages.js';
import { type Route, type SandboxResponse } from '../../router.js';
import { containerError, readParameters } from '../http/servlet-container.js';
import { getMessage } from './messages.js';
import { createUnverifiedUser, isEmptyOrEmail, isValidUserName } from './new-users.js';
import { clientFields, renderForm, renderIsland } from './page-html.js';
import { ensureSession, type Visit } from './visit.js';
import { pageRoute, readClient, requireParameters } from './page-route.js';
import { readConfirmedPassword } from './password-pages.js';
import { findClientRedirect, findPasswordProblem, readCodeData } from './password-reset.js';
import { redirectView, type View } from './view.js';
import type { Realm } from '../realm.js';

const lifetimeMilliseconds = 3_600_000;
const intent = 'REGISTRATION';

/** Creates the routes of the pages where users create an account. */
export function registrationPageRoutes(realm: Realm): readonly Route[] {
  return [
    pageRoute(realm, '/create_account', {
      GET: (visit) => ({ ...showForm(visit), model: { ...readClient(visit.request) } }),
    }),
    pageRoute(realm, '/create_account.do', { POST: register }),
    pageRoute(realm, '/verify_user', { GET: verifyUser }),
  ];
}

/** @param problem - error message above the form. */
function showForm(visit: Visit, problem?: string): View {
  const form = renderForm({
    action: '/create_account.do',
    csrfToken: visit.csrfToken,
    alert: renderAlert(problem),
    fields: [
      ...clientFields(readClient(visit.request)),
      { name: 'email', type: 'email', label: 'Enter your email' },
      { name: 'password', type: 'password', label: 'Password' },
      { name: 'password_confirmation', type: 'password', label: 'Confirm' },
    ],
    submit: 'Send activation link',
  });
  const login = '<a href="/login">Already joined? Sign in.</a>';
  return { html: renderIsland('Create your account', `${form}${login}`) };
}

function register(visit: Visit): View | SandboxResponse {
  const { request } = visit;
  requireParameters(request, 'password', 'password_confirmation');
  const parameters = readParameters(request);
  if (!isBoolean(parameters.get('does_user_consent'))) throw containerError(request, 400);
  const email = parameters.get('email');
  if (email !== null && !isEmptyOrEmail(email)) return reject(visit, { code: 'invalid_email' });
  if (email === null) throw containerError(request, 500);
  const password = readConfirmedPassword(parameters, 'password', 'password_confirmation');
  if (password === undefined) return reject(visit, { code: 'form_error' });
  const problem = findPasswordProblem(password);
  if (problem !== undefined) return reject(visit, { text: problem });
  if (!createAccount(visit, email, password)) return reject(visit, { code: 'username_exists' });
  return redirectView(request, '/accounts/email_sent');
}

/** Whether Spring can convert the text to a boolean. A missing value counts as false. */
function isBoolean(text: string | null): boolean {
  return text === null || /^(true|false|on|off|yes|no|1|0|)$/i.test(text);
}

function reject(
  visit: Visit,
  problem: { readonly code: string } | { readonly text: string },
): View {
  const isCode = 'code' in problem;
  const text = isCode ? getMessage(`create_account.${problem.code}`) : problem.text;
  return {
    ...showForm(visit, text),
    status: 422,
    model: {
      email: { email: readParameters(visit.request).get('email') },
      ...(isCode ? { error_message_code: problem.code } : { error_message: problem.text }),
    },
  };
}

/**
 * Creates an account, or only a new code if there is already an unverified account.
 *
 * @returns false if the email address is an invalid username, or belongs to a verified user.
 */
function createAccount(visit: Visit, email: string, password: string): boolean {
  const { state } = visit;
  const existing = state.users.findByName(email, 'uaa');
  if (existing?.verified) return false;
  if (email === '') return true;
  if (!isValidUserName(email)) return false;
  const user = existing ?? createUnverifiedUser(state, { email, password });
  const data = JSON.stringify({ user_id: user.id, email, ...readClient(visit.request) });
  state.expiringCodes.create({ data, intent, expiresAt: state.now() + lifetimeMilliseconds });
  return true;
}

function verifyUser(visit: Visit): View | SandboxResponse {
  const { request, state } = visit;
  const { code: name } = requireParameters(request, 'code');
  ensureSession(visit);
  const code = state.expiringCodes.redeem(name);
  if (!code || (code.intent !== undefined && code.intent !== intent)) {
    const model = { error_message_code: 'code_expired' };
    return { status: 422, html: renderExpiredLink(), model };
  }
  const data = readCodeData(code);
  const user = state.users.get(data?.['user_id'] ?? '');
  if (!data || !user) throw containerError(request, 500);
  state.users.put({ ...user, verified: true });
  const target = findClientRedirect(state, data['client_id'], data['redirect_uri']);
  const suffix = target === undefined ? '' : `&form_redirect_uri=${target}`;
  return redirectView(request, `/login?success=verify_success${suffix}`);
}

function renderExpiredLink(): string {
  return renderPage(`<h1>Create your account</h1>
  <div class="island-content">
    <div class="alert alert-error"><p>Your activation link has expired. Please request a new one
    <a href="/create_account">here</a>.</p></div>
    <a href="/login">Already joined? Sign in.</a>
  </div>`);
}
