import { authorizePath, browser, createClient, loggedInUser } from './browser-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { browserLogin } from './steps.js';

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
  ...createClient('implicit', { autoapprove: [], authorized_grant_types: ['implicit'] }),
  ...createClient('stored', { autoapprove: [] }),
  ...createClient('some', { autoapprove: [] }),

  get('the page', code),
  get('the page as JSON', code, 'ask', json),
  get('the page with a scope as JSON', `${code}&scope=scim.me`, 'ask', json),
  get('the page for a token as JSON', 'response_type=token', 'ask', json),
  get('the page of a client with auto-approved scopes', code, 'part'),
  get('the page of a named client as JSON', code, 'named', json),
  get('only auto-approved scopes', `${code}&scope=openid`, 'part'),
  get('prompt=none', `${code}&prompt=none`),
  get('prompt=none for a token', 'response_type=token&prompt=none'),

  open('the page of the client ask', code),
  post('an approval with a wrong CSRF token', { ...yes, 'X-Uaa-Csrf': 'wrong' }),
  post('an approval with a wrong CSRF token as JSON', { ...yes, 'X-Uaa-Csrf': 'wrong' }, json),
  post('an approval of a scope that was not requested', { ...yes, 'scope.0': 'scope.foo' }),
  post('an approval after the rejected one', yes),
  open('the page of the client ask again', code),
  post('a denial', { user_oauth_approval: 'false' }),
  open('the page for a token to deny', 'response_type=token&state=s'),
  post('a denial of a token', { user_oauth_approval: 'false' }),

  open('the page of the client some', code, 'some'),
  post('an approval of some scopes', {
    ...yes,
    'scope.0': 'scope.openid',
    'scope.1': 'scope.scim.me',
  }),
  get('the stored approvals', code, 'some'),
  get('the stored approvals for a denied scope', `${code}&scope=uaa.user`, 'some'),
  get('the stored approvals for a token', 'response_type=token', 'some'),
  get(
    'the stored approvals for a token with a denied scope',
    'response_type=token&scope=uaa.user&state=s',
    'some',
  ),
  get('the stored approvals for prompt=none', `${code}&prompt=none`, 'some'),

  open('the page of the client implicit', 'response_type=token&state=s', 'implicit'),
  post('an approval of a token', {
    ...yes,
    'scope.0': 'scope.openid',
    'scope.1': 'scope.uaa.user',
  }),
  open('the page of the client stored', `${code}&scope=openid%20scim.me`, 'stored'),
  post('an approval with other parameters', {
    ...yes,
    'scope.0': 'scope.scim.me',
    client_id: 'other',
    state: 'other',
    response_type: 'token',
    redirect_uri: 'https://evil.example.org',
  }),
  get('the page with approved, denied and undecided scopes as JSON', code, 'stored', json),
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
  open('the page for a client that is deleted', code, 'named'),
  { title: 'the client is deleted', request: 'DELETE /oauth/clients/named<run>', as: 'admin' },
  post('an approval for a deleted client', yes),
  ...browserLogin('other', 'ann'),
  {
    ...post('an approval in another session', yes),
    session: 'other',
    form: { ...yes, 'X-Uaa-Csrf': '<csrf-other>' },
  },
]);
