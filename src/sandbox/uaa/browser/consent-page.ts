import type { AuthorizationRequest } from './authorization-request.js';
import { consentScopes, findDecision } from './consent.js';
import { htmlEscape } from '../html-escape.js';
import { page } from './pages.js';
import type { Realm } from '../realm.js';
import type { JsonObject } from '../../body.js';

/** A scope on the page. */
interface Item {
  readonly name: string;
  readonly text: string;
  readonly decision: boolean | undefined;
}

function items(authorization: AuthorizationRequest, realm: Realm): readonly Item[] {
  return consentScopes(authorization).map((name) => ({
    name,
    text: realm.state.groups.byName(name)?.description ?? name,
    decision: findDecision(authorization, name, realm),
  }));
}

/** The page on which users approve or deny the scopes of a client. */
export function consentPage(
  authorization: AuthorizationRequest,
  { csrf, origin }: { readonly csrf: string; readonly origin: string },
  realm: Realm,
): string {
  const { client, redirect, fields, user } = authorization;
  const name = htmlEscape(client.id);
  const action = htmlEscape(`${origin}/oauth/authorize?${fields.toString()}`);
  const boxes = items(authorization, realm).map(({ name: scope, text, decision }, index) => {
    const id = `scope.${String(index)}`;
    const checked = decision === false ? '' : ' checked="checked"';
    return `<li${decision === undefined ? ' class="undecided"' : ''}>
      <input type="checkbox"${checked} name="${id}" id="${id}" value="scope.${htmlEscape(scope)}"/>
      <label for="${id}">${htmlEscape(text)}</label>
    </li>`;
  });
  return page(
    `<h1>Application Authorization</h1>
  <form id="application_authorization" action="${action}" method="POST">
    <input type="hidden" name="X-Uaa-Csrf" value="${csrf}"/>
    <h2>${name}</h2>
    <a class="application-link" href="${htmlEscape(redirect)}">${htmlEscape(redirect)}</a>
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

/** The same as JSON. Like UAA's, it repeats the whole request, even a password. */
export function consentJson(
  authorization: AuthorizationRequest,
  origin: string,
  realm: Realm,
): JsonObject {
  const { client, redirect, fields, scope, responseTypes } = authorization;
  const all = items(authorization, realm);
  const of = (decision: boolean | undefined) =>
    all
      .filter((item) => item.decision === decision)
      .map(({ name, text }) => ({ code: `scope.${name}`, text }));
  const option = (value: string) => ({
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
      redirectUri: redirect,
    },
    approved_scopes: of(true),
    denied_scopes: of(false),
    undecided_scopes: of(undefined),
    options: { confirm: option('true'), deny: option('false') },
    redirect_uri: redirect,
  };
}
