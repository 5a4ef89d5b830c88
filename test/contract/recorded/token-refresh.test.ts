import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser } from './steps.js';
import { createClient, requestToken, requestUserToken, updateClient } from './token-steps.js';

const web = {
  authorized_grant_types: ['password', 'refresh_token', 'client_credentials'],
  scope: ['openid', 'uaa.user', 'scim.me', 'profile', 'roles', 'user_attributes'],
  authorities: ['uaa.resource'],
};

function refresh(
  title: string,
  token: string,
  form: Readonly<Record<string, string>> = {},
  rest: Partial<Exchange> = {},
  client = 'web',
): Exchange {
  return requestToken(
    title,
    client,
    { grant_type: 'refresh_token', refresh_token: token, ...form },
    rest,
  );
}

function issue(
  name: string,
  user: string,
  form: Readonly<Record<string, string>> = {},
  client = 'web',
): Exchange {
  return requestUserToken(`the token ${name} is issued`, client, user, form, {
    save: { [name]: 'access_token', [`${name}-refresh`]: 'refresh_token' },
  });
}

const scopes = ['', 'openid', 'openid uaa.user', 'uaa.user,openid', 'openid foo'];
const jwts = ['x', 'a.b.c', 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln', 'x-r'];

compareWithRecordings('token-refresh', [
  adminToken,
  ...createUser('rf', ['pks.clusters.manage']),
  ...createUser('rfOther'),
  createClient('web', web),
  createClient('other', web),
  createClient('noRefresh', { ...web, authorized_grant_types: ['client_credentials'] }),
  issue('jwt', 'rf'),
  issue('opaque', 'rf', { token_format: 'opaque' }),
  issue('narrow', 'rf', { scope: 'openid uaa.user' }),
  refresh('a refresh', '<jwt-refresh>'),
  refresh('a second refresh', '<jwt-refresh>'),
  refresh('a refresh to an opaque token', '<jwt-refresh>', { token_format: 'opaque' }),
  refresh('a refresh of an opaque token', '<opaque-refresh>'),
  refresh('a refresh of an opaque token to an opaque token', '<opaque-refresh>', {
    token_format: 'opaque',
  }),
  refresh('a refresh with a nonce', '<jwt-refresh>', { nonce: 'n2' }),
  ...scopes.map((scope) =>
    refresh(`a refresh with the scope ${JSON.stringify(scope)}`, '<jwt-refresh>', { scope }),
  ),
  ...scopes.map((scope) =>
    refresh(
      `a refresh of a narrow token with the scope ${JSON.stringify(scope)}`,
      '<narrow-refresh>',
      { scope },
    ),
  ),
  ...jwts.map((token) => refresh(`the refresh token ${JSON.stringify(token)}`, token)),
  refresh('an access token as the refresh token', '<jwt>'),
  refresh('an opaque access token as the refresh token', '<opaque>'),
  refresh('a changed signature', '<jwt-refresh>x'),
  refresh('the refresh token of another client', '<jwt-refresh>', {}, {}, 'other'),
  refresh('the opaque refresh token of another client', '<opaque-refresh>', {}, {}, 'other'),
  refresh('a client without the grant', '<jwt-refresh>', {}, {}, 'noRefresh'),
  refresh('a wrong secret', '<jwt-refresh>', { client_secret: 'wrong' }),
  refresh(
    'a refresh with Basic credentials',
    '<jwt-refresh>',
    {},
    {
      basic: ['web<run>', 'web-secret'],
      form: { grant_type: 'refresh_token', refresh_token: '<jwt-refresh>' },
    },
  ),
  {
    title: 'the refresh token as a bearer token',
    request: 'GET /userinfo',
    headers: { authorization: 'Bearer <jwt-refresh>' },
  },
  {
    title: 'the opaque refresh token as a bearer token',
    request: 'GET /userinfo',
    headers: { authorization: 'Bearer <opaque-refresh>' },
  },
  requestToken(
    'a token of the client',
    'web',
    { grant_type: 'client_credentials' },
    { save: { client: 'access_token' } },
  ),
  refresh('a token of the client as the refresh token', '<client>'),
  // Changes of the client before a token is refreshed.
  {
    title: 'the client gets a second secret',
    request: 'PUT /oauth/clients/web<run>/secret',
    as: 'admin',
    json: { clientId: 'web<run>', secret: 'second', changeMode: 'ADD' },
  },
  refresh('a refresh after a second secret is added', '<jwt-refresh>'),
  refresh('a refresh with the second secret', '<jwt-refresh>', { client_secret: 'second' }),
  requestUserToken(
    'a token after a second secret is added',
    'web',
    'rf',
    {},
    { save: { late: 'access_token', 'late-refresh': 'refresh_token' } },
  ),
  {
    title: 'the client loses its first secret',
    request: 'PUT /oauth/clients/web<run>/secret',
    as: 'admin',
    json: { clientId: 'web<run>', changeMode: 'DELETE' },
  },
  refresh('a refresh after the first secret is deleted', '<jwt-refresh>', {
    client_secret: 'second',
  }),
  refresh('a refresh of a later token after the first secret is deleted', '<late-refresh>', {
    client_secret: 'second',
  }),
  {
    title: 'the client gets its first secret again',
    request: 'PUT /oauth/clients/web<run>/secret',
    as: 'admin',
    json: { clientId: 'web<run>', secret: 'web-secret' },
  },
  refresh('a refresh after the secret is changed', '<late-refresh>'),
  issue('again', 'rf'),
  updateClient('web', 'it loses a scope', { ...web, scope: ['openid', 'uaa.user'] }),
  refresh('a refresh after the client loses a scope', '<again-refresh>'),
  refresh('a narrow refresh after the client loses a scope', '<again-refresh>', {
    scope: 'openid',
  }),
  updateClient('web', 'it loses the refresh grant', {
    ...web,
    authorized_grant_types: ['client_credentials'],
  }),
  refresh('a refresh after the client loses the grant', '<again-refresh>'),
  updateClient('web', 'it loses the password grant', {
    ...web,
    authorized_grant_types: ['client_credentials', 'refresh_token'],
  }),
  updateClient('web', 'its lifetimes change', {
    ...web,
    access_token_validity: 100,
    refresh_token_validity: 200,
  }),
  requestUserToken(
    'a token with short lifetimes',
    'web',
    'rf',
    {},
    { save: { short: 'access_token', 'short-refresh': 'refresh_token' } },
  ),
  updateClient('web', 'its lifetimes change again', {
    ...web,
    access_token_validity: 50,
    refresh_token_validity: 3000,
  }),
  refresh('a refresh after the lifetimes change', '<short-refresh>'),
  // Changes of the user before a token is refreshed.
  updateClient('web', 'its scopes include clusters', {
    ...web,
    scope: [...web.scope, 'pks.clusters.manage'],
    access_token_validity: 500,
    refresh_token_validity: 3000,
  }),
  issue('member', 'rf'),
  {
    title: 'the user leaves a group',
    request: 'DELETE /Groups/<group-id-pks.clusters.manage>/members/<rf-id>',
    as: 'admin',
  },
  refresh('a refresh after the user leaves a group', '<member-refresh>'),
  refresh('a narrow refresh after the user leaves a group', '<member-refresh>', {
    scope: 'openid',
  }),
  issue('active', 'rf'),
  {
    title: 'the user is deactivated',
    request: 'PATCH /Users/<rf-id>',
    as: 'admin',
    json: { active: false },
    headers: { 'if-match': '*' },
  },
  refresh('a refresh after the user is deactivated', '<active-refresh>'),
  {
    title: 'the user is activated',
    request: 'PATCH /Users/<rf-id>',
    as: 'admin',
    json: { active: true },
    headers: { 'if-match': '*' },
  },
  refresh('a refresh after the user is activated', '<active-refresh>'),
  {
    title: 'the user must change the password',
    request: 'PATCH /Users/<rf-id>/status',
    as: 'admin',
    json: { passwordChangeRequired: true },
  },
  refresh('a refresh after the user must change the password', '<active-refresh>'),
  {
    title: 'the user gets another email address',
    request: 'PATCH /Users/<rf-id>',
    as: 'admin',
    json: { emails: [{ value: 'new-rf<run>@example.com' }] },
    headers: { 'if-match': '*' },
  },
  refresh('a refresh after the email address changes', '<active-refresh>'),
  issue('password', 'rfOther'),
  issue('passwordOpaque', 'rfOther', { token_format: 'opaque' }),
  {
    title: 'the password of the user changes',
    request: 'PUT /Users/<rfOther-id>/password',
    as: 'admin',
    json: { password: 'new-password' },
  },
  refresh('a refresh after the password changes', '<password-refresh>'),
  refresh('an opaque refresh after the password changes', '<passwordOpaque-refresh>'),
  requestUserToken(
    'a token with the new password',
    'web',
    'rfOther',
    { password: 'new-password' },
    { save: { last: 'access_token', 'last-refresh': 'refresh_token' } },
  ),
  { title: 'the user is deleted', request: 'DELETE /Users/<rfOther-id>', as: 'admin' },
  refresh('a refresh after the user is deleted', '<last-refresh>'),
  { title: 'the client is deleted', request: 'DELETE /oauth/clients/web<run>', as: 'admin' },
  refresh('a refresh after the client is deleted', '<active-refresh>'),
]);
