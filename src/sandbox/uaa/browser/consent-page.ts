import { escapeHtml } from '../requests.js';
import type { SandboxRequest } from '../../router.js';
import type { JsonObject } from '../../body.js';
import type { Realm } from '../realm.js';
import { describeAuthorization } from './authorization-json.js';
import type { AuthorizationRequest } from './authorization-request.js';
import { findScopesOnPage } from './consent.js';
import { renderPage } from './pages.js';

/** A scope on the consent page. */
interface ConsentItem {
  readonly code: string;
  readonly text: string;
}

function listItems(scopes: readonly string[], { state }: Realm): readonly ConsentItem[] {
  return scopes
    .map((name) => {
      const description = state.groups.findByName(name)?.description;
      return { code: `scope.${name}`, text: description?.trim() ? description : name };
    })
    .toSorted((a, b) => rank(a) - rank(b) || (a.code < b.code ? -1 : 1));
}

/** Scopes that start with `password` or `openid` are listed first. */
function rank({ code }: ConsentItem): number {
  return /^scope\.(password|openid)/.test(code) ? 0 : 1;
}

function getDisplayName({ client }: AuthorizationRequest): string {
  const { name } = client.information;
  return typeof name === 'string' ? name : client.id;
}

interface ConsentPageOptions {
  readonly csrfToken: string | undefined;
  /** URL of the authorization request; undefined if the page was opened without one. */
  readonly originalUrl: string | undefined;
}

/** Renders the page on which users approve or deny the scopes that a client requested. */
export function renderConsentPage(
  authorization: AuthorizationRequest,
  { csrfToken, originalUrl }: ConsentPageOptions,
  realm: Realm,
): string {
  const name = escapeHtml(getDisplayName(authorization));
  const action = escapeHtml(originalUrl ?? '');
  const redirectUri = escapeHtml(getRedirectPage(authorization));
  const { undecided, approved, denied } = findScopesOnPage(authorization, realm);
  const items = [
    ...listItems(undecided, realm).map((item) => ({ ...item, kind: 'undecided' })),
    ...listItems(approved, realm).map((item) => ({ ...item, kind: 'approved' })),
    ...listItems(denied, realm).map((item) => ({ ...item, kind: 'denied' })),
  ];
  const boxes = items.map(({ code, text, kind }, index) => {
    const id = `scope.${String(index)}`;
    return `<li class="${kind}">
      <input type="checkbox"${kind === 'denied' ? '' : ' checked="checked"'} name="${id}" id="${id}" value="${escapeHtml(code)}"/>
      <label for="${id}">${escapeHtml(text)}</label>
    </li>`;
  });
  return renderPage(
    `<h1>Application Authorization</h1>
  <form id="application_authorization" action="${action}" method="POST">
    <input type="hidden" name="X-Uaa-Csrf" value="${csrfToken ?? ''}"/>
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
    ${originalUrl === undefined ? '' : `<input name="form_redirect_uri" type="hidden" value="${action}"/>`}
  </form>`,
    authorization.user.userName,
  );
}

/** Returns the redirect URI without its query and fragment. */
function getRedirectPage({ redirectUri }: AuthorizationRequest): string {
  return redirectUri.replace(/[?#].*$/s, '');
}

/** Formats the consent page as JSON. */
export function formatConsentJson(
  authorization: AuthorizationRequest,
  { origin }: SandboxRequest,
  realm: Realm,
): JsonObject {
  const { undecided, approved, denied } = findScopesOnPage(authorization, realm);
  const formatOption = (value: string) => ({
    path: '/oauth/authorize',
    location: `${origin}/oauth/authorize`,
    value,
    key: 'user_oauth_approval',
  });
  const lists = {
    approved_scopes: listItems(approved, realm),
    undecided_scopes: listItems(undecided, realm),
    denied_scopes: listItems(denied, realm),
  };
  return {
    auth_request: describeAuthorization(authorization),
    redirect_uri: getRedirectPage(authorization),
    client_display_name: getDisplayName(authorization),
    ...lists,
    scopes: Object.values(lists).flat(),
    message:
      'To confirm or deny access POST to the following locations with the parameters requested.',
    options: { confirm: formatOption('true'), deny: formatOption('false') },
  };
}
