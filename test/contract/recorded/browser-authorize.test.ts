import { authorizePath, browser, createClient, loggedInUser } from './browser-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { createUser } from './steps.js';

/** A request of the logged-in user ann with the `Accept` header of a browser. */
function get(title: string, query: string, client = 'auto'): Exchange {
  return {
    title,
    request: `GET ${authorizePath(client, query)}`,
    headers: browser,
    session: 'user',
  };
}

const withJson = (exchange: Exchange): Exchange => ({
  ...exchange,
  title: `${exchange.title} as JSON`,
  headers: { accept: 'application/json' },
});

/** A request with credentials, as uaac and tpks send it. */
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

/** A request with a token, as `cf ssh-code` sends it. */
const bearer = (title: string, query: string, token = 'bob', client = 'auto'): Exchange => ({
  title,
  request: `GET ${authorizePath(client, query)}`,
  as: token,
});

/** Gets a token of bob. */
const bobToken = (title: string, name: string, scope: Record<string, string> = {}): Exchange => ({
  title,
  request: 'POST /oauth/token',
  form: {
    grant_type: 'password',
    client_id: 'auto<run>',
    client_secret: 'secret',
    username: 'bob<run>',
    password: 'bob-password',
    ...scope,
  },
  save: { [name]: 'access_token' },
});

compareWithRecordings('browser-authorize', [
  ...loggedInUser('user', 'ann'),
  ...createUser('bob'),
  ...createUser('locked'),
  ...createClient('auto'),
  ...createClient('ask', { autoapprove: [] }),
  ...createClient('codeonly', { authorized_grant_types: ['authorization_code'] }),
  ...createClient('passwordonly', { authorized_grant_types: ['password'] }),
  ...createClient('noidps', { allowedproviders: [] }),
  ...createClient('otheridp', { allowedproviders: ['ldap'] }),
  ...createClient('grouped', { required_user_groups: ['pks.clusters.admin'] }),
  ...createClient('wild', { scope: ['openid', 'uaa.*'] }),
  ...createClient('adminscopes', { scope: ['uaa.admin', 'clients.read'] }),
  bobToken('bob gets a token of auto', 'bob'),
  bobToken('bob gets a token with openid', 'openid', { scope: 'openid' }),

  get('a code', 'response_type=code'),
  get('a code with a state', 'response_type=code&state=abc'),
  get('a code with a scope', 'response_type=code&scope=openid'),
  get('a code with an unknown scope', 'response_type=code&scope=foo.bar&state=s'),
  get('a code with a known and an unknown scope', 'response_type=code&scope=openid%20foo.bar'),
  get(
    'a token for a client all of whose scopes the user lacks',
    'response_type=token&state=s',
    'adminscopes',
  ),
  get('a token for a client with wildcard scopes', 'response_type=token', 'wild'),
  get('a token', 'response_type=token'),
  get('a token with a state', 'response_type=token&state=a%20b'),
  get('a token with a scope', 'response_type=token&scope=openid'),
  get('a token with a nonce', 'response_type=token&nonce=n1&scope=openid'),
  get('an opaque token', 'response_type=token&token_format=opaque'),
  get(
    'an id token with a nonce and a state',
    'response_type=id_token&scope=openid&nonce=n1&state=s',
  ),
  get('an id token with a scope other than openid', 'response_type=id_token&scope=uaa.user'),
  get('a token and an id token', 'response_type=token%20id_token&scope=openid'),
  get('a code and an id token', 'response_type=code%20id_token&scope=openid'),
  get('a code and a token', 'response_type=code%20token&scope=openid'),
  get('a code, a token and an id token', 'response_type=code%20token%20id_token&scope=openid'),
  get('the response type foo', 'response_type=foo&state=s'),
  get('the response types token and foo', 'response_type=token%20foo&state=s'),
  get('a token for a client without the implicit grant', 'response_type=token&state=s', 'codeonly'),
  get(
    'a code for a client with the password grant only',
    'response_type=code&state=s',
    'passwordonly',
  ),
  get('a code for a client without identity providers', 'response_type=code', 'noidps'),
  withJson(get('a code for a client without identity providers', 'response_type=code', 'noidps')),
  get('a code for a client of another identity provider', 'response_type=code', 'otheridp'),
  get('a code for a client with required groups', 'response_type=code&state=s', 'grouped'),
  get('prompt=none', 'response_type=code&prompt=none'),
  get('prompt=none for a token', 'response_type=token&prompt=none'),
  get('prompt=none with an unknown scope', 'response_type=code&scope=foo&prompt=none&state=s'),
  get('a large max_age', 'response_type=code&max_age=3600'),
  withJson(get('a token', 'response_type=token')),
  get('an unknown client', 'response_type=code&state=s', 'unknown'),
  withJson(get('an unknown client', 'response_type=code&state=s', 'unknown')),

  bearer('a bearer token and a code', 'response_type=code'),
  bearer('a bearer token, a code and a state', 'response_type=code&state=a%20b'),
  bearer('a bearer token and an unknown scope', 'response_type=code&scope=foo&state=s'),
  bearer(
    'a bearer token and a wrong redirect URI',
    'response_type=code&redirect_uri=https%3A%2F%2Fevil.example.org',
  ),
  bearer('a bearer token and an unknown client', 'response_type=code', 'bob', 'unknown'),
  bearer('a bearer token and a client that requires approval', 'response_type=code', 'bob', 'ask'),
  bearer('a bearer token without uaa.user', 'response_type=code', 'openid'),
  bearer('a bearer token and the response type token', 'response_type=token'),
  {
    title: 'a wrong bearer token',
    request: `GET ${authorizePath('auto', 'response_type=code')}`,
    headers: { authorization: 'Bearer foo' },
  },

  post('credentials', bob),
  post('credentials with a state', { ...bob, state: 'a b' }),
  post('credentials with an unknown scope', { ...bob, scope: 'foo', state: 's' }),
  post('credentials with a wrong redirect URI', {
    ...bob,
    redirect_uri: 'https://evil.example.org',
  }),
  post('credentials for a token and an id token', { ...bob, response_type: 'token id_token' }),
  post('credentials for a code', { ...bob, response_type: 'code' }),
  post('credentials for an opaque token', { ...bob, token_format: 'opaque' }),
  post('a wrong password', { ...bob, password: 'wrong' }),
  post('an unknown user', { ...bob, username: 'unknown<run>' }),
  post('a client without the implicit grant', { ...bob, client_id: 'codeonly<run>' }),
  post('a client that requires approval', { ...bob, client_id: 'ask<run>' }),
  post('a client with required groups', { ...bob, client_id: 'grouped<run>' }),
  post('no credentials', { source: 'credentials' }),
  post('credentials from a browser', bob, browser),
  post('credentials without Accept', bob, { accept: null }),
  post('the parameter credentials', {
    source: 'credentials',
    credentials: '{"username":"bob<run>","password":"bob-password"}',
  }),
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
]);
