import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser } from './steps.js';
import { createClient, requestToken, requestUserToken } from './token-steps.js';

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const samlBearer = 'urn:ietf:params:oauth:grant-type:saml2-bearer';
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: unknown, header: unknown = { alg: 'RS256', kid: 'foo' }): string =>
  `${encode(header)}.${encode(claims)}.c2ln`;

const fields = {
  authorized_grant_types: [jwtBearer, samlBearer, 'password', 'refresh_token'],
  scope: ['openid', 'uaa.user', 'profile', 'roles', 'scim.me'],
};

function assert(
  title: string,
  assertion: string,
  form: Readonly<Record<string, string>> = {},
  client = 'as',
  rest: Partial<Exchange> = {},
): Exchange {
  return requestToken(title, client, { grant_type: jwtBearer, assertion, ...form }, rest);
}

const rubbish = [
  '',
  ' ',
  'foo',
  'a.b',
  'a.b.c',
  '..',
  'eyJhbGciOiJSUzI1NiJ9.e30.c2ln',
  jwt({}),
  jwt({ iss: '' }),
  jwt({ iss: 'https://example.com' }),
  jwt({ iss: 1 }),
  jwt({ iss: null }),
  jwt([]),
  jwt({ iss: 'https://example.com' }, { alg: 'none' }),
  jwt({ iss: 'https://example.com' }, { alg: 'HS256' }),
  `${jwt({ iss: 'x' })}.x`,
];

compareWithRecordings('token-assertions', [
  adminToken,
  ...createUser('asUser'),
  createClient('as', fields),
  createClient('asPlain', { ...fields, authorized_grant_types: ['password'] }),
  createClient('asGroups', { ...fields, required_user_groups: ['foo'] }),
  createClient('asLdap', {
    ...fields,
    authorized_grant_types: [jwtBearer],
    allowedproviders: ['ldap'],
  }),
  createClient('asNone', { ...fields, authorized_grant_types: [jwtBearer], allowedproviders: [] }),
  requestUserToken(
    'the user gets tokens',
    'as',
    'asUser',
    {},
    { save: { access: 'access_token', id: 'id_token', refresh: 'refresh_token' } },
  ),
  requestUserToken(
    'the user gets opaque tokens',
    'as',
    'asUser',
    { token_format: 'opaque', nonce: 'n1' },
    { save: { opaque: 'access_token', 'opaque-id': 'id_token' } },
  ),
  requestToken('no assertion', 'as', { grant_type: jwtBearer }),
  requestToken('no assertion and no client', 'as', {}, { form: { grant_type: jwtBearer } }),
  requestToken('no assertion of a client without the grant', 'asPlain', { grant_type: jwtBearer }),
  requestToken('no assertion and an invalid scope', 'as', { grant_type: jwtBearer, scope: 'foo' }),
  requestToken(
    'no assertion and another client',
    'as',
    {},
    { basic: ['as<run>', 'as-secret'], form: { grant_type: jwtBearer, client_id: 'admin' } },
  ),
  requestToken('a client assertion instead of an assertion', 'as', {
    grant_type: jwtBearer,
    client_assertion: 'x',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  }),
  ...rubbish.map((text) => assert(`the assertion ${JSON.stringify(text)}`, text)),
  assert('the ID token of the user', '<id>'),
  assert('the ID token of an opaque grant', '<opaque-id>'),
  assert('the access token of the user', '<access>'),
  assert('the opaque access token of the user', '<opaque>'),
  assert('the refresh token of the user', '<refresh>'),
  assert('the token of the client admin', '<admin>'),
  assert('an ID token with a changed signature', '<id>x'),
  assert('the ID token and a scope', '<id>', { scope: 'openid' }),
  assert('the ID token and an invalid scope', '<id>', { scope: 'foo' }),
  assert('the ID token and the format opaque', '<id>', { token_format: 'opaque' }),
  assert('the ID token and a nonce', '<id>', { nonce: 'n2', authorities: '{"az_attr":{"a":"b"}}' }),
  assert('the ID token and a login hint', '<id>', { login_hint: '{"origin":"foo"}' }),
  assert('the ID token and response type id_token', '<id>', { response_type: 'id_token' }),
  assert('the ID token for a client without the grant', '<id>', {}, 'asPlain'),
  assert('the ID token for a client with required groups', '<id>', {}, 'asGroups'),
  assert('the ID token for a client with other providers', '<id>', {}, 'asLdap'),
  assert('the ID token for a client without providers', '<id>', {}, 'asNone'),
  assert('the ID token with a wrong secret', '<id>', { client_secret: 'wrong' }),
  assert('the ID token without a client', '<id>', {}, 'as', {
    form: { grant_type: jwtBearer, assertion: '<id>' },
  }),
  {
    title: 'the ID token by GET',
    request: `GET /oauth/token?grant_type=${jwtBearer}&assertion=<id>`,
    basic: ['as<run>', 'as-secret'],
  },
  {
    title: 'the ID token by PUT',
    request: `PUT /oauth/token?grant_type=${jwtBearer}&assertion=<id>`,
    basic: ['as<run>', 'as-secret'],
  },
  {
    title: 'an invalid assertion by PUT',
    request: `PUT /oauth/token?grant_type=${jwtBearer}&assertion=foo`,
    basic: ['as<run>', 'as-secret'],
  },
  requestToken('no SAML assertion', 'as', { grant_type: samlBearer }),
  requestToken('no SAML assertion of a client without the grant', 'asPlain', {
    grant_type: samlBearer,
  }),
  requestToken('no SAML assertion and an invalid scope', 'as', {
    grant_type: samlBearer,
    scope: 'foo',
  }),
  ...['', 'foo', 'PHNhbWw+', '<id>'].map((text) =>
    requestToken(`the SAML assertion "${text}"`, 'as', { grant_type: samlBearer, assertion: text }),
  ),
  requestToken(
    'a SAML assertion at the path of a service provider',
    'as',
    { grant_type: samlBearer, assertion: 'foo' },
    { request: 'POST /oauth/token/alias/cloudfoundry-saml-login' },
  ),
  {
    title: 'a user changes the email address',
    request: 'PATCH /Users/<asUser-id>',
    as: 'admin',
    json: { emails: [{ value: 'new-as<run>@example.com', primary: true }] },
    headers: { 'if-match': '*' },
  },
  assert('the ID token after the email address changes', '<id>'),
  { title: 'the user is deleted', request: 'DELETE /Users/<asUser-id>', as: 'admin' },
  assert('the ID token of a deleted user', '<id>'),
]);
