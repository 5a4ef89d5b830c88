import { createClient } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, browserLogin, createUser } from './steps.js';

type Form = Readonly<Record<string, string>>;
function token(title: string, client: string, form: Form, rest: Partial<Exchange> = {}): Exchange {
  return {
    title,
    request: 'POST /oauth/token',
    form: { client_id: `${client}<run>`, client_secret: 'secret', ...form },
    ...rest,
  };
}
const password = { grant_type: 'password', username: 'uma<run>', password: 'uma-password' };
const all = {
  authorized_grant_types: ['password', 'refresh_token', 'authorization_code', 'client_credentials'],
  scope: ['openid', 'pks.clusters.admin', 'password.write', 'uaa.user'],
  redirect_uri: ['https://app.example.com/callback'],
  authorities: ['uaa.resource', 'scim.read'],
};
function authorize(title: string, query: string, rest: Partial<Exchange> = {}): Exchange {
  return {
    title,
    request: `GET /oauth/authorize?redirect_uri=https://app.example.com/callback&${query}`,
    headers: { accept: 'text/html' },
    session: 'uma',
    ...rest,
  };
}
function api(title: string, request: string, rest: Partial<Exchange> = {}): Exchange {
  return { title, request, as: 'admin', ...rest };
}

compareWithRecordings('flows-oauth', [
  adminToken,
  ...createUser('uma', ['pks.clusters.admin']),
  ...createUser('vic'),
  createClient('full', all),
  createClient('ldaponly', { ...all, allowedproviders: ['ldap'] }),
  createClient('grouped', { ...all, required_user_groups: ['pks.clusters.admin'] }),
  createClient('short', { ...all, access_token_validity: 5, refresh_token_validity: 10 }),
  createClient('approving', { ...all, autoapprove: ['openid'] }),
  createClient('approvingall', { ...all, autoapprove: true }),
  createClient('plain', {
    authorized_grant_types: ['password'],
    scope: ['openid'],
    authorities: ['uaa.none'],
  }),
  createClient('wild', { ...all, scope: ['pks.*', 'openid'] }),
  createClient('refreshless', {
    ...all,
    authorized_grant_types: ['password', 'client_credentials'],
  }),
  createClient('uaaonly', { ...all, allowedproviders: ['uaa'] }),
  api('a public client is created', 'POST /oauth/clients', {
    json: {
      client_id: 'public<run>',
      authorized_grant_types: ['password', 'refresh_token', 'implicit'],
      scope: ['openid'],
      redirect_uri: ['https://app.example.com/callback'],
      allowpublic: true,
      autoapprove: true,
    },
  }),
  token('client credentials of a client of another provider', 'ldaponly', {
    grant_type: 'client_credentials',
  }),
  token('a client of the internal provider with a hint of another', 'uaaonly', {
    ...password,
    login_hint: '{"origin":"ldap"}',
  }),
  token('a user with the required group', 'grouped', password),
  token('a user without the required group', 'grouped', {
    ...password,
    username: 'vic<run>',
    password: 'vic-password',
  }),
  token('a client with short validities', 'short', password),
  token('client credentials with short validities', 'short', { grant_type: 'client_credentials' }),
  token('a client with a wildcard scope', 'wild', password),
  token('a client with a wildcard scope that is requested', 'wild', {
    ...password,
    scope: 'pks.clusters.admin',
  }),
  token('a client with a wildcard scope that is requested as such', 'wild', {
    ...password,
    scope: 'pks.*',
  }),
  token('a client without refresh tokens', 'refreshless', password),
  token('a public client without a secret', 'public', { ...password, client_secret: '' }),
  {
    title: 'a public client without the field of a secret',
    request: 'POST /oauth/token',
    form: { client_id: 'public<run>', ...password },
  },
  {
    title: 'a public client with a header without a secret',
    request: 'POST /oauth/token',
    basic: ['public<run>', ''],
    form: password,
  },
  token('a username in upper case', 'full', { ...password, username: 'UMA<run>' }),
  token('a client without the grant type', 'plain', { grant_type: 'client_credentials' }),
  token('a client without the grant type of codes', 'plain', {
    grant_type: 'authorization_code',
    code: 'x',
  }),
  token('a device code grant', 'plain', {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: 'x',
  }),
  token('a wrong password once', 'full', { ...password, username: 'vic<run>', password: 'a' }),
  token('a wrong password twice', 'full', { ...password, username: 'vic<run>', password: 'a' }),
  token('a wrong password three times', 'full', {
    ...password,
    username: 'vic<run>',
    password: 'a',
  }),
  token('a wrong password four times', 'full', {
    ...password,
    username: 'vic<run>',
    password: 'a',
  }),
  token('a wrong password five times', 'full', {
    ...password,
    username: 'vic<run>',
    password: 'a',
  }),
  token('the right password of a locked user', 'full', {
    ...password,
    username: 'vic<run>',
    password: 'vic-password',
  }),
  api('the lock is removed', 'PATCH /Users/<vic-id>/status', { json: { locked: false } }),
  token(
    'the right password of an unlocked user',
    'full',
    { ...password, username: 'vic<run>', password: 'vic-password' },
    { save: { vic: 'access_token', 'vic-refresh': 'refresh_token' } },
  ),
  api('a client loses a scope', 'PUT /oauth/clients/full<run>', {
    json: { client_id: 'full<run>', ...all, scope: ['openid'] },
  }),
  token('a refresh token after the client lost a scope', 'full', {
    grant_type: 'refresh_token',
    refresh_token: '<vic-refresh>',
  }),
  api('a user is renamed', 'PUT /Users/<vic-id>', {
    headers: { 'if-match': '*' },
    json: {
      userName: 'vic2<run>',
      emails: [{ value: 'vic2<run>@example.com' }],
      name: { givenName: 'V', familyName: 'W' },
    },
  }),
  { title: 'the user info of a renamed user', request: 'GET /userinfo', as: 'vic' },
  token('a refresh token of a renamed user', 'full', {
    grant_type: 'refresh_token',
    refresh_token: '<vic-refresh>',
    scope: 'openid',
  }),
  {
    title: 'the token of a renamed user is checked',
    request: 'POST /check_token',
    basic: ['full<run>', 'secret'],
    form: { token: '<vic>' },
  },
  api('a client loses the grant of refresh tokens', 'PUT /oauth/clients/full<run>', {
    json: {
      client_id: 'full<run>',
      ...all,
      authorized_grant_types: ['password', 'authorization_code'],
    },
  }),
  token('a refresh token after the client lost the grant', 'full', {
    grant_type: 'refresh_token',
    refresh_token: '<vic-refresh>',
  }),
  api('a secret is changed', 'PUT /oauth/clients/full<run>/secret', {
    json: { secret: 'changed' },
  }),
  token('a password with the old secret', 'full', password),
  { title: 'the user info after the secret changed', request: 'GET /userinfo', as: 'vic' },

  ...browserLogin('uma', 'uma'),
  authorize(
    'a code in a query',
    'client_id=approvingall<run>&response_type=code&response_mode=query&state=a%20b%26c',
  ),
  authorize(
    'a code with an email scope',
    'client_id=approvingall<run>&response_type=code&scope=openid%20email',
  ),
  authorize(
    'a code for a client of another provider',
    'client_id=ldaponly<run>&response_type=code',
  ),
  authorize(
    'a code for a client with a required group',
    'client_id=grouped<run>&response_type=code&scope=openid',
  ),
  authorize(
    'a code for a client that approves one scope',
    'client_id=approving<run>&response_type=code&scope=openid',
  ),
  authorize(
    'a code for a client that approves one of two scopes',
    'client_id=approving<run>&response_type=code&scope=openid+uaa.user',
  ),
  authorize(
    'a token for a client without the implicit grant',
    'client_id=approvingall<run>&response_type=token',
  ),
  authorize(
    'a code and an id token for a client without the implicit grant',
    'client_id=approvingall<run>&response_type=code+id_token&scope=openid',
  ),
  authorize(
    'an id token with prompt none',
    'client_id=approvingall<run>&response_type=id_token&scope=openid&prompt=none&nonce=1',
  ),
  authorize('prompt consent', 'client_id=approvingall<run>&response_type=code&prompt=consent'),
  authorize('a public client', 'client_id=public<run>&response_type=token&scope=openid'),
  authorize('a redirect with a fragment', 'client_id=approvingall<run>&response_type=code', {
    request:
      'GET /oauth/authorize?client_id=approvingall<run>&response_type=code&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback%23frag',
  }),
  authorize('a redirect with a query', 'client_id=approvingall<run>&response_type=code', {
    request:
      'GET /oauth/authorize?client_id=approvingall<run>&response_type=code&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback%3Fa%3Db',
  }),
  authorize('a redirect with another port', 'client_id=approvingall<run>&response_type=code', {
    request:
      'GET /oauth/authorize?client_id=approvingall<run>&response_type=code&redirect_uri=https%3A%2F%2Fapp.example.com%3A8443%2Fcallback',
  }),
  authorize('a redirect with another scheme', 'client_id=approvingall<run>&response_type=code', {
    request:
      'GET /oauth/authorize?client_id=approvingall<run>&response_type=code&redirect_uri=http%3A%2F%2Fapp.example.com%2Fcallback',
  }),
  authorize('an empty redirect', 'client_id=approvingall<run>&response_type=code', {
    request: 'GET /oauth/authorize?client_id=approvingall<run>&response_type=code&redirect_uri=',
  }),
]);
