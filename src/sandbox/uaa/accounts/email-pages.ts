import { escapeMarkup } from '../http/html-escape.js';
import { renderAlert, renderErrorPage } from '../browser/pages.js';
import { type Route, type SandboxResponse } from '../../router.js';
import { containerError, readParameters } from '../http/servlet-container.js';
import { getMessage } from './messages.js';
import { isEmptyOrEmail } from './new-users.js';
import { clientFields, renderForm, renderIsland } from './page-html.js';
import type { Visit } from './visit.js';
import { pageRoute, readClient, requireParameters } from './page-route.js';
import { readCodeData } from './password-reset.js';
import { matchesAntPath } from '../java/ant-path.js';
import { redirectView, type View } from './view.js';
import type { Realm } from '../realm.js';
import type { State } from '../store/state.js';
import type { User } from '../store/users.js';

/** Lifetime of the codes that confirm a new email address. */
export const emailCodeMilliseconds = 1_800_000;
/** Purpose of the codes that confirm a new email address. */
export const emailIntent = 'EMAIL';

/** Creates the routes of the pages where users change their email address. */
export function emailPageRoutes(realm: Realm): readonly Route[] {
  return [
    pageRoute(realm, '/change_email', { GET: openForm }),
    pageRoute(realm, '/change_email.do', { POST: submitForm }),
    pageRoute(realm, '/verify_email', { GET: verifyEmail }),
  ];
}

function openForm(visit: Visit): View {
  const client = readClient(visit.request);
  const html = renderChangeForm(visit, clientFields(client));
  return { html, model: { email: visit.user?.email, ...client } };
}

/** @param problem - code of the error message above the form. */
function renderChangeForm(
  { user, csrfToken }: Visit,
  fields: ReturnType<typeof clientFields>,
  problem?: string,
): string {
  const form = renderForm({
    action: '/change_email.do',
    csrfToken,
    alert: renderAlert(problem === undefined ? problem : getMessage(`email_change.${problem}`)),
    fields: [...fields, { name: 'newEmail', type: 'email', label: 'New Email Address' }],
    submit: 'Send Verification Link',
  });
  const current = `<div>Current Email Address: ${escapeMarkup(user?.email ?? '')}</div>`;
  return renderIsland('Change Email', `${current}${form}`, user?.userName);
}

function submitForm(visit: Visit): View | SandboxResponse {
  const { request, state, user } = visit;
  const email = readParameters(request).get('newEmail');
  if (email !== null && !isEmptyOrEmail(email)) return rejectEmail(visit, 'invalid_email');
  if (!user || email === null) throw containerError(request, 500);
  if (user.origin !== 'uaa') {
    return redirectView(request, '/profile?error_message_code=email_change.non-uaa-origin');
  }
  if (isEmailInUse(state, user, email)) return rejectEmail(visit, 'username_exists');
  const data = JSON.stringify({ user_id: user.id, email, ...readClient(visit.request) });
  const expiresAt = state.now() + emailCodeMilliseconds;
  state.expiringCodes.create({ data, expiresAt, intent: emailIntent });
  return redirectView(request, '/email_sent?code=email_change');
}

/**
 * Whether the email address is already a username. This only matters if the user's own username is
 * the email address, because the username then changes, too.
 */
export function isEmailInUse({ users }: State, user: User, email: string): boolean {
  return user.userName === user.email && users.findByName(email, 'uaa') !== undefined;
}

function rejectEmail(visit: Visit, code: string): View {
  const email = visit.user?.email;
  const newEmail = { newEmail: readParameters(visit.request).get('newEmail') };
  return {
    status: 422,
    html: renderChangeForm(visit, clientFields({ client_id: null, redirect_uri: null }), code),
    model: { newEmail, error_message_code: code, email },
  };
}

function verifyEmail(visit: Visit): View | SandboxResponse {
  const { request, state } = visit;
  const { code: name } = requireParameters(request, 'code');
  const code = state.expiringCodes.redeem(name);
  if (!code || (code.intent !== undefined && code.intent !== emailIntent)) {
    return rejectEmailCode(visit);
  }
  const data = readCodeData(code);
  const user = state.users.get(data?.['user_id'] ?? '');
  const email = data?.['email'];
  if (!data || !user || email === undefined) throw containerError(request, 500);
  state.users.put({
    ...user,
    email,
    ...(user.userName === user.email && { userName: email }),
    version: user.version + 1,
    modifiedAt: state.now(),
  });
  return redirectView(request, findTarget(visit, data));
}

function rejectEmailCode({ request, user }: Visit): View | SandboxResponse {
  const code = 'email_change.invalid_code';
  if (user) return redirectView(request, `/profile?error_message_code=${code}`);
  return {
    status: 422,
    html: renderErrorPage(escapeMarkup(getMessage(code))),
    model: { error_message_code: code },
  };
}

function findTarget({ state, user }: Visit, data: Readonly<Record<string, string>>): string {
  const target = findEmailRedirect(state, data['client_id'], data['redirect_uri']);
  if (user) return target ?? '/profile?success_message_code=email_change.success';
  const login = '/login?success=change_email_success';
  return target === undefined ? login : `${login}&form_redirect_uri=${target}`;
}

/**
 * Finds the page that the browser opens after the change. Unlike on other pages, the requested URI
 * is used even if it is not registered, unless the client has a `change_email_redirect_url`.
 *
 * @returns undefined if the client is unknown.
 */
function findEmailRedirect(
  { clients }: State,
  clientId: string | undefined,
  requested = '',
): string | undefined {
  const client = clientId === undefined ? undefined : clients.get(clientId);
  if (!client) return undefined;
  if (client.redirectUris.some((pattern) => matchesAntPath(pattern, requested))) {
    return requested;
  }
  const page = client.information['change_email_redirect_url'];
  return typeof page === 'string' ? page : requested;
}
