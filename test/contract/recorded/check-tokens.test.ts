import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser, userToken } from './steps.js';

const resource = ['rs<run>', 'secret'] as const;

const check = (title: string, token: string, path = '/check_token'): Exchange => ({
  title,
  request: `POST ${path}`,
  basic: resource,
  form: { token },
});

const both = (title: string, token: string): readonly Exchange[] => [
  check(`check_token of ${title}`, token),
  check(`introspect of ${title}`, token, '/introspect'),
];

const variants = ['check_token', 'introspect'].flatMap((path): readonly Exchange[] => {
  const request = `POST /${path}`;
  const form = { token: '<ann>' };
  return [
    { title: `${path} without credentials`, request, form },
    { title: `${path} with wrong credentials`, request, form, basic: ['rs<run>', 'wrong'] },
    { title: `${path} with an unknown client`, request, form, basic: ['unknown<run>', 'x'] },
    {
      title: `${path} with credentials in the form`,
      request,
      form: { ...form, client_id: 'rs<run>', client_secret: 'secret' },
    },
    {
      title: `${path} with a client without uaa.resource`,
      request,
      form,
      basic: ['admin', 'adminsecret'],
    },
    { title: `${path} with an empty token`, request, form: { token: '' }, basic: resource },
    {
      title: `${path} with the token in the query`,
      request: `${request}?token=<ann>`,
      basic: resource,
    },
    { title: `${path} with any type`, request, form, basic: resource, headers: { accept: '*/*' } },
    {
      title: `${path} with a token type hint`,
      request,
      form: { ...form, token_type_hint: 'refresh_token' },
      basic: resource,
    },
  ];
});

const scopes = (title: string, value: string, name = 'scopes'): Exchange => ({
  title,
  request: 'POST /check_token',
  basic: resource,
  form: { token: '<ann>', [name]: value },
});

compareWithRecordings('check-tokens', [
  adminToken,
  {
    title: 'a resource server is created',
    request: 'POST /oauth/clients',
    as: 'admin',
    json: {
      client_id: 'rs<run>',
      client_secret: 'secret',
      authorized_grant_types: ['client_credentials'],
      authorities: ['uaa.resource', 'scim.read'],
    },
  },
  {
    title: 'the resource server gets a token',
    request: 'POST /oauth/token',
    basic: resource,
    form: { grant_type: 'client_credentials' },
    save: { own: 'access_token' },
  },
  {
    title: 'the resource server gets an opaque token',
    request: 'POST /oauth/token',
    basic: resource,
    form: { grant_type: 'client_credentials', token_format: 'opaque' },
    save: { opaque: 'access_token' },
  },
  ...createUser('ann', ['pks.clusters.manage']),
  {
    ...userToken('ann'),
    save: { ann: 'access_token', refresh: 'refresh_token', id: 'id_token', jti: 'jti' },
  },
  {
    title: 'ann gets opaque tokens',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'password',
      client_id: 'pks_cli',
      client_secret: '',
      username: 'ann<run>',
      password: 'ann-password',
      token_format: 'opaque',
    },
    save: { 'ann-opaque': 'access_token', 'ann-opaque-refresh': 'refresh_token' },
  },
  ...both('a token of a user', '<ann>'),
  ...both('a token of a client', '<own>'),
  ...both('an opaque token of a client', '<opaque>'),
  ...both('an opaque token of a user', '<ann-opaque>'),
  ...both('a refresh token', '<refresh>'),
  ...both('an opaque refresh token', '<ann-opaque-refresh>'),
  ...both('a token with a changed signature', '<ann>x'),
  ...both('a text with two periods', 'a.b.c'),
  ...both('the id of a token that is not stored', '<jti>'),
  ...variants,
  scopes('a scope that the token has', 'openid'),
  scopes('two scopes that the token has', 'openid,pks.clusters.manage'),
  scopes('a scope that the token lacks', 'scim.read'),
  scopes('scopes of which the token lacks two', 'openid,a.b,c.d'),
  scopes('empty scopes', ''),
  {
    title: 'the group is removed',
    request: 'DELETE /Groups/<group-id-pks.clusters.manage>/members/<ann-id>',
    as: 'admin',
  },
  ...both('a token after the user lost a group', '<ann>'),
  {
    title: 'the password is changed',
    request: 'PUT /Users/<ann-id>/password',
    as: 'admin',
    json: { password: 'new-password' },
  },
  ...both('a token after the password changed', '<ann>'),
  ...both('an opaque token after the password changed', '<ann-opaque>'),
  { title: 'the user is deleted', request: 'DELETE /Users/<ann-id>', as: 'admin' },
  ...both('a token of a deleted user', '<ann>'),
  ...both('an opaque token of a deleted user', '<ann-opaque>'),
  {
    title: 'the resource server loses an authority',
    request: 'PUT /oauth/clients/rs<run>',
    as: 'admin',
    json: {
      client_id: 'rs<run>',
      authorized_grant_types: ['client_credentials'],
      authorities: ['uaa.resource'],
    },
  },
  ...both('a token after the client lost an authority', '<own>'),
  {
    title: 'the secret of the resource server is changed',
    request: 'PUT /oauth/clients/rs<run>/secret',
    as: 'admin',
    json: { secret: 'new' },
  },
  {
    title: 'check_token with the old secret',
    request: 'POST /check_token',
    basic: resource,
    form: { token: '<own>' },
  },
  {
    title: 'check_token with the new secret',
    request: 'POST /check_token',
    basic: ['rs<run>', 'new'],
    form: { token: '<own>' },
  },
]);
