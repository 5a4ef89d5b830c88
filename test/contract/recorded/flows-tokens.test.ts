import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser, userToken } from './steps.js';
import { createClient } from './token-steps.js';

/** The `Accept` header of Spring's `OAuth2RestTemplate`. */
const spring = { accept: 'application/json, application/x-www-form-urlencoded' };
/** The headers of curl. */
const curl = { accept: '*/*', 'user-agent': 'curl/7.64.1' };
const password = { grant_type: 'password', username: 'tia<run>', password: 'tia-password' };
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

function token(
  title: string,
  form: Record<string, string> | string,
  rest: Partial<Exchange> = {},
): Exchange {
  return {
    title,
    request: 'POST /oauth/token',
    form:
      typeof form === 'string'
        ? form
        : { client_id: 'app<run>', client_secret: 'app-secret', ...form },
    ...rest,
  };
}

function check(
  title: string,
  form: Record<string, string> | string,
  rest: Partial<Exchange> = {},
): Exchange {
  return {
    title,
    request: 'POST /check_token',
    basic: ['resource<run>', 'resource-secret'],
    form,
    ...rest,
  };
}

function introspect(
  title: string,
  form: Record<string, string>,
  rest: Partial<Exchange> = {},
): Exchange {
  return { ...check(title, form, rest), request: 'POST /introspect' };
}

function revoke(title: string, path: string, rest: Partial<Exchange> = {}): Exchange {
  return { title, request: `DELETE /oauth/token/${path}`, as: 'admin', ...rest };
}

