import type { JsonObject } from '../../json.js';
import {
  escapeHtml,
  html,
  json,
  prefersHtml,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { findScopesToConsent } from '../oauth/scopes.js';
import type { Realm } from '../realm.js';
import { readParameters } from '../requests.js';
import type { AuthorizationRequest, Principal } from '../store/expiring.js';
import { AuthorizationError, respondToClient } from './authorization-request.js';
import { findSession, renderCsrfField, renderPage, updateSession } from './pages.js';

/** The requested scopes that require the user's consent, grouped by the user's decision. */
interface ConsentScopes {
  readonly undecided: readonly string[];
  readonly approved: readonly string[];
  readonly denied: readonly string[];
}

export function findConsentScopes(
  { client, user, scope }: AuthorizationRequest,
  { state }: Realm,
): ConsentScopes {
  const scopes = findScopesToConsent(client, scope);
  const find = (decision: boolean | undefined) =>
    scopes.filter(
      (name) =>
        state.approvals.get({ userId: user.id, clientId: client.id, scope: name }) === decision,
    );
  return { undecided: find(undefined), approved: find(true), denied: find(false) };
}

/** Shows the consent page, and stores the request in the session until the user decides. */
export function showConsent(
  request: SandboxRequest,
  authorization: AuthorizationRequest,
  realm: Realm,
): SandboxResponse {
  const cookies = updateSession(request, realm.state, { pending: authorization });
  const headers = cookies.length > 0 ? { 'set-cookie': [...cookies] } : {};
  return prefersHtml(request)
    ? html(200, renderConsentPage(request, authorization, realm), headers)
    : json(200, formatConsent(request, authorization, realm), headers);
}

/**
 * Handles the form of the consent page, for the authorization request in the session. Scopes that are not
 * checked are denied.
 * @throws AuthorizationError
 */
export async function submitConsent(
  request: SandboxRequest,
  { user }: Principal,
  realm: Realm,
): Promise<SandboxResponse> {
  const { state } = realm;
  const pending = findSession(request, state)?.pending;
  if (!pending) {
    const description = 'Cannot approve uninitialized authorization request.';
    throw new AuthorizationError('invalid_request', description);
  }
  updateSession(request, state, { pending: undefined });
  const client = state.clients.get(pending.client.id);
  if (!client) {
    throw new AuthorizationError('invalid_client', 'Bad client credentials', { status: 401 });
  }
  const authorization = { ...pending, client, user };
  const { scope } = authorization;
  const form = readParameters(request);
  const values = [...form].flatMap(([name, value]) => (name.startsWith('scope.') ? [value] : []));
  const isChecked = (name: string) => values.includes(`scope.${name}`);
  if (!values.every((value) => scope.some((name) => value === `scope.${name}`))) {
    const description =
      'The requested scopes are invalid. Please use valid scope names in the request.';
    const target = { ...authorization, responseTypes: new Set<string>() };
    throw new AuthorizationError('invalid_scope', description, { target });
  }
  if (form.get('user_oauth_approval')?.toLowerCase() !== 'true') {
    throw new AuthorizationError('access_denied', 'User denied access', { target: authorization });
  }
  const scopes = findScopesToConsent(client, scope);
  for (const name of scopes) {
    const key = { userId: user.id, clientId: client.id, scope: name };
    state.approvals.put(key, isChecked(name));
  }
  const grantedScopes = scope.filter((name) => isChecked(name) || !scopes.includes(name));
  return respondToClient(request, authorization, grantedScopes, realm);
}

/** Lists the values and descriptions of scopes on the consent page. */
function listItems(scopes: readonly string[], { state }: Realm) {
  return scopes.toSorted().map((name) => ({
    code: `scope.${name}`,
    text: state.groups.findByName(name)?.description?.trim() || name,
  }));
}

function getDisplayName({ client }: AuthorizationRequest): string {
  const { name } = client.information;
  return typeof name === 'string' ? name : client.id;
}

/** Returns the redirect URI without its query and fragment. */
function getRedirectPage({ redirectUri }: AuthorizationRequest): string {
  return redirectUri.replace(/[?#].*$/s, '');
}

function renderConsentPage(
  request: SandboxRequest,
  authorization: AuthorizationRequest,
  realm: Realm,
): string {
  const name = escapeHtml(getDisplayName(authorization));
  const redirectUri = escapeHtml(getRedirectPage(authorization));
  const { undecided, approved, denied } = findConsentScopes(authorization, realm);
  const items = listItems([...undecided, ...approved, ...denied], realm);
  const boxes = items.map(({ code, text }, index) => {
    const id = `scope.${String(index)}`;
    const state = denied.some((scope) => code === `scope.${scope}`) ? '' : 'checked="checked"';
    return `<li>
      <input type="checkbox" ${state} name="${id}" id="${id}" value="${escapeHtml(code)}"/>
      <label for="${id}">${escapeHtml(text)}</label>
    </li>`;
  });
  return renderPage(
    `<h1>Application Authorization</h1>
  <form id="application_authorization" action="/oauth/authorize" method="POST">
    ${renderCsrfField(request)}
    <h2>${name}</h2>
    <a class="application-link" href="${redirectUri}">${redirectUri}</a>
    <p>${name} has requested permission to access your account. If you do not recognize this
    application or its URL, you should click deny. The application will not see your password.</p>
    <ul class="application-scopes">
    ${boxes.join('\n    ')}
    </ul>
    <div class="actions">
      <button id="deny" type="submit" name="user_oauth_approval" value="false">Deny</button>
      <button id="authorize" type="submit" name="user_oauth_approval" value="true">Authorize</button>
    </div>
  </form>`,
    authorization.user,
  );
}

/** Formats the consent page as JSON, so that tpks can detect that the user must approve the client. */
function formatConsent(
  { origin }: SandboxRequest,
  authorization: AuthorizationRequest,
  realm: Realm,
): JsonObject {
  const { undecided, approved, denied } = findConsentScopes(authorization, realm);
  const formatOption = (value: string) => ({
    path: '/oauth/authorize',
    location: `${origin}/oauth/authorize`,
    value,
    key: 'user_oauth_approval',
  });
  return {
    auth_request: describeAuthorization(authorization),
    redirect_uri: getRedirectPage(authorization),
    client_display_name: getDisplayName(authorization),
    approved_scopes: listItems(approved, realm),
    undecided_scopes: listItems(undecided, realm),
    denied_scopes: listItems(denied, realm),
    scopes: listItems([...undecided, ...approved, ...denied], realm),
    message:
      'To confirm or deny access POST to the following locations with the parameters requested.',
    options: { confirm: formatOption('true'), deny: formatOption('false') },
  };
}

function describeAuthorization(authorization: AuthorizationRequest): JsonObject {
  const { client, fields, redirectUri, responseTypes, scope, state } = authorization;
  return {
    approvalParameters: {},
    approved: false,
    authorities: client.authorities.map((authority) => ({ authority })),
    clientId: client.id,
    extensions: {},
    redirectUri,
    requestParameters: Object.fromEntries(fields),
    resourceIds: [...new Set([client.id, ...scope.map((name) => name.replace(/\.[^.]*$/, ''))])],
    responseTypes: [...responseTypes],
    scope,
    state,
  };
}
