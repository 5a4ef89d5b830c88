import { escapeMarkup } from '../http/html-escape.js';
import { route, type Route, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { secretMatches } from '../store/secret-hash.js';
import { addCookies, formatSessionCookie, readSessionId } from '../browser/cookies.js';
import { containerError, readParameters } from '../http/servlet-container.js';
import { getMessage } from './messages.js';
import { clientFields, renderForm, renderIsland, type Field } from './page-html.js';
import { createVisit, type Visit } from './visit.js';
import { pageRoute, readClient, requireParameters, respond } from './page-route.js';
import {
  createResetCode,
  findPasswordProblem,
  readCodeData,
  replaceCode,
  resetPassword,
  samePasswordProblem,
  setPassword,
} from './password-reset.js';
import { redirectByFilter, redirectView, type View } from './view.js';
import type { ExpiringCode } from '../store/expiring-codes.js';
import type { Realm } from '../realm.js';
import type { User } from '../store/users.js';

/** Creates the routes of the pages to change a password, or to reset a forgotten one. */
export function passwordPageRoutes(realm: Realm): readonly Route[] {
  return [
    pageRoute(realm, '/forgot_password', { GET: (visit) => showForgotten(visit) }),
    pageRoute(realm, '/forgot_password.do', { POST: sendResetLink }),
    pageRoute(realm, '/reset_password', { GET: openReset }),
    createResetRoute(realm),
    pageRoute(realm, '/change_password', { GET: (visit) => showChange(visit) }),
    pageRoute(realm, '/change_password.do', { POST: changePassword }),
  ];
}

/** @param problem - code of the error message above the form. */
function showForgotten({ request, csrfToken }: Visit, problem?: string): View {
  const client = readClient(request);
  const form = renderForm({
    action: '/forgot_password.do',
    csrfToken,
    alert: renderProblem(problem && getMessage(`forgot_password.${problem}`)),
    fields: [...clientFields(client), { name: 'username', type: 'text', label: 'Username' }],
    submit: 'Send reset password link',
  });
  return {
    html: renderIsland('Reset Password', `${form}<a href="/login">Back to Sign In</a>`),
    model: { ...client },
  };
}

/** Renders an error message above a form. */
export function renderProblem(text: string | undefined): string {
  return text === undefined ? '' : `<div class="error-message">${escapeMarkup(text)}</div>`;
}

/**
 * Creates a code, although the sandbox does not send emails. The response does not reveal whether
 * the user exists.
 */
function sendResetLink({ request, state }: Visit): SandboxResponse {
  const { username } = requireParameters(request, 'username');
  createResetCode(state, username, readClient(request));
  return redirectView(request, '/email_sent?code=reset_password');
}

function openReset(visit: Visit): View {
  const { code } = requireParameters(visit.request, 'code');
  return showReset(visit, visit.state.expiringCodes.redeem(code)) ?? rejectCode(visit);
}

function rejectCode(visit: Visit): View {
  return { ...showForgotten(visit, 'bad_code'), status: 422, model: { message_code: 'bad_code' } };
}

/** @returns undefined if the code is missing or its user is unknown. */
function showReset(
  { request, state, csrfToken }: Visit,
  code: ExpiringCode | undefined,
  problem?: string,
): View | undefined {
  if (!code) return undefined;
  const data = readCodeData(code);
  if (!data) throw containerError(request, 500);
  const user = state.users.get(data['user_id'] ?? '');
  if (!user) return undefined;
  const { email, userName } = user;
  const model = { code: replaceCode(state, code), email, username: userName };
  const form = renderForm({
    action: '/reset_password.do',
    csrfToken,
    alert: renderProblem(problem),
    fields: [
      ...Object.entries(model).map(([name, value]): Field => ({ name, type: 'hidden', value })),
      { name: 'password', type: 'password', label: 'New Password' },
      { name: 'password_confirmation', type: 'password', label: 'Confirm' },
    ],
    submit: 'Create new password',
  });
  const name = `<div>Username: ${escapeMarkup(userName)}</div>`;
  return { html: renderIsland('Reset Password', `${name}${form}`), model };
}

/** In the real UAA, a filter handles this path and ignores the method. */
function createResetRoute({ state }: Realm): Route {
  return route('*', '/reset_password.do', (request) => {
    const visit = createVisit(request, state);
    const response = respond({ ...request, method: 'POST' }, visit, { any: submitReset });
    return addCookies(response, visit.cookies);
  });
}

function submitReset(visit: Visit): View | SandboxResponse {
  const { request, state } = visit;
  const parameters = readParameters(request);
  const codeName = parameters.get('code');
  if (codeName === null) throw containerError(request, 500);
  const code = state.expiringCodes.redeem(codeName);
  const password = readConfirmedPassword(parameters, 'password', 'password_confirmation');
  if (password === undefined) {
    // The real server fails because it tries to replace the unknown code.
    if (!code) throw containerError(request, 500);
    return rejectPassword(visit, code, getMessage('reset_password.form_error'));
  }
  const result = code ? resetPassword(state, code, password) : 'invalidCode';
  if (result === 'unknownUser') throw containerError(request, 500);
  if (typeof result === 'string') return { ...showForgotten(visit, 'bad_code'), status: 422 };
  if ('problem' in result) return rejectPassword(visit, code, result.problem);
  const { redirectUri } = result;
  const target = redirectUri === 'home' ? '' : `&form_redirect_uri=${redirectUri}`;
  return redirectByFilter(request, `/login?success=password_reset${target}`);
}

function rejectPassword(visit: Visit, code: ExpiringCode | undefined, problem: string): View {
  return { ...(showReset(visit, code, problem) ?? rejectCode(visit)), status: 422 };
}

/**
 * Reads a new password, which forms contain twice.
 *
 * @returns undefined if the passwords are blank or differ.
 */
export function readConfirmedPassword(
  parameters: URLSearchParams,
  name: string,
  confirmationName: string,
): string | undefined {
  const password = parameters.get(name) ?? '';
  return password.trim() !== '' && password === parameters.get(confirmationName)
    ? password
    : undefined;
}

/** @param problem - error message above the form. */
function showChange({ user, csrfToken }: Visit, problem?: string): View {
  const form = renderForm({
    action: '/change_password.do',
    csrfToken,
    alert: renderProblem(problem),
    fields: [
      { name: 'current_password', type: 'password', label: 'Current password' },
      { name: 'new_password', type: 'password', label: 'New password' },
      { name: 'confirm_password', type: 'password', label: 'Confirm new password' },
    ],
    submit: 'Change password',
  });
  return { html: renderIsland('Change Password', form, user?.userName) };
}

function changePassword(visit: Visit): View | SandboxResponse {
  const { request, state, user, cookies } = visit;
  requireParameters(request, 'current_password', 'new_password', 'confirm_password');
  const parameters = readParameters(request);
  const password = readConfirmedPassword(parameters, 'new_password', 'confirm_password');
  if (password === undefined) return rejectChange(visit, { code: 'form_error' });
  if (!user) throw containerError(request, 500);
  const current = parameters.get('current_password') ?? '';
  const problem = findPasswordProblem(password);
  if (problem !== undefined) return rejectChange(visit, { text: problem });
  if (secretMatches(password, user.passwordHash)) {
    return rejectChange(visit, { text: samePasswordProblem });
  }
  if (!secretMatches(current, user.passwordHash)) {
    return rejectChange(visit, { code: 'unauthorized' });
  }
  setPassword(state, user, password);
  cookies.push(formatSessionCookie(renewSession(request, state, user)));
  return redirectView(request, '/profile');
}

type Problem = { readonly code: string } | { readonly text: string };

function rejectChange(visit: Visit, problem: Problem): View {
  const isCode = 'code' in problem;
  const text = isCode ? getMessage(`change_password.${problem.code}`) : problem.text;
  const model = isCode ? { message_code: problem.code } : { message: problem.text };
  return { ...showChange(visit, text), status: 422, model };
}

/** Gives the session a new id, so that an attacker who knows the old id cannot use it. */
function renewSession(
  request: SandboxRequest,
  { sessions, now }: Visit['state'],
  user: User,
): string {
  sessions.delete(readSessionId(request) ?? '');
  return sessions.create({ userId: user.id, authenticatedAt: now() }).id;
}
