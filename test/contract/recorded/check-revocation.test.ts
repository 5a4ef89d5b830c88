import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser, limitedToken, userToken } from './steps.js';

const opaque = (title: string, name: string): Exchange => ({
  title,
  request: 'POST /oauth/token',
  form: {
    grant_type: 'password',
    client_id: 'pks_cli',
    client_secret: '',
    username: `${name}<run>`,
    password: `${name}-password`,
    token_format: 'opaque',
  },
  save: { [`${name}-opaque`]: 'access_token', [`${name}-opaque-refresh`]: 'refresh_token' },
});

const revoke = (path: string, as = 'admin', method = 'GET'): Exchange => ({
  title: `${method} for revoke/${path} as ${as}`,
  request: `${method} /oauth/token/revoke/${path}`,
  as,
});

compareWithRecordings('check-revocation', [
  adminToken,
  limitedToken('limited', 'scim.read'),
  limitedToken('revoker', 'tokens.revoke'),
  limitedToken('lister', 'tokens.list'),
  ...createUser('ann'),
  ...createUser('bea'),
  userToken('ann'),
  userToken('bea'),
  {
    title: 'a client is created',
    request: 'POST /oauth/clients',
    as: 'admin',
    json: {
      client_id: 'c<run>',
      client_secret: 'secret',
      authorized_grant_types: ['client_credentials'],
      authorities: ['scim.read'],
    },
  },
  {
    title: 'the client gets an opaque token',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'client_credentials',
      client_id: 'c<run>',
      client_secret: 'secret',
      token_format: 'opaque',
    },
    save: { own: 'access_token' },
  },
  opaque('ann gets opaque tokens', 'ann'),
  opaque('bea gets opaque tokens', 'bea'),
  { title: 'tokens of a user', request: 'GET /oauth/token/list/user/<ann-id>', as: 'lister' },
  { title: 'tokens of a client', request: 'GET /oauth/token/list/client/c<run>', as: 'lister' },
  {
    title: 'tokens of an unknown user',
    request: 'GET /oauth/token/list/user/unknown',
    as: 'lister',
  },
  {
    title: 'tokens of an unknown client',
    request: 'GET /oauth/token/list/client/unknown<run>',
    as: 'lister',
  },
  {
    title: 'tokens of a user as an administrator',
    request: 'GET /oauth/token/list/user/<bea-id>',
    as: 'admin',
  },
  {
    title: 'tokens without the scope',
    request: 'GET /oauth/token/list/user/<ann-id>',
    as: 'limited',
  },
  {
    title: 'own tokens without the scope',
    request: 'GET /oauth/token/list/user/<ann-id>',
    as: 'ann',
  },
  {
    title: 'tokens of a client without the scope',
    request: 'GET /oauth/token/list/client/pks_cli',
    as: 'ann',
  },
  { title: 'tokens without a token', request: 'GET /oauth/token/list/user/<ann-id>' },
  {
    title: 'tokens as HTML',
    request: 'GET /oauth/token/list/user/<ann-id>',
    as: 'admin',
    headers: { accept: 'text/html' },
  },
  {
    title: 'tokens with a trailing slash',
    request: 'GET /oauth/token/list/user/<ann-id>/',
    as: 'admin',
  },
  { title: 'the tokens of the caller', request: 'GET /oauth/token/list', as: 'ann' },
  { title: 'token list of an administrator', request: 'GET /oauth/token/list', as: 'admin' },
  { title: 'token list of no kind', request: 'GET /oauth/token/list/user', as: 'admin' },
  ...['POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'].flatMap(
    (method): readonly Exchange[] => [
      {
        title: `${method} for tokens of a user`,
        request: `${method} /oauth/token/list/user/<ann-id>`,
        as: 'admin',
      },
      {
        title: `${method} for tokens of a client`,
        request: `${method} /oauth/token/list/client/c<run>`,
        as: 'admin',
      },
    ],
  ),
  ...['GET', 'POST', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'].map((method) =>
    revoke('<ann-opaque>', 'limited', method),
  ),
  ...['GET', 'POST', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'].map((method) =>
    revoke('unknown', 'admin', method),
  ),
  revoke('unknown', 'admin', 'DELETE'),
  revoke('unknown', 'limited', 'DELETE'),
  revoke('<bea-opaque>', 'ann', 'DELETE'),
  { title: 'the client revokes its token', request: 'DELETE /oauth/token/revoke/<own>', as: 'own' },
  {
    title: 'the client revokes its token again',
    request: 'DELETE /oauth/token/revoke/<own>',
    as: 'own',
  },
  {
    title: 'a token is revoked without a token',
    request: 'DELETE /oauth/token/revoke/<ann-opaque>',
  },
  {
    title: 'a token is revoked with client credentials',
    request: 'DELETE /oauth/token/revoke/<ann-opaque>',
    basic: ['admin', 'adminsecret'],
  },
  {
    title: 'a token is revoked for HTML',
    request: 'DELETE /oauth/token/revoke/unknown',
    as: 'admin',
    headers: { accept: 'text/html' },
  },
  {
    title: 'a token is revoked for XML',
    request: 'DELETE /oauth/token/revoke/unknown',
    as: 'admin',
    headers: { accept: 'application/xml' },
  },
  {
    title: 'a token is revoked for any type',
    request: 'DELETE /oauth/token/revoke/unknown',
    as: 'admin',
    headers: { accept: '*/*' },
  },
  {
    title: 'a refresh token is revoked',
    request: 'DELETE /oauth/token/revoke/<ann-opaque-refresh>',
    as: 'revoker',
  },
  { title: 'a token is revoked', request: 'DELETE /oauth/token/revoke/<ann-opaque>', as: 'ann' },
  { title: 'a revoked token is used', request: 'GET /userinfo', as: 'ann-opaque' },
  revoke('user/<bea-id>', 'limited'),
  revoke('user/<bea-id>', 'ann'),
  revoke('user/<bea-id>', 'bea'),
  revoke('user/<bea-id>', 'revoker'),
  revoke('user/unknown', 'revoker'),
  revoke('user/unknown'),
  revoke('user'),
  revoke('user/<bea-id>/client/pks_cli', 'limited'),
  revoke('user/<bea-id>/client/pks_cli', 'ann'),
  revoke('user/<bea-id>/client/other', 'bea'),
  revoke('user/<bea-id>/client/pks_cli', 'bea', 'POST'),
  revoke('user/unknown/client/pks_cli'),
  revoke('user/<bea-id>/client/unknown'),
  revoke('user/<bea-id>/client'),
  revoke('user/<bea-id>/other/x'),
  {
    title: 'an opaque token after the revocation for a client',
    request: 'GET /userinfo',
    as: 'bea-opaque',
  },
  { title: 'a JWT after the revocation for a client', request: 'GET /userinfo', as: 'bea' },
  ...['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'].map((method) =>
    revoke('user/<bea-id>', 'admin', method),
  ),
  { title: 'a JWT after the revocation', request: 'GET /userinfo', as: 'bea' },
  revoke('client/c<run>', 'limited'),
  revoke('client/c<run>', 'ann'),
  revoke('client/unknown<run>', 'revoker'),
  revoke('client/unknown<run>', 'limited'),
  ...['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'].map((method) =>
    revoke('client/c<run>', 'revoker', method),
  ),
  {
    title: 'revocation of a client without a token',
    request: 'GET /oauth/token/revoke/client/c<run>',
  },
  {
    title: 'revocation of a client for HTML',
    request: 'GET /oauth/token/revoke/client/c<run>',
    as: 'admin',
    headers: { accept: 'text/html' },
  },
  {
    title: 'revocation of an unknown client for HTML',
    request: 'GET /oauth/token/revoke/client/u<run>',
    as: 'admin',
    headers: { accept: 'text/html' },
  },
  {
    title: 'the revocation route without a token id',
    request: 'DELETE /oauth/token/revoke',
    as: 'admin',
  },
  {
    title: 'the revocation route of RFC 7009',
    request: 'POST /oauth/revoke',
    form: { token: '<ann>' },
  },
  {
    title: 'revocation in the zone uaa',
    request: 'GET /oauth/token/revoke/user/unknown',
    as: 'admin',
    headers: { 'x-identity-zone-id': 'uaa' },
  },
]);
