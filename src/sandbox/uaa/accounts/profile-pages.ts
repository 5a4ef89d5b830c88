import { approvalToJson } from '../approval-json.js';
import { escapeMarkup } from '../http/html-escape.js';
import { renderAlert, renderPage } from '../browser/pages.js';
import { type Route, type SandboxResponse } from '../../router.js';
import { readParameters } from '../http/servlet-container.js';
import { findMessage, getMessage } from './messages.js';
import { renderCsrfField } from './page-html.js';
import type { Visit } from './visit.js';
import { pageRoute } from './page-route.js';
import { redirectView, type View } from './view.js';
import type { Realm } from '../realm.js';
import type { Approval } from '../store/approvals.js';

/** Creates the routes of the page that shows a user's account and approvals. */
export function profilePageRoutes(realm: Realm): readonly Route[] {
  return [pageRoute(realm, '/profile', { GET: showProfile, POST: changeApprovals })];
}

/** Groups the user's approvals by client, sorted by scope. */
function groupApprovals({ state, user }: Visit): ReadonlyMap<string, readonly Approval[]> {
  const approvals = state.approvals
    .findByUser(user?.id ?? '')
    .toSorted((a, b) => (a.scope < b.scope ? -1 : 1));
  const groups = new Map<string, Approval[]>();
  for (const approval of approvals) {
    const { clientId } = approval;
    groups.set(clientId, [...(groups.get(clientId) ?? []), approval]);
  }
  return groups;
}

function showProfile(visit: Visit): View | SandboxResponse {
  const { request, state, user, csrfToken } = visit;
  const approvals = groupApprovals(visit);
  const names = new Map<string, string>();
  for (const id of approvals.keys()) {
    const client = state.clients.get(id);
    if (!client) {
      return redirectView(request, '/profile?error_message_code=request.invalid_parameter');
    }
    const { name } = client.information;
    names.set(id, typeof name === 'string' ? name : id);
  }
  const isUaaManagedUser = user?.origin === 'uaa';
  const forms = [...approvals].map(([id, list]) =>
    renderClient(names.get(id) ?? id, id, list, csrfToken),
  );
  return {
    html: renderPage(
      `${renderNotices(request.query)}
  <h1>Account Settings</h1>
  <h2>Profile</h2>
  <p>${escapeMarkup(user?.email ?? '')} ${isUaaManagedUser ? accountLinks : ''}</p>
  <h2>Third Party Access</h2>
  <p>${approvals.size > 0 ? grantedText : notGrantedText}</p>
  ${forms.join('\n')}`,
      user?.userName,
    ),
    model: {
      clientnames: Object.fromEntries(names),
      approvals: Object.fromEntries(
        [...approvals].map(([id, list]) => [id, list.map(approvalToJson)]),
      ),
      isUaaManagedUser,
    },
  };
}

const accountLinks =
  '<a href="/change_email">Change Email</a> <a href="/change_password">Change Password</a>';
const grantedText = 'These applications have been granted access to your account.';
const notGrantedText = 'You have not yet authorized any third party applications.';

function renderNotices(query: URLSearchParams): string {
  const render = (name: string, kind: string): string => {
    const code = query.get(name);
    return code === null ? '' : renderAlert(getMessage(code), kind);
  };
  return render('success_message_code', 'success') + render('error_message_code', 'error');
}

function renderClient(
  name: string,
  id: string,
  approvals: readonly Approval[],
  csrfToken: string | undefined,
): string {
  const scopes = approvals.map((approval, index) => {
    const { clientId, scope, isApproved } = approval;
    const text = findMessage(`scope.${scope}`) ?? describeScope(scope);
    const fieldId = `${id}.scope.${String(index)}`;
    const value = escapeMarkup(`${clientId}-${scope}`);
    const state = isApproved ? ' checked="checked"' : '';
    return `<li><input type="checkbox" name="checkedScopes" id="${escapeMarkup(fieldId)}"
      value="${value}"${state}/> <label for="${escapeMarkup(fieldId)}">${escapeMarkup(text)}</label></li>`;
  });
  return `<form action="/profile" method="POST">
    ${renderCsrfField(csrfToken)}<input type="hidden" name="clientId" value="${escapeMarkup(id)}"/>
    <h3>${escapeMarkup(name)}</h3>
    <ul class="application-scopes">${scopes.join('')}</ul>
    <button type="submit" name="update">Update</button>
    <h3>Revoke Access</h3>
    <p>Are you sure you want to revoke access to ${escapeMarkup(name)}?</p>
    <button type="submit" name="delete">Yes</button>
  </form>`;
}

function describeScope(scope: string): string {
  const index = scope.lastIndexOf('.');
  if (index < 0) return `Access your data with scope '${scope}'`;
  const [resource, access] = [scope.slice(0, index), scope.slice(index + 1)];
  return `Access your '${resource}' resources with scope '${access}'`;
}

/** Approves the checked scopes and denies the others, or deletes all decisions about a client. */
function changeApprovals(visit: Visit): SandboxResponse {
  const { request, state, user } = visit;
  const fields = readParameters(request);
  const clientId = fields.get('clientId');
  const target = redirectView(request, '/profile');
  if (!user) return target;
  if (fields.has('update')) {
    const checkedScopes = new Set(
      fields.getAll('checkedScopes').flatMap((value) => value.split(',')),
    );
    for (const approval of [...groupApprovals(visit).values()].flat()) {
      if (clientId?.trim() && approval.clientId !== clientId) continue;
      state.approvals.put(approval, checkedScopes.has(`${approval.clientId}-${approval.scope}`));
    }
  } else if (fields.has('delete')) {
    if (clientId === null || !state.clients.get(clientId)) {
      return redirectView(request, '/profile?error_message_code=request.invalid_parameter');
    }
    state.approvals.deleteByUserAndClient(user.id, clientId);
  }
  return target;
}
