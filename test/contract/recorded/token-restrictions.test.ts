import { compareWithRecordings } from './compare.js';
import { adminToken, createUser } from './steps.js';
import { createClient, requestToken, requestUserToken, updateClient } from './token-steps.js';

const base = {
  authorized_grant_types: ['password', 'refresh_token', 'client_credentials'],
  scope: ['openid', 'uaa.user'],
  authorities: ['uaa.resource'],
};
const hint = (origin: string) => ({ login_hint: JSON.stringify({ origin }) });

const providers = [
  ['uaa'],
  ['ldap'],
  ['uaa', 'ldap'],
  ['keystone'],
  ['login-server'],
  ['foo'],
  ['foo', 'uaa'],
  ['saml', 'ldap'],
  [],
];
const groups = [
  ['uaa.user'],
  ['openid'],
  ['pks.clusters.admin'],
  ['uaa.user', 'pks.clusters.admin'],
  ['foo'],
  ['uaa.none'],
  ['Uaa.User'],
  ['uaa.*'],
  [],
];

compareWithRecordings('token-restrictions', [
  adminToken,
  ...createUser('restricted'),
  ...createUser('manager', ['pks.clusters.admin']),
  ...providers.flatMap((allowed, index) => {
    const name = `provider${String(index)}`;
    const label = JSON.stringify(allowed);
    return [
      createClient(name, { ...base, allowedproviders: allowed }),
      requestUserToken(`a password for the providers ${label}`, name, 'restricted'),
      requestUserToken(`a wrong password for the providers ${label}`, name, 'restricted', {
        password: 'wrong',
      }),
      requestUserToken(`the hint uaa for the providers ${label}`, name, 'manager', hint('uaa')),
      requestUserToken(`the hint ldap for the providers ${label}`, name, 'manager', hint('ldap')),
      requestUserToken(`the hint foo for the providers ${label}`, name, 'manager', hint('foo')),
      requestUserToken(
        `the hint keystone for the providers ${label}`,
        name,
        'manager',
        hint('keystone'),
      ),
      requestUserToken(`an invalid scope for the providers ${label}`, name, 'manager', {
        scope: 'foo',
      }),
      requestToken(`no password for the providers ${label}`, name, { grant_type: 'password' }),
      requestToken(`client credentials for the providers ${label}`, name, {
        grant_type: 'client_credentials',
      }),
    ];
  }),
  ...groups.flatMap((required, index) => {
    const name = `groups${String(index)}`;
    const label = JSON.stringify(required);
    return [
      createClient(name, { ...base, required_user_groups: required }),
      requestUserToken(`a user for the groups ${label}`, name, 'restricted'),
      requestUserToken(`an administrator for the groups ${label}`, name, 'manager'),
      requestUserToken(`a wrong password for the groups ${label}`, name, 'manager', {
        password: 'wrong',
      }),
      requestUserToken(`an invalid scope for the groups ${label}`, name, 'restricted', {
        scope: 'foo',
      }),
      requestUserToken(`a scope of the user for the groups ${label}`, name, 'restricted', {
        scope: 'openid',
      }),
      requestToken(`client credentials for the groups ${label}`, name, {
        grant_type: 'client_credentials',
      }),
    ];
  }),
  createClient('both', { ...base, required_user_groups: ['foo'], allowedproviders: ['ldap'] }),
  requestUserToken('a client with both restrictions', 'both', 'restricted'),
  createClient('noGrant', {
    ...base,
    authorized_grant_types: ['client_credentials'],
    required_user_groups: ['foo'],
  }),
  requestUserToken('a restricted client without the grant', 'noGrant', 'restricted'),
  createClient('noScopes', {
    ...base,
    scope: ['pks.clusters.admin'],
    required_user_groups: ['foo'],
  }),
  requestUserToken('a restricted client whose scopes the user lacks', 'noScopes', 'restricted'),
  // Restrictions that are added before a token is refreshed.
  createClient('late', base),
  requestUserToken(
    'a token before the restriction',
    'late',
    'restricted',
    {},
    { save: { late: 'access_token', 'late-refresh': 'refresh_token' } },
  ),
  requestUserToken(
    'an opaque token before the restriction',
    'late',
    'restricted',
    { token_format: 'opaque' },
    { save: { 'late-opaque': 'access_token', 'late-opaque-refresh': 'refresh_token' } },
  ),
  updateClient('late', 'groups are required', {
    ...base,
    required_user_groups: ['pks.clusters.admin'],
  }),
  requestToken('a refresh after groups are required', 'late', {
    grant_type: 'refresh_token',
    refresh_token: '<late-refresh>',
  }),
  requestToken('a refresh of an opaque token after groups are required', 'late', {
    grant_type: 'refresh_token',
    refresh_token: '<late-opaque-refresh>',
  }),
  {
    title: 'the token is checked after groups are required',
    request: 'POST /check_token',
    basic: ['late<run>', 'late-secret'],
    form: { token: '<late>' },
  },
  { title: 'the token is used after groups are required', request: 'GET /userinfo', as: 'late' },
  {
    title: 'the opaque token is used after groups are required',
    request: 'GET /userinfo',
    as: 'late-opaque',
  },
  updateClient('late', 'providers are restricted', { ...base, allowedproviders: ['ldap'] }),
  requestToken('a refresh after providers are restricted', 'late', {
    grant_type: 'refresh_token',
    refresh_token: '<late-refresh>',
  }),
  {
    title: 'the token is used after providers are restricted',
    request: 'GET /userinfo',
    as: 'late',
  },
  updateClient('late', 'no providers are allowed', { ...base, allowedproviders: [] }),
  requestToken('a refresh when no providers are allowed', 'late', {
    grant_type: 'refresh_token',
    refresh_token: '<late-refresh>',
  }),
  updateClient('late', 'a group of the user is required', {
    ...base,
    required_user_groups: ['uaa.user'],
  }),
  requestToken('a refresh when a group of the user is required', 'late', {
    grant_type: 'refresh_token',
    refresh_token: '<late-refresh>',
  }),
]);
