import { escapeMarkup } from '../http/html-escape.js';
import type { Route, SandboxResponse } from '../../router.js';
import { secretMatches } from '../store/secret-hash.js';
import { readSessionId } from '../browser/cookies.js';
import { containerError, readParameters } from '../http/servlet-container.js';
import { getMessage } from './messages.js';
import { renderForm, renderIsland } from './page-html.js';
import type { Visit } from './visit.js';
import { pageRoute, requireParameters } from './page-route.js';
import { readConfirmedPassword, renderProblem } from './password-pages.js';
import { findPasswordProblem, setPassword } from './password-reset.js';
import { redirectView, type View } from './view.js';
import type { Realm } from '../realm.js';

const path = '/force_password_change';

/** Creates the routes of the page where users must change their password after the login. */
export function forcedPasswordChangeRoutes(realm: Realm): readonly Route[] {
  return [pageRoute(realm, path, { GET: (visit) => showForm(visit), POST: submitPassword })];
}

/** @param problem - error message above the form. */
function showForm({ user, csrfToken }: Visit, problem?: string): View {
  const email = user?.email ?? '';
  const form = renderForm({
    action: path,
    csrfToken,
    alert: renderProblem(problem),
    fields: [
      { name: 'password', type: 'password', label: 'New Password' },
      { name: 'password_confirmation', type: 'password', label: 'Confirm' },
    ],
    submit: 'Create new password',
  });
  const address = `<div>Email: ${escapeMarkup(email)}</div>`;
  return { html: renderIsland('Force Change Password', `${address}${form}`), model: { email } };
}

function submitPassword(visit: Visit): View | SandboxResponse {
  const { request, state, user } = visit;
  if (!user) throw containerError(request, 500);
  requireParameters(request, 'password', 'password_confirmation');
  const parameters = readParameters(request);
  const password = readConfirmedPassword(parameters, 'password', 'password_confirmation');
  const problem =
    password === undefined
      ? getMessage('force_password_change.form_error')
      : findProblem(password, user.passwordHash);
  if (password === undefined || problem !== undefined) {
    const model = { email: user.email, message: problem };
    return { ...showForm(visit, problem), status: 422, model };
  }
  setPassword(state, user, password);
  const session = state.sessions.get(readSessionId(request));
  if (session) state.sessions.put({ ...session, authenticatedAt: state.now() });
  return redirectView(request, `${path}_completed`);
}

function findProblem(password: string, passwordHash: string): string | undefined {
  return secretMatches(password, passwordHash)
    ? getMessage('force_password_change.same_as_old')
    : findPasswordProblem(password);
}
