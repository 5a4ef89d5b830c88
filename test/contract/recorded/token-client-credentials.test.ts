import { compareWithRecordings } from './compare.js';
import { adminToken } from './steps.js';
import { createClient, requestToken, updateClient } from './token-steps.js';

const scopes = [
  '',
  ' ',
  'uaa.resource',
  'uaa.resource scim.read',
  'scim.read uaa.resource',
  'uaa.resource,scim.read',
  'uaa.resource, scim.read',
  ' uaa.resource',
  'uaa.resource ',
  'uaa.resource  scim.read',
  'uaa.resource+scim.read',
  'uaa.resource\tscim.read',
  'uaa.resource\nscim.read',
  ',',
  ',uaa.resource',
  'uaa.resource uaa.resource',
  'foo',
  'foo bar',
  'uaa.resource foo',
  'UAA.RESOURCE',
  'uaa.*',
  '*',
  'openid',
  'uaa.none',
  '<b>',
  'a"b',
  'uaa.resource;scim.read',
  '[uaa.resource]',
];
const formats = ['opaque', 'jwt', 'OPAQUE', 'Opaque', '', 'foo', ' opaque', 'opaque,jwt'];
const authorities = [
  '{"az_attr":{"a":"b","c":"d"}}',
  '{"az_attr":{}}',
  '{"az_attr":null}',
  '{"az_attr":"text"}',
  '{"az_attr":{"a":1,"b":true}}',
  '{"az_attr":{"a":{"b":"c"}}}',
  '{"az_attr":{"a":null}}',
  '{"az_attr":["a"]}',
  '{"other":{"a":"b"}}',
  '{}',
  '',
  'text',
  '[]',
  'null',
  '{',
  '"az_attr"',
  'uaa.admin',
  '{"az_attr":{"a":1.50}}',
  '{"az_attr":{"a":"b"},"x":1} trailing',
];

