import { compareWithRecordings } from './compare.js';
import { authorizePath, browser, createClient } from './browser-steps.js';
import { adminToken, createUser, limitedToken, userToken } from './steps.js';
import type { Exchange } from './exchange.js';

const post = (
  title: string,
  form: Record<string, string>,
  headers?: Record<string, string | null>,
): Exchange => ({
  title,
  request: 'POST /oauth/authorize',
  form: { client_id: 'auto<run>', response_type: 'token', ...form },
  ...(headers && { headers }),
});
const bob = { source: 'credentials', username: 'bob<run>', password: 'bob-password' };

const bearer = (title: string, query: string, token = 'bob', client = 'auto'): Exchange => ({
  title,
  request: `GET ${authorizePath(client, query)}`,
  as: token,
});

compareWithRecordings('browser-authorize-machine', [
  adminToken,
  ...createUser('bob'),
  ...createUser('locked'),
  ...createUser('unverified'),
  {
    title: 'unverified becomes unverified',
    request: 'PATCH /Users/<unverified-id>',
    as: 'admin',
    headers: { 'if-match': '*' },
    json: { verified: false },
  },
  ...createClient('auto'),
  ...createClient('ask', { autoapprove: [] }),
  ...createClient('codeonly', { authorized_grant_types: ['authorization_code'] }),
  ...createClient('otheridp', { allowedproviders: ['ldap'] }),
  ...createClient('noidps', { allowedproviders: [] }),
  ...createClient('grouped', { required_user_groups: ['pks.clusters.admin'] }),
  {
    title: 'bob gets a token of auto',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'password',
      client_id: 'auto<run>',
      client_secret: 'secret',
      username: 'bob<run>',
      password: 'bob-password',
    },
    save: { bob: 'access_token' },
  },
  {
    title: 'bob gets a token with openid',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'password',
      client_id: 'auto<run>',
      client_secret: 'secret',
      username: 'bob<run>',
      password: 'bob-password',
      scope: 'openid',
    },
    save: { openid: 'access_token' },
  },
  limitedToken('clients', 'clients.read'),

  bearer('a bearer token and a code', 'response_type=code'),
  bearer('a bearer token, a code and a state', 'response_type=code&state=a%20b'),
  bearer(
    'a bearer token and a redirect URI',
    'response_type=code&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback',
  ),
  bearer('a bearer token and a scope', 'response_type=code&scope=openid'),
  bearer('a bearer token and an unknown scope', 'response_type=code&scope=foo&state=s'),
  bearer(
    'a bearer token and a wrong redirect URI',
    'response_type=code&redirect_uri=https%3A%2F%2Fevil.example.org',
  ),
  bearer('a bearer token and an unknown client', 'response_type=code', 'bob', 'unknown'),
  bearer('a bearer token and a client that requires approval', 'response_type=code', 'bob', 'ask'),
  bearer(
    'a bearer token and a client of another identity provider',
    'response_type=code',
    'bob',
    'otheridp',
  ),
  bearer(
    'a bearer token and a client without identity providers',
    'response_type=code',
    'bob',
    'noidps',
  ),
  bearer(
    'a bearer token and a client with required groups',
    'response_type=code',
    'bob',
    'grouped',
  ),
  bearer('a bearer token, a code and an id token', 'response_type=code%20id_token'),
  bearer('a bearer token and the response type codefoo', 'response_type=codefoo'),
  bearer('a bearer token without uaa.user', 'response_type=code', 'openid'),
  bearer('a bearer token of a client', 'response_type=code', 'clients'),
  bearer('a bearer token of an administrator', 'response_type=code', 'admin'),
  bearer('a bearer token and the response type token', 'response_type=token'),
  bearer('a bearer token and an id token', 'response_type=id_token'),
  bearer('a bearer token and prompt=none', 'response_type=code&prompt=none'),
  bearer('a bearer token and prompt=login', 'response_type=code&prompt=login'),
  { ...bearer('a bearer token of a browser', 'response_type=code'), headers: browser },
  { ...bearer('a bearer token with any type', 'response_type=code'), headers: { accept: '*/*' } },
  {
    title: 'a bearer token in lower case',
    request: `GET ${authorizePath('auto', 'response_type=code')}`,
    headers: { authorization: 'bearer <bob>' },
  },
  {
    title: 'a wrong bearer token',
    request: `GET ${authorizePath('auto', 'response_type=code')}`,
    headers: { authorization: 'Bearer foo' },
  },
  {
    title: 'an empty bearer token',
    request: `GET ${authorizePath('auto', 'response_type=code')}`,
    headers: { authorization: 'Bearer ' },
  },
  {
    title: 'a Basic header',
    request: `GET ${authorizePath('auto', 'response_type=code')}`,
    basic: ['auto<run>', 'secret'],
  },
  {
    title: 'a bearer token without a client',
    request: 'GET /oauth/authorize?response_type=code',
    as: 'bob',
  },
  {
    title: 'a bearer token in the query',
    request: `GET ${authorizePath('auto', 'response_type=code&access_token=<bob>')}`,
  },
  {
    title: 'a bearer token with HEAD',
    request: `HEAD ${authorizePath('auto', 'response_type=code')}`,
    as: 'bob',
  },
  {
    title: 'a bearer token with POST',
    request: `POST ${authorizePath('auto', 'response_type=code')}`,
    as: 'bob',
  },
  {
    title: 'a bearer token with a form',
    request: 'POST /oauth/authorize',
    as: 'bob',
    form: { client_id: 'auto<run>', response_type: 'code', state: 's' },
  },
  {
    title: 'a bearer token with PUT',
    request: `PUT ${authorizePath('auto', 'response_type=code')}`,
    as: 'bob',
  },
  {
    title: 'a bearer token with an approval',
    request: 'POST /oauth/authorize',
    as: 'bob',
    form: { client_id: 'ask<run>', response_type: 'code', user_oauth_approval: 'true' },
  },

  post('credentials', bob),
  post('credentials with a state', { ...bob, state: 'a b' }),
  post('credentials with a scope', { ...bob, scope: 'openid' }),
  post('credentials with an unknown scope', { ...bob, scope: 'foo', state: 's' }),
  post('credentials with a redirect URI', {
    ...bob,
    redirect_uri: 'https://app.example.com/callback',
  }),
  post('credentials with a wrong redirect URI', {
    ...bob,
    redirect_uri: 'https://evil.example.org',
  }),
  post('credentials for a token and an id token', { ...bob, response_type: 'token id_token' }),
  post('credentials for an id token and a token', { ...bob, response_type: 'id_token token' }),
  post('credentials for an id token', { ...bob, response_type: 'id_token' }),
  post('credentials for a code', { ...bob, response_type: 'code' }),
  post('credentials for an opaque token', { ...bob, token_format: 'opaque' }),
  post('credentials with a nonce', { ...bob, nonce: 'n', response_type: 'token id_token' }),
  post('credentials without a response type', { ...bob, response_type: '' }),
  post('a wrong password', { ...bob, password: 'wrong' }),
  post('an empty password', { ...bob, password: '' }),
  post('an unknown user', { ...bob, username: 'unknown<run>' }),
  post('a client without the implicit grant', { ...bob, client_id: 'codeonly<run>' }),
  post('a client that requires approval', { ...bob, client_id: 'ask<run>' }),
  post('credentials and an approval', {
    ...bob,
    client_id: 'ask<run>',
    user_oauth_approval: 'true',
  }),
  post('an unknown client', { ...bob, client_id: 'unknown<run>' }),
  post('a client of another identity provider', { ...bob, client_id: 'otheridp<run>' }),
  post('a client with required groups', { ...bob, client_id: 'grouped<run>' }),
  post('an unverified user', {
    ...bob,
    username: 'unverified<run>',
    password: 'unverified-password',
  }),
  post('credentials without a password', { source: 'credentials', username: 'bob<run>' }),
  post('credentials without a user name', { source: 'credentials', password: 'bob-password' }),
  post('no credentials', { source: 'credentials' }),
  post('a passcode that is wrong', { source: 'credentials', passcode: 'foo' }),
  post('credentials from a browser', bob, browser),
  post('credentials with any type', bob, { accept: '*/*' }),
  post('credentials without Accept', bob, { accept: null }),
  post('credentials for a form', bob, { accept: 'application/x-www-form-urlencoded' }),
  post('credentials with two types', bob, { accept: 'text/html, application/json' }),
  post(
    'wrong password for a form',
    { ...bob, password: 'wrong' },
    { accept: 'application/x-www-form-urlencoded' },
  ),
  post('wrong password without Accept', { ...bob, password: 'wrong' }, { accept: null }),
  {
    title: 'credentials by GET',
    request: `GET ${authorizePath('auto', 'response_type=token&source=credentials&username=bob<run>&password=bob-password')}`,
  },
  {
    title: 'credentials by PUT',
    request: `PUT ${authorizePath('auto', 'response_type=token&source=credentials&username=bob<run>&password=bob-password')}`,
  },
  {
    title: 'credentials in the query of a POST',
    request: `POST ${authorizePath('auto', 'response_type=token&source=credentials&username=bob<run>&password=bob-password')}`,
  },
  post('the parameter credentials', {
    source: 'credentials',
    credentials: '{"username":"bob<run>","password":"bob-password"}',
  }),
  post('the parameter credentials with a wrong password', {
    source: 'credentials',
    credentials: '{"username":"bob<run>","password":"wrong"}',
  }),
  post('the parameter credentials that is not JSON', { source: 'credentials', credentials: 'foo' }),
  post('the parameter credentials that is invalid JSON', {
    source: 'credentials',
    credentials: '{foo',
  }),
  post('the parameter credentials without source', {
    credentials: '{"username":"bob<run>","password":"bob-password"}',
  }),
  post(
    'the parameter credentials without source from a browser',
    { credentials: '{"username":"bob<run>","password":"bob-password"}' },
    browser,
  ),
  post('the parameter credentials and the user name', {
    source: 'credentials',
    credentials: '{"password":"bob-password"}',
    username: 'bob<run>',
  }),
  {
    title: 'credentials by GET without source',
    request: `GET ${authorizePath('auto', 'response_type=token&credentials=%7B%22username%22%3A%22bob<run>%22%2C%22password%22%3A%22bob-password%22%7D')}`,
  },
  post('another source', { ...bob, source: 'foo' }),
  post('the source login', { ...bob, source: 'login' }),
  {
    ...post('the source login with a token of a client', { ...bob, source: 'login' }),
    as: 'clients',
  },
  {
    ...post('the source login with a token of an administrator', { ...bob, source: 'login' }),
    as: 'admin',
  },
  post('the parameter login', { login: '{"username":"bob<run>"}' }),
  ...[1, 2, 3, 4, 5, 6].map((n) =>
    post(`wrong password number ${String(n)}`, {
      ...bob,
      username: 'locked<run>',
      password: 'wrong',
    }),
  ),
  post('the right password of a locked user', {
    ...bob,
    username: 'locked<run>',
    password: 'locked-password',
  }),
  userToken('bob', 'pks_cli'),
]);
