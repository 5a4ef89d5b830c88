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
  { title: 'tokens without a token', request: 'GET /oauth/token/list/user/<ann-id>' },
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
  revoke('user/<bea-id>/client/pks_cli', 'ann'),
  revoke('user/<bea-id>/client/other', 'bea'),
  revoke('user/<bea-id>/client/pks_cli', 'bea', 'POST'),
  revoke('user/unknown/client/pks_cli'),
  revoke('user/<bea-id>/client/unknown'),
  {
    title: 'an opaque token after the revocation for a client',
    request: 'GET /userinfo',
    as: 'bea-opaque',
  },
  { title: 'a JWT after the revocation for a client', request: 'GET /userinfo', as: 'bea' },
  revoke('user/<bea-id>'),
  { title: 'a JWT after the revocation', request: 'GET /userinfo', as: 'bea' },
  revoke('client/c<run>', 'limited'),
  revoke('client/c<run>', 'ann'),
  revoke('client/unknown<run>', 'revoker'),
  revoke('client/c<run>', 'revoker'),
  {
    title: 'revocation of a client without a token',
    request: 'GET /oauth/token/revoke/client/c<run>',
  },
]);
