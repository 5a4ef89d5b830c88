import { compareWithRecordings } from './compare.js';
import { authorizePath, browser, createClient, loggedInUser } from './browser-steps.js';
import { browserLogin } from './steps.js';
import type { Exchange } from './exchange.js';

/** Opens the approval page and saves its CSRF token. */
function open(title: string, query: string, client = 'ask', session = 'user'): Exchange {
  return {
    title,
    request: `GET ${authorizePath(client, query)}`,
    headers: browser,
    session,
    save: { csrf: /name="X-Uaa-Csrf" value="([^"]+)"/ },
  };
}

function get(
  title: string,
  query: string,
  client = 'ask',
  accept: string = browser.accept,
): Exchange {
  return {
    title,
    request: `GET ${authorizePath(client, query)}`,
    headers: { accept },
    session: 'user',
  };
}

function post(
  title: string,
  form: Record<string, string>,
  accept: string = browser.accept,
): Exchange {
  return {
    title,
    request: 'POST /oauth/authorize',
    headers: { accept },
    session: 'user',
    form: { 'X-Uaa-Csrf': '<csrf>', ...form },
  };
}

const json = 'application/json';
const yes = { user_oauth_approval: 'true' };
const code = 'response_type=code&state=s';

compareWithRecordings('browser-consent', [
  ...loggedInUser('user', 'ann'),
  ...createClient('ask', { autoapprove: [] }),
  ...createClient('part', { autoapprove: ['openid'] }),
  ...createClient('named', { autoapprove: [], name: 'Friendly Name' }),
  ...createClient('query', { autoapprove: [], redirect_uri: ['https://app.example.com/callback'] }),
  ...createClient('implicit', { autoapprove: [], authorized_grant_types: ['implicit'] }),
  ...createClient('stored', { autoapprove: [] }),
  ...createClient('deny', { autoapprove: [] }),
  ...createClient('some', { autoapprove: [] }),
  ...createClient('nothing', { autoapprove: [] }),
  ...createClient('wild', { autoapprove: [], scope: ['openid', 'uaa.*', 'scim.me'] }),
  ...createClient('wildauto', { autoapprove: ['uaa.*'], scope: ['openid', 'uaa.*'] }),

  get('the page', code),
  get('the page as JSON', code, 'ask', json),
  get('the page for any type', code, 'ask', '*/*'),
  get('the page for JSON before HTML', code, 'ask', 'application/json, text/html'),
  get('the page for HTML before JSON', code, 'ask', 'text/html, application/json'),
  get('the page with a scope', `${code}&scope=scim.me`),
  get('the page with a scope as JSON', `${code}&scope=scim.me`, 'ask', json),
  get(
    'the page with many parameters as JSON',
    `${code}&scope=openid&nonce=n&login_hint=foo&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback%3Fx%3D1&foo=bar`,
    'ask',
    json,
  ),
  get(
    'the page with a redirect URI with a query',
    `${code}&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback%3Fx%3D1%26y%3D2`,
  ),
  get('the page without a state as JSON', 'response_type=code', 'ask', json),
  get('the page for a token', 'response_type=token'),
  get('the page for a token as JSON', 'response_type=token', 'ask', json),
  get(
    'the page for a token and an id token as JSON',
    'response_type=token%20id_token',
    'ask',
    json,
  ),
  get('the page of a client with auto-approved scopes', code, 'part'),
  get('the page of a client with auto-approved scopes as JSON', code, 'part', json),
  get('the page of a named client', code, 'named'),
  get('the page of a named client as JSON', code, 'named', json),
  get('the page of a client with wildcard scopes as JSON', code, 'wild', json),
  get('the page of a client with auto-approved wildcards as JSON', code, 'wildauto', json),
  get('only auto-approved scopes', `${code}&scope=openid`, 'part'),
  get('prompt=none', `${code}&prompt=none`),
  get('prompt=none for a token', 'response_type=token&prompt=none'),
  get(
    'prompt=none and a redirect URI with a fragment',
    `${code}&prompt=none&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback%23x%3D1`,
  ),
  get('prompt=consent', `${code}&prompt=consent`),
  get('the response type none', 'response_type=none&state=s'),

  open('the page of the client ask', code),
  post('an approval with a wrong CSRF token', { ...yes, 'X-Uaa-Csrf': 'wrong' }),
  post('an approval with a wrong CSRF token as JSON', { ...yes, 'X-Uaa-Csrf': 'wrong' }, json),
  { ...post('an approval without a CSRF token', yes), form: yes },
  { ...post('an approval without a CSRF token as JSON', yes, json), form: yes },
  post('an approval of a scope that was not requested', { ...yes, 'scope.0': 'scope.foo' }),
  post('an approval after the rejected one', yes),
  open('the page of the client ask again', code),
  post('a denial', { user_oauth_approval: 'false' }),
  open('the page after a denial', `${code}&scope=openid`),
  post('a denial with scopes', { user_oauth_approval: 'false', 'scope.0': 'scope.openid' }),
  open('the page for a token to deny', 'response_type=token&state=s'),
  post('a denial of a token', { user_oauth_approval: 'false' }),
  open('the page for an id token to deny', 'response_type=id_token&state=s'),
  post('a denial of an id token', { user_oauth_approval: 'false' }),
  open('the page for a denial with another word', code),
  post('an approval with another word', { user_oauth_approval: 'yes' }),
  open('the page for a denial in upper case', code, 'deny'),
  post('an approval in upper case', { user_oauth_approval: 'TRUE', 'scope.0': 'scope.openid' }),
  get('the page after an approval in upper case', code, 'deny'),
  get(
    'the page after an approval in upper case as JSON',
    `${code}&scope=openid%20scim.me`,
    'deny',
    json,
  ),

  open('the page of the client some', code, 'some'),
  post('an approval of some scopes', {
    ...yes,
    'scope.0': 'scope.openid',
    'scope.1': 'scope.scim.me',
  }),
  get('the stored approvals', code, 'some'),
  get('the stored approvals for an approved scope', `${code}&scope=openid`, 'some'),
  get('the stored approvals for a denied scope', `${code}&scope=uaa.user`, 'some'),
  get('the stored approvals for a token', 'response_type=token', 'some'),
  get(
    'the stored approvals for a token with a denied scope',
    'response_type=token&scope=uaa.user&state=s',
    'some',
  ),
  get(
    'the stored approvals for an id token with a denied scope',
    'response_type=id_token&scope=uaa.user&state=s',
    'some',
  ),
  get('the stored approvals for prompt=none', `${code}&prompt=none`, 'some'),
  { title: 'the approvals of the user', request: 'GET /approvals', session: 'user' },
  post('an approval without a page', yes),
  post('an approval without a page as JSON', yes, json),
  post('an approval without a page with parameters', {
    ...yes,
    client_id: 'some<run>',
    response_type: 'code',
  }),

  open('the page of the client nothing', code, 'nothing'),
  post('an approval of nothing', yes),
  get('the page after an approval of nothing', code, 'nothing'),
  open('the page of the client part', code, 'part'),
  post('an approval of an auto-approved scope', { ...yes, 'scope.0': 'scope.openid' }),
  get('the page after an approval of an auto-approved scope', code, 'part'),
  open('the page of the client implicit', 'response_type=token&state=s', 'implicit'),
  post('an approval of a token', {
    ...yes,
    'scope.0': 'scope.openid',
    'scope.1': 'scope.uaa.user',
  }),
  open(
    'the page of the client stored for an id token',
    'response_type=id_token&state=s&scope=openid',
    'stored',
  ),
  post('an approval of an id token', { ...yes, 'scope.0': 'scope.openid' }),
  get('the page with approved and undecided scopes', code, 'stored'),
  get('the page with approved and undecided scopes as JSON', code, 'stored', json),
  open('the page of the client stored', `${code}&scope=openid%20scim.me`, 'stored'),
  post('an approval with other parameters', {
    ...yes,
    'scope.0': 'scope.scim.me',
    client_id: 'other',
    state: 'other',
    response_type: 'token',
    redirect_uri: 'https://evil.example.org',
  }),
  get('the page with approved, denied and undecided scopes', code, 'stored'),
  get('the page with approved, denied and undecided scopes as JSON', code, 'stored', json),
  open('the page to approve a wrong scope value', `${code}&scope=uaa.user`, 'stored'),
  post('an approval of a scope without its prefix', { ...yes, 'scope.0': 'uaa.user' }),
  open('the page to approve a short scope value', `${code}&scope=uaa.user`, 'stored'),
  post('an approval of a short scope', { ...yes, 'scope.0': 'x' }),
  open(
    'the page for a hybrid response',
    'response_type=code%20id_token&scope=uaa.user%20openid&nonce=n&state=s',
    'stored',
  ),
  post('an approval of a hybrid response', {
    ...yes,
    'scope.0': 'scope.openid',
    'scope.1': 'scope.uaa.user',
  }),
  open(
    'the page with a query in its redirect URI',
    `${code}&scope=password.write&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback%3Fx%3D1`,
    'query',
  ),
  {
    ...post('an approval with the query of the page', {}),
    request: `POST ${authorizePath('query', `${code}&scope=password.write&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback%3Fx%3D1`)}`,
    form: { 'X-Uaa-Csrf': '<csrf>', 'scope.0': 'scope.password.write', ...yes },
  },
  open('the page for a client that is deleted', code, 'named'),
  { title: 'the client is deleted', request: 'DELETE /oauth/clients/named<run>', as: 'admin' },
  post('an approval for a deleted client', yes),
  open('the page before another request', code, 'query'),
  get('an unknown response type while the page is open', 'response_type=foo&state=t', 'query'),
  get('an unknown scope while the page is open', 'response_type=code&scope=foo&state=t', 'query'),
  post('an approval after another request', { ...yes, 'scope.0': 'scope.openid' }),
  open('the page before a request of another client', code, 'wild'),
  get(
    'an unknown scope of another client while the page is open',
    'response_type=code&scope=foo&state=t',
    'query',
  ),
  get(
    'a wrong redirect URI while the page is open',
    `${code}&redirect_uri=https://evil.example.org`,
    'query',
  ),
  post('an approval after the request of another client', { ...yes, 'scope.0': 'scope.openid' }),
  {
    title: 'the confirmation page',
    request: 'GET /oauth/confirm_access',
    headers: browser,
    session: 'user',
  },
  { title: 'the confirmation page as JSON', request: 'GET /oauth/confirm_access', session: 'user' },
  { title: 'the error page', request: 'GET /oauth/error', headers: browser, session: 'user' },
  { title: 'the error page as JSON', request: 'GET /oauth/error', session: 'user' },
  {
    title: 'the confirmation page without a session',
    request: 'GET /oauth/confirm_access',
    headers: browser,
  },
  ...browserLogin('other', 'ann'),
  {
    ...post('an approval in another session', yes),
    session: 'other',
    form: { ...yes, 'X-Uaa-Csrf': '<csrf-other>' },
  },
]);
