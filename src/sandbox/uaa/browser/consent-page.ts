import type { AuthorizationRequest } from './authorization-request.js';
import { findConsentScopes, findDecision } from './consent.js';
import { escapeHtml } from '../html-escape.js';
import { renderPage } from './pages.js';
import type { Realm } from '../realm.js';
import type { JsonObject } from '../../body.js';

/** A scope on the consent page. */
interface ConsentItem {
  readonly name: string;
  readonly label: string;
  /** Whether the user has approved the scope; undefined if the user has not decided yet. */
  readonly decision: boolean | undefined;
}

function listConsentItems(
  authorization: AuthorizationRequest,
  realm: Realm,
): readonly ConsentItem[] {
  return findConsentScopes(authorization).map((name) => ({
    name,
    label: realm.state.groups.findByName(name)?.description ?? name,
    decision: findDecision(authorization, name, realm),
  }));
}

/** Renders the page on which users approve or deny the scopes that a client requested. */
export function renderConsentPage(
  authorization: AuthorizationRequest,
  { csrfToken, origin }: { readonly csrfToken: string; readonly origin: string },
  realm: Realm,
): string {
  const { client, redirectUri, fields, user } = authorization;
  const name = escapeHtml(client.id);
  const action = escapeHtml(`${origin}/oauth/authorize?${fields.toString()}`);
  const boxes = listConsentItems(authorization, realm).map(
    ({ name: scope, label, decision }, index) => {
      const id = `scope.${String(index)}`;
      const checkedAttribute = decision === false ? '' : ' checked="checked"';
      return `<li${decision === undefined ? ' class="undecided"' : ''}>
      <input type="checkbox"${checkedAttribute} name="${id}" id="${id}" value="scope.${escapeHtml(scope)}"/>
      <label for="${id}">${escapeHtml(label)}</label>
    </li>`;
    },
  );
  return renderPage(
    `<h1>Application Authorization</h1>
  <form id="application_authorization" action="${action}" method="POST">
    <input type="hidden" name="X-Uaa-Csrf" value="${csrfToken}"/>
    <h2>${name}</h2>
    <a class="application-link" href="${escapeHtml(redirectUri)}">${escapeHtml(redirectUri)}</a>
    <p>${name} has requested permission to access your account. If you do not recognize this
    application or its URL, you should click deny. The application will not see your password.</p>
    <ul class="application-scopes">
    ${boxes.join('\n    ')}
    </ul>
    <div class="actions">
      <button id="deny" type="submit" name="user_oauth_approval" value="false">Deny</button>
      <button id="authorize" type="submit" name="user_oauth_approval" value="true">Authorize</button>
    </div>
    <input name="form_redirect_uri" type="hidden" value="${action}"/>
  </form>`,
    user.userName,
  );
}

/**
 * Formats the consent page as JSON. Like the real server, it returns all request parameters, even a
 * password.
 */
export function formatConsentJson(
  authorization: AuthorizationRequest,
  origin: string,
  realm: Realm,
): JsonObject {
  const { client, redirectUri, fields, scope, responseTypes } = authorization;
  const items = listConsentItems(authorization, realm);
  const selectItems = (decision: boolean | undefined) =>
    items
      .filter((item) => item.decision === decision)
      .map(({ name, label }) => ({ code: `scope.${name}`, text: label }));
  const formatOption = (value: string) => ({
    path: '/oauth/authorize',
    location: `${origin}/oauth/authorize`,
    value,
    key: 'user_oauth_approval',
  });
  return {
    auth_request: {
      clientId: client.id,
      scope,
      requestParameters: Object.fromEntries(fields),
      approvalParameters: {},
      state: fields.get('state'),
      responseTypes: [...responseTypes],
      approved: false,
      redirectUri,
    },
    approved_scopes: selectItems(true),
    denied_scopes: selectItems(false),
    undecided_scopes: selectItems(undefined),
    options: { confirm: formatOption('true'), deny: formatOption('false') },
    redirect_uri: redirectUri,
  };
}
