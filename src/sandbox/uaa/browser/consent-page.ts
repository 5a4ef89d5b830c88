import type { AuthorizationRequest } from './authorization-request.js';
import { askedAbout, decision } from './consent.js';
import { htmlEscape } from '../html-escape.js';
import { page } from './pages.js';
import type { Realm } from '../realm.js';
import type { JsonObject } from '../../body.js';

/** One scope as the person sees it. */
interface Item {
  readonly name: string;
  readonly text: string;
  readonly said: boolean | undefined;
}

function items(asked: AuthorizationRequest, realm: Realm): readonly Item[] {
  return askedAbout(asked).map((name) => ({
    name,
    text: realm.state.groups.byName(name)?.description ?? name,
    said: decision(asked, name, realm),
  }));
}

/** The page on which a person lets a client have scopes, or not. */
export function consentPage(
  asked: AuthorizationRequest,
  { csrf, origin }: { readonly csrf: string; readonly origin: string },
  realm: Realm,
): string {
  const { client, redirect, fields, user } = asked;
  const name = htmlEscape(client.id);
  const action = htmlEscape(`${origin}/oauth/authorize?${fields.toString()}`);
  const boxes = items(asked, realm).map(({ name: scope, text, said }, index) => {
    const id = `scope.${String(index)}`;
    const checked = said === false ? '' : ' checked="checked"';
    return `<li${said === undefined ? ' class="undecided"' : ''}>
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

/** The same for who asks for JSON. It repeats the whole request, a password too: so does UAA. */
export function consentJson(asked: AuthorizationRequest, origin: string, realm: Realm): JsonObject {
  const { client, redirect, fields, scope, responseTypes } = asked;
  const all = items(asked, realm);
  const of = (said: boolean | undefined) =>
    all
      .filter((item) => item.said === said)
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