compareWithRecordings('token-client-credentials', [
  adminToken,
  createClient('cc', {
    authorized_grant_types: ['client_credentials'],
    authorities: ['uaa.resource', 'scim.read'],
    scope: ['openid'],
  }),
  createClient('ccRefresh', {
    authorized_grant_types: ['client_credentials', 'refresh_token', 'password'],
    authorities: ['uaa.resource'],
    scope: ['openid'],
  }),
  createClient('ccNone', { authorized_grant_types: ['client_credentials'] }),
  createClient('ccWild', {
    authorized_grant_types: ['client_credentials'],
    authorities: ['uaa.*', 'scim.read'],
  }),
  createClient('ccDots', {
    authorized_grant_types: ['client_credentials'],
    authorities: ['a', 'a.b.c', '.start', 'end.', 'openid', 'uaa.none', 'a..b'],
  }),
  createClient('ccName', {
    authorized_grant_types: ['client_credentials'],
    authorities: ['uaa.resource'],
    name: 'Named',
    token_salt: 'salt',
    custom: { a: 1 },
  }),
  createClient('noCc', {
    authorized_grant_types: ['password'],
    authorities: ['uaa.resource'],
    scope: ['openid'],
  }),
  requestToken('a token without a scope', 'cc', { grant_type: 'client_credentials' }),
  ...scopes.map((scope) =>
    requestToken(`a token with the scope ${JSON.stringify(scope)}`, 'cc', {
      grant_type: 'client_credentials',
      scope,
    }),
  ),
  requestToken(
    'the scope twice',
    'cc',
    {},
    {
      form: 'grant_type=client_credentials&client_id=cc<run>&client_secret=cc-secret&scope=uaa.resource&scope=scim.read',
    },
  ),
  requestToken(
    'the scope twice, the wrong one first',
    'cc',
    {},
    {
      form: 'grant_type=client_credentials&client_id=cc<run>&client_secret=cc-secret&scope=foo&scope=scim.read',
    },
  ),
  requestToken(
    'the scope in the query and in the form',
    'cc',
    { grant_type: 'client_credentials', scope: 'uaa.resource' },
    { request: 'POST /oauth/token?scope=scim.read' },
  ),
  ...formats.map((format) =>
    requestToken(`a token in the format ${JSON.stringify(format)}`, 'cc', {
      grant_type: 'client_credentials',
      token_format: format,
    }),
  ),
  ...authorities.map((value) =>
    requestToken(`a token with authorities ${value}`, 'cc', {
      grant_type: 'client_credentials',
      authorities: value,
    }),
  ),
  requestToken('an opaque token with az_attr', 'cc', {
    grant_type: 'client_credentials',
    token_format: 'opaque',
    authorities: '{"az_attr":{"a":"b"}}',
  }),
  requestToken('a nonce', 'cc', { grant_type: 'client_credentials', nonce: 'n1' }),
  requestToken('an empty nonce', 'cc', { grant_type: 'client_credentials', nonce: '' }),
  ...['token', 'code', 'id_token', 'token id_token', 'foo', ''].map((type) =>
    requestToken(`the response type "${type}"`, 'cc', {
      grant_type: 'client_credentials',
      response_type: type,
    }),
  ),
  requestToken('other fields', 'cc', {
    grant_type: 'client_credentials',
    state: 's',
    redirect_uri: 'https://example.com',
    audience: 'x',
    resource: 'y',
    login_hint: '{"origin":"uaa"}',
    username: 'u',
    password: 'p',
    passcode: 'c',
  }),
  requestToken('a login hint with an invalid escape', 'cc', {
    grant_type: 'client_credentials',
    login_hint: '%zz',
  }),
  requestToken(
    'a login hint with an invalid escape, with Basic credentials',
    'cc',
    {},
    {
      basic: ['cc<run>', 'cc-secret'],
      form: { grant_type: 'client_credentials', login_hint: '%zz' },
    },
  ),
  requestToken('revocable', 'cc', { grant_type: 'client_credentials', revocable: 'true' }),
  requestToken('a client with a refresh grant', 'ccRefresh', { grant_type: 'client_credentials' }),
  requestToken('an opaque token of a client with a refresh grant', 'ccRefresh', {
    grant_type: 'client_credentials',
    token_format: 'opaque',
  }),
  requestToken('openid in the scope of a client with a refresh grant', 'ccRefresh', {
    grant_type: 'client_credentials',
    scope: 'openid',
  }),
  requestToken('a client without authorities', 'ccNone', { grant_type: 'client_credentials' }),
  requestToken('the scope uaa.none of a client without authorities', 'ccNone', {
    grant_type: 'client_credentials',
    scope: 'uaa.none',
  }),
  requestToken('a wildcard in the authorities', 'ccWild', { grant_type: 'client_credentials' }),
  requestToken('a scope that matches a wildcard', 'ccWild', {
    grant_type: 'client_credentials',
    scope: 'uaa.resource',
  }),
  requestToken('the wildcard as the scope', 'ccWild', {
    grant_type: 'client_credentials',
    scope: 'uaa.*',
  }),
  requestToken('authorities with unusual dots', 'ccDots', { grant_type: 'client_credentials' }),
  requestToken('some authorities with unusual dots', 'ccDots', {
    grant_type: 'client_credentials',
    scope: 'end. .start',
  }),
  requestToken('a client with other fields', 'ccName', { grant_type: 'client_credentials' }),
  requestToken('a client without the grant', 'noCc', { grant_type: 'client_credentials' }),
  requestToken('a client without the grant and an invalid scope', 'noCc', {
    grant_type: 'client_credentials',
    scope: 'foo',
  }),
  requestToken('a client without the grant and openid', 'noCc', {
    grant_type: 'client_credentials',
    scope: 'openid',
  }),
  ...(
    [
      [0, 0],
      [1, 1],
      [-1, -1],
      [600, 1200],
      [2_147_483_647, 2_147_483_647],
      [-5, -5],
      [3_000_000, 1],
    ] as const
  ).flatMap(([access, refresh]) => [
    updateClient('ccRefresh', `lifetimes ${String(access)} and ${String(refresh)}`, {
      authorized_grant_types: ['client_credentials'],
      authorities: ['uaa.resource'],
      scope: ['openid'],
      access_token_validity: access,
      refresh_token_validity: refresh,
    }),
    requestToken(`a token with the lifetime ${String(access)}`, 'ccRefresh', {
      grant_type: 'client_credentials',
    }),
    requestToken(`an opaque token with the lifetime ${String(access)}`, 'ccRefresh', {
      grant_type: 'client_credentials',
      token_format: 'opaque',
    }),
  ]),
  // A client with two secrets.
  {
    title: 'a second secret is added',
    request: 'PUT /oauth/clients/cc<run>/secret',
    as: 'admin',
    json: { clientId: 'cc<run>', secret: 'second', changeMode: 'ADD' },
  },
  requestToken('a token with the first of two secrets', 'cc', { grant_type: 'client_credentials' }),
  requestToken('a token with the second of two secrets', 'cc', {
    grant_type: 'client_credentials',
    client_secret: 'second',
  }),
  requestToken('a token with both secrets', 'cc', {
    grant_type: 'client_credentials',
    client_secret: 'cc-secret second',
  }),
  {
    title: 'the older secret is deleted',
    request: 'PUT /oauth/clients/cc<run>/secret',
    as: 'admin',
    json: { clientId: 'cc<run>', changeMode: 'DELETE' },
  },
  requestToken('a token with the deleted secret', 'cc', { grant_type: 'client_credentials' }),
  requestToken('a token with the secret that is left', 'cc', {
    grant_type: 'client_credentials',
    client_secret: 'second',
  }),
  { title: 'the client is deleted', request: 'DELETE /oauth/clients/cc<run>', as: 'admin' },
  requestToken('a token of a deleted client', 'cc', {
    grant_type: 'client_credentials',
    client_secret: 'second',
  }),
]);
