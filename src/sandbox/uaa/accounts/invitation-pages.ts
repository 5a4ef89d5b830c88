import { escapeMarkup } from '../http/html-escape.js';
import { renderAlert } from '../browser/pages.js';
import type { Route, SandboxResponse } from '../../router.js';
import { formatSessionCookie, readSessionId } from '../browser/cookies.js';
import { containerError, readParameters } from '../http/servlet-container.js';
import { getMessage } from './messages.js';
import { renderForm, renderIsland } from './page-html.js';
import type { Visit } from './visit.js';
import { pageRoute, requireParameters } from './page-route.js';
import { readConfirmedPassword } from './password-pages.js';
import {
  findClientRedirect,
  findPasswordProblem,
  readCodeData,
  replaceCode,
  setPassword,
} from './password-reset.js';
import { redirectView, type View } from './view.js';
import type { ExpiringCode } from '../store/expiring-codes.js';
import type { Realm } from '../realm.js';
import type { User } from '../store/users.js';

/** Purpose of the codes in invitations. */
export const invitationIntent = 'INVITATION';

/** Creates the routes of the pages where invited users choose a password. */
export function invitationPageRoutes(realm: Realm): readonly Route[] {
  return [
    pageRoute(realm, '/invitations/accept', { GET: openInvitation }),
    pageRoute(realm, '/invitations/accept.do', { POST: acceptInvitation }),
    pageRoute(realm, '/invitations/accept_enterprise.do', { POST: rejectEnterprise }),
  ];
}

function openInvitation(visit: Visit): View | SandboxResponse {
  const { request, state } = visit;
  const { code: name } = requireParameters(request, 'code');
  const code = state.expiringCodes.redeem(name);
  if (!code || (code.intent !== undefined && code.intent !== invitationIntent)) {
    return rejectCode('code_expired');
  }
  const data = readCodeData(code);
  if (!data) throw containerError(request, 500);
  const parameters = readParameters(request);
  const errors = Object.fromEntries(
    ['error_message_code', 'error_code', 'error_message'].flatMap((parameter) => {
      const value = parameters.get(parameter);
      return value?.trim() ? [[parameter, value]] : [];
    }),
  );
  if (!state.providers.some(({ originKey }) => originKey === data['origin'])) {
    return rejectCode('no_suitable_idp', errors);
  }
  const user = state.users.get(data['user_id'] ?? '');
  if (!user) throw containerError(request, 500);
  if (user.verified) return finishInvitation(visit, data, user) ?? redirectView(request, '/home');
  startInvitationSession(visit, user);
  const model = { ...errors, provider: 'uaa', code: replaceCode(state, code), email: user.email };
  return { html: renderInvitation(visit, model), model };
}

/** Logs out any user. After that, the session can only be used to accept the invitation. */
function startInvitationSession(
  { request, state: { sessions }, cookies }: Visit,
  user: User,
): void {
  const session = sessions.get(readSessionId(request));
  const invited = { invitedUserId: user.id };
  if (session) sessions.put({ id: session.id, ...invited });
  else cookies.push(formatSessionCookie(sessions.create(invited).id));
}

interface InvitationModel {
  readonly email?: string;
  readonly code?: string;
  readonly error_message_code?: string;
  readonly error_message?: string;
}

function renderInvitation(visit: Visit | undefined, model: InvitationModel): string {
  const { email = 'null', code, error_message_code: errorCode, error_message: error } = model;
  const isExpired = errorCode === 'code_expired';
  const alerts = [errorCode, error].map((name) =>
    renderAlert(name === undefined ? name : getMessage(`account_activation.${name}`)),
  );
  const form =
    code === undefined
      ? ''
      : renderForm({
          action: '/invitations/accept.do',
          csrfToken: visit?.csrfToken,
          fields: [
            { name: 'code', type: 'hidden', value: code, isNameFirst: true },
            { name: 'password', type: 'password', label: 'Password' },
            { name: 'password_confirmation', type: 'password', label: 'Confirm' },
          ],
          submit: 'Create account',
        });
  const address = isExpired ? '' : `<div>Email: ${escapeMarkup(email)}</div>`;
  return renderIsland('Create your account', `${address}${alerts.join('')}${form}`);
}

function rejectCode(code: string, errors: Readonly<Record<string, string>> = {}): View {
  const model = { ...errors, error_message_code: code };
  return { status: 422, html: renderInvitation(undefined, model), model };
}

function acceptInvitation(visit: Visit): View | SandboxResponse {
  const { request, state, invited } = visit;
  requireParameters(request, 'password', 'password_confirmation', 'code');
  const parameters = readParameters(request);
  const code = state.expiringCodes.redeem(parameters.get('code') ?? '');
  const data = code && readCodeData(code);
  if (!code || !data || !invited || data['user_id'] !== invited.id) {
    withdrawInvitation(visit);
    return rejectCode('code_expired');
  }
  const password = readConfirmedPassword(parameters, 'password', 'password_confirmation');
  if (password === undefined) return repeatPage(visit, code, { error_message_code: 'form_error' });
  const problem = findPasswordProblem(password);
  if (problem !== undefined) return repeatPage(visit, code, { error_message: problem });
  const verified = { ...invited, verified: true };
  state.users.put(verified);
  setPassword(state, verified, password);
  const target = findClientRedirect(state, data['client_id'], data['redirect_uri']);
  const suffix = target === undefined ? '' : `&form_redirect_uri=${target}`;
  return redirectView(request, `/login?success=invite_accepted${suffix}`);
}

/** Revokes the session's permission to accept an invitation. */
function withdrawInvitation({ request, state: { sessions } }: Visit): void {
  const session = sessions.get(readSessionId(request));
  if (session) sessions.put({ ...session, invitedUserId: undefined });
}

function repeatPage(
  { request, state }: Visit,
  code: ExpiringCode,
  error: Readonly<Record<string, string>>,
): SandboxResponse {
  const query = new URLSearchParams({ ...error, code: replaceCode(state, code) });
  return redirectView(request, `/invitations/accept?${query.toString()}`);
}

/**
 * Redirects a verified user, who does not need a new password, to the client.
 *
 * @returns undefined if the invitation has no valid redirect URI.
 */
function finishInvitation(
  { request, state }: Visit,
  data: Readonly<Record<string, string>>,
  user: User,
): SandboxResponse | undefined {
  state.users.put({ ...user, verified: true });
  const target = findClientRedirect(state, data['client_id'], data['redirect_uri']);
  return target === undefined ? undefined : redirectView(request, target);
}

/**
 * Handles invitations of LDAP users. They always fail, because the sandbox has no LDAP provider.
 */
function rejectEnterprise({ request, state }: Visit): View {
  const { code } = requireParameters(
    request,
    'enterprise_username',
    'enterprise_password',
    'enterprise_email',
    'code',
  );
  if (!state.expiringCodes.redeem(code)) throw containerError(request, 404);
  return rejectCode('no_suitable_idp');
}