compareWithRecordings('flows-tokens', [
  adminToken,
  ...createUser('tia', ['pks.clusters.admin']),
  createClient('app', {
    scope: [
      'openid',
      'pks.clusters.admin',
      'password.write',
      'uaa.user',
      'user_attributes',
      'roles',
      'profile',
    ],
    authorities: ['uaa.resource', 'tokens.list'],
    authorized_grant_types: [
      'password',
      'refresh_token',
      'client_credentials',
      'authorization_code',
      jwtBearer,
    ],
    redirect_uri: ['http://localhost:8080/app/**', 'https://*.example.com'],
    autoapprove: ['openid'],
    access_token_validity: 1000,
    refresh_token_validity: 2000,
  }),
  createClient('resource', {
    authorities: ['uaa.resource'],
    authorized_grant_types: ['client_credentials'],
  }),
  createClient('plain', {
    scope: ['uaa.user'],
    authorities: ['uaa.none'],
    authorized_grant_types: ['password', 'client_credentials'],
  }),
  token(
    'a password grant for an opaque token with a login hint',
    { ...password, token_format: 'opaque', login_hint: '{"origin":"uaa"}' },
    { save: { opaque: 'access_token', 'opaque-refresh': 'refresh_token' } },
  ),
  token('a password grant with a login hint of an unknown origin', {
    ...password,
    login_hint: '{"origin":"nosuch"}',
  }),
  token('a password grant with an encoded login hint', {
    ...password,
    login_hint: '%7B%22origin%22%3A%22uaa%22%7D',
  }),
  token(
    'a password grant with a JWT',
    { ...password, token_format: 'jwt' },
    { save: { jwt: 'access_token', 'jwt-refresh': 'refresh_token', id: 'id_token' } },
  ),
  token('a password grant for an id token', {
    ...password,
    response_type: 'id_token',
    scope: 'openid',
  }),
  token('a password grant with a nonce', {
    ...password,
    response_type: 'token id_token',
    nonce: 'n1',
  }),
  token('a password grant without a scope of the user', { ...password, scope: 'password.write' }),
  token('a password grant with an unknown scope', { ...password, scope: 'cloud_controller.admin' }),
  token('a password grant with scopes of roles and attributes', {
    ...password,
    scope: 'openid roles user_attributes profile',
  }),
  token('a password grant as Spring sends it', password, {
    headers: { ...spring },
    basic: ['app<run>', 'app-secret'],
    form: { ...password, scope: 'openid' },
  }),
  token('a password grant without a password', { grant_type: 'password', username: 'tia<run>' }),
  token('a password grant with a wrong password', { ...password, password: 'wrong' }),
  token('a password grant with an email as the username', {
    ...password,
    username: 'tia<run>@example.com',
  }),
  token('a password grant of an unknown user', { ...password, username: 'nosuch<run>' }),
  token('a password grant with a wrong secret', { ...password, client_secret: 'wrong' }),
  token('a password grant of an unknown client', { ...password, client_id: 'nosuch<run>' }),
  token(
    'a password grant with different clients in the header and in the form',
    { ...password, client_id: 'plain<run>' },
    { basic: ['app<run>', 'app-secret'] },
  ),
  token('a password grant of a client without the scope of openid', {
    ...password,
    client_id: 'plain<run>',
    client_secret: 'plain-secret',
  }),
  token('a refresh token grant of a client that lacks it', {
    grant_type: 'refresh_token',
    refresh_token: '<jwt-refresh>',
    client_id: 'plain<run>',
    client_secret: 'plain-secret',
  }),
  token('a refresh token grant', { grant_type: 'refresh_token', refresh_token: '<jwt-refresh>' }),
  token('a refresh token grant with an opaque format', {
    grant_type: 'refresh_token',
    refresh_token: '<jwt-refresh>',
    token_format: 'opaque',
  }),
  token('a refresh token grant with an opaque token', {
    grant_type: 'refresh_token',
    refresh_token: '<opaque-refresh>',
    token_format: 'opaque',
  }),
  token('a refresh token grant with fewer scopes', {
    grant_type: 'refresh_token',
    refresh_token: '<jwt-refresh>',
    scope: 'openid',
  }),
  token('a refresh token grant with an unknown scope', {
    grant_type: 'refresh_token',
    refresh_token: '<jwt-refresh>',
    scope: 'nosuch',
  }),
  token('a refresh token grant with an access token', {
    grant_type: 'refresh_token',
    refresh_token: '<jwt>',
  }),
  token('a refresh token grant with three parts of text', {
    grant_type: 'refresh_token',
    refresh_token: 'a.b.c',
  }),
  token(
    'client credentials for an opaque token',
    { grant_type: 'client_credentials', token_format: 'opaque' },
    { save: { 'client-opaque': 'access_token' } },
  ),
  token(
    'client credentials for a JWT',
    { grant_type: 'client_credentials' },
    { save: { 'client-jwt': 'access_token' } },
  ),
  token('client credentials with a scope that the client lacks', {
    grant_type: 'client_credentials',
    scope: 'scim.read',
  }),
  token(
    'client credentials with a name in a header and a form',
    { grant_type: 'client_credentials' },
    { basic: ['app<run>', 'app-secret'] },
  ),
  token('client credentials without a grant type', {}),
  token('client credentials with an unknown grant type', { grant_type: 'device_code' }),
  token('an authorization code that is unknown', {
    grant_type: 'authorization_code',
    code: 'abc',
    redirect_uri: 'http://localhost:8080/app/',
  }),
  token('an authorization code grant without a code', {
    grant_type: 'authorization_code',
    redirect_uri: 'http://localhost:8080/app/',
  }),
  token('a jwt bearer grant without an assertion', { grant_type: jwtBearer }),
  token('a jwt bearer grant with an access token', { grant_type: jwtBearer, assertion: '<jwt>' }),
  token('a jwt bearer grant with a token of a client', {
    grant_type: jwtBearer,
    assertion: '<client-jwt>',
  }),
  token('a jwt bearer grant with an id token', {
    grant_type: jwtBearer,
    assertion: '<id>',
    response_type: 'token id_token',
    token_format: 'opaque',
  }),
  token('a jwt bearer grant with a token without a valid signature', {
    grant_type: jwtBearer,
    assertion: 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwOi8vbm9ib2R5In0.',
  }),

  check('a JWT is checked', { token: '<jwt>' }),
  check('an opaque token is checked', { token: '<opaque>' }),
  check('a token of a client is checked', { token: '<client-jwt>' }),
  check('a refresh token is checked', { token: '<jwt-refresh>' }),
  check('an opaque refresh token is checked', { token: '<opaque-refresh>' }),
  check('a token is checked with a scope', { token: '<jwt>', scopes: 'pks.clusters.admin' }),
  check('a token is checked with several scopes', {
    token: '<jwt>',
    scopes: 'pks.clusters.admin,openid',
  }),
  check('a token is checked with a missing scope', {
    token: '<jwt>',
    scopes: 'password.read,scim.nosuch',
  }),
  check('a text is checked', { token: 'abc' }),
  check(
    'a token is checked by a client without uaa.resource',
    { token: '<jwt>' },
    { basic: ['plain<run>', 'plain-secret'] },
  ),
  check(
    'a token is checked with a wrong secret',
    { token: '<jwt>' },
    { basic: ['resource<run>', 'wrong'] },
  ),
  check(
    'a token is checked without credentials',
    { token: '<jwt>' },
    { headers: { authorization: null } },
  ),
  check(
    'a token is checked as RemoteTokenServices does',
    { token: '<jwt>' },
    { headers: { accept: 'application/json, application/*+json' } },
  ),
  introspect('a JWT is introspected', { token: '<jwt>' }),
  introspect('an opaque token is introspected', { token: '<opaque>' }),
  introspect('a text is introspected', { token: 'abc' }),
  introspect('a token is introspected with a hint', {
    token: '<jwt>',
    token_type_hint: 'access_token',
  }),
  introspect(
    'a token is introspected by a client without uaa.resource',
    { token: '<jwt>' },
    { basic: ['plain<run>', 'plain-secret'] },
  ),
  introspect(
    'a token is introspected without credentials',
    { token: '<jwt>' },
    { headers: { authorization: null } },
  ),

  { title: 'the user info of a user', request: 'GET /userinfo', as: 'jwt' },
  { title: 'the user info with an id token', request: 'GET /userinfo', as: 'id' },
  { title: 'the user info without a token', request: 'GET /userinfo', headers: curl },
  userToken('tia'),
  { title: 'the user info with a refresh token', request: 'GET /userinfo', as: 'tia-refresh' },

  {
    title: 'the tokens of a client are listed',
    request: 'GET /oauth/token/list/client/resource<run>',
    as: 'admin',
  },
  {
    title: 'the tokens of a client are listed by another client',
    request: 'GET /oauth/token/list/client/resource<run>',
    as: 'client-jwt',
  },
  {
    title: 'the tokens of a user are listed by another user',
    request: 'GET /oauth/token/list/user/nosuch<run>',
    as: 'jwt',
  },
  {
    title: 'the tokens of a user are listed by an id',
    request: 'GET /oauth/token/list/user/<tia-id>',
    as: 'tia',
  },
  revoke('an unknown token is revoked', 'revoke/nosuch'),
  revoke('an opaque token is revoked by itself', 'revoke/<opaque>', { as: 'opaque' }),
  revoke('an opaque token is revoked again', 'revoke/<opaque>', { as: 'opaque' }),
  check('a revoked token is checked', { token: '<opaque>' }),
  introspect('a revoked token is introspected', { token: '<opaque>' }),
  revoke('a token of a client is revoked by a user', 'revoke/<client-opaque>', { as: 'jwt' }),
  revoke('a token of a client is revoked by another client', 'revoke/<client-opaque>'),
  revoke('the tokens of an unknown client are revoked', 'revoke/client/nosuch<run>'),
  revoke('the tokens of an unknown user are revoked', 'revoke/user/nosuch<run>'),
  {
    title: 'the tokens of a user and a client are revoked',
    request: 'GET /oauth/token/revoke/user/<tia-id>/client/app<run>',
    as: 'admin',
  },
  { title: 'the user info after the tokens were revoked', request: 'GET /userinfo', as: 'jwt' },
  token('a refresh token grant after the tokens were revoked', {
    grant_type: 'refresh_token',
    refresh_token: '<jwt-refresh>',
  }),
  {
    title: 'the tokens of a client are revoked by GET',
    request: 'GET /oauth/token/revoke/client/app<run>',
    as: 'admin',
  },
  {
    title: 'the tokens of a client are revoked without the scope',
    request: 'GET /oauth/token/revoke/client/resource<run>',
    as: 'tia',
  },
  {
    title: 'the tokens of a user are revoked by the user',
    request: 'GET /oauth/token/revoke/user/<tia-id>',
    as: 'tia',
  },
]);
