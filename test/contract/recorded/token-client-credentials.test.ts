import { compareWithRecordings } from './compare.js';
import { adminToken } from './steps.js';
import { createClient, requestToken, updateClient } from './token-steps.js';

const scopes = [
  '',
  'uaa.resource',
  'uaa.resource scim.read',
  'uaa.resource,scim.read',
  'foo',
  'uaa.resource foo',
  'openid',
  'uaa.*',
];
const formats = ['opaque', 'jwt', ''];

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
  ...formats.map((format) =>
    requestToken(`a token in the format ${JSON.stringify(format)}`, 'cc', {
      grant_type: 'client_credentials',
      token_format: format,
    }),
  ),
  requestToken('a nonce', 'cc', { grant_type: 'client_credentials', nonce: 'n1' }),
  requestToken('a client with a refresh grant', 'ccRefresh', { grant_type: 'client_credentials' }),
  requestToken('an opaque token of a client with a refresh grant', 'ccRefresh', {
    grant_type: 'client_credentials',
    token_format: 'opaque',
  }),
  requestToken('a client without authorities', 'ccNone', { grant_type: 'client_credentials' }),
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
  requestToken('a client without the grant', 'noCc', { grant_type: 'client_credentials' }),
  requestToken('a client without the grant and an invalid scope', 'noCc', {
    grant_type: 'client_credentials',
    scope: 'foo',
  }),
  ...(
    [
      [0, 0],
      [-1, -1],
      [600, 1200],
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
