import { compareWithRecordings } from './compare.js';
import { adminToken, createUser, userToken } from './steps.js';
import { createClient } from './token-steps.js';
import type { Exchange } from './exchange.js';

/** The `Accept` header of Spring's `OAuth2RestTemplate`. */
const spring = { accept: 'application/json, application/x-www-form-urlencoded' };
/** The headers of curl. */
const curl = { accept: '*/*', 'user-agent': 'curl/7.64.1' };
const password = { grant_type: 'password', username: 'tia<run>', password: 'tia-password' };
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const samlBearer = 'urn:ietf:params:oauth:grant-type:saml2-bearer';

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
      'user_token',
      jwtBearer,
      samlBearer,
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
  token('a password grant with an MFA code', { ...password, mfaCode: '123456' }),
  token(
    'a password grant with a JWT',
    { ...password, token_format: 'jwt' },
    { save: { jwt: 'access_token', 'jwt-refresh': 'refresh_token', id: 'id_token' } },
  ),
  token('a password grant with an unknown token format', { ...password, token_format: 'xml' }),
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
  token('a password grant with a repeated scope', { ...password, scope: 'openid openid' }),
  token('a password grant with a scope separated by a comma', {
    ...password,
    scope: 'openid,uaa.user',
  }),
  token('a password grant with an unknown scope', { ...password, scope: 'cloud_controller.admin' }),
  token('a password grant with an empty scope', { ...password, scope: '' }),
  token('a password grant with scopes of roles and attributes', {
    ...password,
    scope: 'openid roles user_attributes profile',
  }),
  token('a password grant as Spring sends it', password, {
    headers: { ...spring },
    basic: ['app<run>', 'app-secret'],
    form: { ...password, scope: 'openid' },
  }),
  token('a password grant as curl sends it', password, { headers: curl }),
  token('a password grant with the parameters in the query', '', {
    request:
      'POST /oauth/token?grant_type=password&username=tia<run>&password=tia-password&client_id=app<run>&client_secret=app-secret',
  }),
  token('a password grant without a body', '', {
    headers: { accept: 'application/json', 'content-type': null },
    basic: ['app<run>', 'app-secret'],
  }),
  token('a password grant as JSON', '', {
    form: undefined as unknown as string,
    json: { client_id: 'app<run>', client_secret: 'app-secret', ...password },
  }),
  token('a password grant without a username', { grant_type: 'password', password: 'x' }),
  token('a password grant without a password', { grant_type: 'password', username: 'tia<run>' }),
  token('a password grant with an empty password', { ...password, password: '' }),
  token('a password grant with a wrong password', { ...password, password: 'wrong' }),
  token('a password grant with an email as the username', {
    ...password,
    username: 'tia<run>@example.com',
  }),
  token('a password grant of an unknown user', { ...password, username: 'nosuch<run>' }),
  token('a password grant with a wrong secret', { ...password, client_secret: 'wrong' }),
  token('a password grant with a wrong secret in a header', password, {
    basic: ['app<run>', 'wrong'],
    form: password,
  }),
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
  token('a refresh token grant with an opaque access token', {
    grant_type: 'refresh_token',
    refresh_token: '<opaque>',
  }),
  token('a refresh token grant with an id token', {
    grant_type: 'refresh_token',
    refresh_token: '<id>',
  }),
  token('a refresh token grant with a text', { grant_type: 'refresh_token', refresh_token: 'abc' }),
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
  token('client credentials with a revocable token', {
    grant_type: 'client_credentials',
    revocable: 'true',
  }),
  token('client credentials without a grant type', {}),
  token('client credentials with an empty grant type', { grant_type: '' }),
  token('client credentials with an unknown grant type', { grant_type: 'device_code' }),
  token('an implicit grant at the token endpoint', { grant_type: 'implicit' }),
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
  token('a jwt bearer grant with a text', { grant_type: jwtBearer, assertion: 'abc' }),
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
  token('a saml bearer grant without an assertion', { grant_type: samlBearer, scope: 'openid' }),
  token('a saml bearer grant with a text', {
    grant_type: samlBearer,
    assertion: 'PHNhbWw+',
    scope: 'openid',
  }),
  token(
    'a user token grant with a token of the user',
    { grant_type: 'user_token', client_id: 'app<run>', scope: 'openid', token_format: 'jwt' },
    { as: 'jwt' },
  ),
  token(
    'a user token grant without the parameter response_type',
    { grant_type: 'user_token', client_id: 'app<run>', client_secret: '' },
    { as: 'jwt' },
  ),
  token('a user token grant without a token', { grant_type: 'user_token', scope: 'openid' }),
  token(
    'a user token grant with a token of a client',
    { grant_type: 'user_token' },
    { as: 'client-jwt' },
  ),
  {
    title: 'a token by GET',
    request:
      'GET /oauth/token?grant_type=client_credentials&client_id=app<run>&client_secret=app-secret',
  },
  {
    title: 'a token by PUT',
    request: 'PUT /oauth/token',
    form: { grant_type: 'client_credentials' },
    basic: ['app<run>', 'app-secret'],
  },
  { title: 'a token by DELETE', request: 'DELETE /oauth/token', basic: ['app<run>', 'app-secret'] },
  {
    title: 'a token for browsers',
    request: 'POST /oauth/token',
    form: { ...password, client_id: 'app<run>', client_secret: 'wrong' },
    headers: { accept: 'text/html' },
  },

  check('a JWT is checked', { token: '<jwt>' }),
  check('an opaque token is checked', { token: '<opaque>' }),
  check('a token of a client is checked', { token: '<client-jwt>' }),
  check('an id token is checked', { token: '<id>' }),
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
  check('a token is checked with an empty scope', { token: '<jwt>', scopes: '' }),
  check('a text is checked', { token: 'abc' }),
  check('an empty token is checked', { token: '' }),
  check('no token is checked', {}),
  check('a token in the query is checked', '', { request: 'POST /check_token?token=<jwt>' }),
  check('a token is checked by GET', '', {
    request: 'GET /check_token?token=<jwt>',
    form: undefined as unknown as string,
  }),
  check('a token is checked by PUT', { token: '<jwt>' }, { request: 'PUT /check_token' }),
  check('a token is checked by DELETE', '', {
    request: 'DELETE /check_token',
    form: undefined as unknown as string,
  }),
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
  check('a token is checked with a bearer token', { token: '<jwt>' }, { as: 'client-jwt' }),
  check(
    'a token is checked as RemoteTokenServices does',
    { token: '<jwt>' },
    { headers: { accept: 'application/json, application/*+json' } },
  ),
  check(
    'a token is checked for XML',
    { token: '<jwt>' },
    { headers: { accept: 'application/xml' } },
  ),
  introspect('a JWT is introspected', { token: '<jwt>' }),
  introspect('an opaque token is introspected', { token: '<opaque>' }),
  introspect('a text is introspected', { token: 'abc' }),
  introspect('no token is introspected', {}),
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
  introspect(
    'a token is introspected by GET',
    {},
    { request: 'GET /introspect?token=<jwt>', form: undefined as unknown as string },
  ),

  { title: 'the user info of a user', request: 'GET /userinfo', as: 'jwt' },
  { title: 'the user info by POST', request: 'POST /userinfo', as: 'opaque' },
  {
    title: 'the user info with the token in the query',
    request: 'GET /userinfo?access_token=<jwt>',
  },
  {
    title: 'the user info with the token in a form',
    request: 'POST /userinfo',
    form: { access_token: '<jwt>' },
  },
  { title: 'the user info with an id token', request: 'GET /userinfo', as: 'id' },
  { title: 'the user info without a token', request: 'GET /userinfo', headers: curl },
  {
    title: 'the user info with basic credentials',
    request: 'GET /userinfo',
    basic: ['app<run>', 'app-secret'],
  },
  userToken('tia'),
  { title: 'the user info with a refresh token', request: 'GET /userinfo', as: 'tia-refresh' },

  {
    title: 'the tokens of a user are listed by the user',
    request: 'GET /oauth/token/list',
    as: 'jwt',
  },
  {
    title: 'the tokens of a client are listed by the client',
    request: 'GET /oauth/token/list',
    as: 'client-jwt',
  },
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
  { title: 'the tokens are listed without a token', request: 'GET /oauth/token/list' },
  { title: 'an unknown list of tokens', request: 'GET /oauth/token/list/nosuch', as: 'admin' },
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
  {
    title: 'the tokens of a user are revoked without a token',
    request: 'GET /oauth/token/revoke/user/<tia-id>',
  },
  { title: 'a token is revoked by POST', request: 'POST /oauth/token/revoke/abc', as: 'admin' },
]);
