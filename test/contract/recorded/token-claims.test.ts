import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser } from './steps.js';
import { createClient, requestToken, requestUserToken } from './token-steps.js';

const all = [
  'openid',
  'profile',
  'roles',
  'user_attributes',
  'uaa.user',
  'uaa.offline_token',
  'email',
  'phone',
  'address',
  'scim.me',
  'cloud_controller.read',
  'password.write',
  'approvals.me',
];

function createUserWith(name: string, fields: Readonly<Record<string, unknown>>): Exchange {
  return {
    title: `the user ${name} is created`,
    request: 'POST /Users',
    as: 'admin',
    json: {
      userName: `${name}<run>`,
      password: `${name}-password`,
      emails: [{ value: `${name}<run>@example.com` }],
      ...fields,
    },
    save: { [`${name}-id`]: 'id' },
  };
}

function check(title: string, token: string): Exchange {
  return {
    title,
    request: 'POST /check_token',
    basic: ['clResource<run>', 'clResource-secret'],
    form: { token },
  };
}

compareWithRecordings('token-claims', [
  adminToken,
  ...createUser('cl'),
  createUserWith('phone', {
    name: { givenName: 'Given', familyName: 'Family' },
    phoneNumbers: [{ value: '555-1234' }],
  }),
  createUserWith('noName', {}),
  createUserWith('emptyName', { name: { givenName: '', familyName: '' } }),
  createUserWith('external', {
    name: { givenName: 'G' },
    externalId: 'ext-1',
    emails: [{ value: 'External<run>@EXAMPLE.com', primary: true }],
  }),
  createUserWith('umlaut', {
    name: { givenName: 'J\u00f6rg', familyName: '<b>"O\'Neil"</b> \u{1f600}' },
  }),
  createClient('clAll', {
    authorized_grant_types: [
      'password',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    ],
    scope: all,
    authorities: ['uaa.resource', 'openid', 'a.b.c'],
  }),
  createClient('clResource', {
    authorized_grant_types: ['client_credentials'],
    authorities: ['uaa.resource'],
  }),
  createClient('clDots', {
    authorized_grant_types: ['password'],
    scope: ['openid', 'a.*', '*.me', 'scim.*', 'cloud_controller*', 'p*rofile', '*e*', '**', '*.*'],
  }),
  createClient('clWildOpenid', { authorized_grant_types: ['password'], scope: ['open*'] }),
  createClient('clShort', {
    authorized_grant_types: ['password', 'refresh_token'],
    scope: all,
    access_token_validity: 5,
    refresh_token_validity: 10,
  }),
  createClient('clDefault', {
    authorized_grant_types: ['password', 'refresh_token'],
    scope: all,
    access_token_validity: -1,
    refresh_token_validity: -1,
  }),
  createClient('clHuge', {
    authorized_grant_types: ['password', 'refresh_token'],
    scope: all,
    access_token_validity: 2_147_483_647,
    refresh_token_validity: 2_147_483_647,
  }),
  createClient('clSalt', {
    authorized_grant_types: ['password', 'refresh_token'],
    scope: all,
    token_salt: 'salt',
    name: 'Name',
    approvals_deleted: true,
  }),
  ...['cl', 'phone', 'noName', 'emptyName', 'external', 'umlaut'].flatMap((user) => [
    requestUserToken(
      `the tokens of ${user}`,
      'clAll',
      user,
      {},
      {
        save: {
          [user]: 'access_token',
          [`${user}-refresh`]: 'refresh_token',
          [`${user}-id-token`]: 'id_token',
        },
      },
    ),
    requestUserToken(`the second tokens of ${user}`, 'clAll', user),
    requestToken(`the renewed tokens of ${user}`, 'clAll', {
      grant_type: 'refresh_token',
      refresh_token: `<${user}-refresh>`,
    }),
    { title: `the user information of ${user}`, request: 'GET /userinfo', as: user },
  ]),
  ...all.map((scope) =>
    requestUserToken(`the tokens with only the scope ${scope}`, 'clAll', 'cl', { scope }),
  ),
  ...all.slice(1).map((scope) =>
    requestUserToken(`the tokens with openid and the scope ${scope}`, 'clAll', 'cl', {
      scope: `openid ${scope}`,
    }),
  ),
  ...['clDots', 'clWildOpenid', 'clShort', 'clDefault', 'clHuge', 'clSalt'].flatMap((client) => [
    requestUserToken(`the tokens of the client ${client}`, client, 'phone'),
    requestUserToken(`the opaque tokens of the client ${client}`, client, 'phone', {
      token_format: 'opaque',
    }),
  ]),
  requestUserToken(
    'tokens with attributes',
    'clAll',
    'cl',
    { authorities: '{"az_attr":{"a":"b","c":"1"}}', nonce: 'n1' },
    { save: { az: 'access_token', 'az-refresh': 'refresh_token' } },
  ),
  check('a check of a token with attributes', '<az>'),
  requestToken(
    'renewed tokens with attributes',
    'clAll',
    { grant_type: 'refresh_token', refresh_token: '<az-refresh>' },
    { save: { 'az-renewed': 'access_token' } },
  ),
  check('a check of a renewed token with attributes', '<az-renewed>'),
  requestUserToken(
    'opaque tokens with attributes',
    'clAll',
    'cl',
    { authorities: '{"az_attr":{"a":"b"}}', nonce: 'n1', token_format: 'opaque' },
    { save: { opaque: 'access_token', 'opaque-refresh': 'refresh_token' } },
  ),
  check('a check of an opaque token with attributes', '<opaque>'),
  requestToken(
    'renewed opaque tokens with attributes',
    'clAll',
    { grant_type: 'refresh_token', refresh_token: '<opaque-refresh>', token_format: 'opaque' },
    { save: { 'opaque-renewed': 'access_token' } },
  ),
  check('a check of a renewed opaque token with attributes', '<opaque-renewed>'),
  requestToken(
    'a JWT renewed from an opaque token',
    'clAll',
    { grant_type: 'refresh_token', refresh_token: '<opaque-refresh>' },
    { save: { revocable: 'access_token', 'revocable-refresh': 'refresh_token' } },
  ),
  check('a check of a revocable token', '<revocable>'),
  requestToken('a refresh of a revocable token', 'clAll', {
    grant_type: 'refresh_token',
    refresh_token: '<revocable-refresh>',
  }),
  {
    title: 'the opaque refresh token is revoked',
    request: 'DELETE /oauth/token/revoke/<opaque-refresh>',
    as: 'admin',
  },
  requestToken('a refresh of a revoked token', 'clAll', {
    grant_type: 'refresh_token',
    refresh_token: '<revocable-refresh>',
  }),
  requestToken('a refresh of a revoked opaque token', 'clAll', {
    grant_type: 'refresh_token',
    refresh_token: '<opaque-refresh>',
  }),
  check('a check of a token after its refresh token is revoked', '<revocable>'),
  requestToken(
    'a token of the client',
    'clAll',
    { grant_type: 'client_credentials', authorities: '{"az_attr":{"a":"b"}}' },
    { save: { client: 'access_token' } },
  ),
  check('a check of a token of the client', '<client>'),
  requestToken(
    'an opaque token of the client',
    'clAll',
    { grant_type: 'client_credentials', token_format: 'opaque' },
    { save: { 'client-opaque': 'access_token' } },
  ),
  check('a check of an opaque token of the client', '<client-opaque>'),
  requestToken(
    'an assertion',
    'clAll',
    { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: '<cl-id-token>' },
    { save: { asserted: 'access_token' } },
  ),
  { title: 'the user information by assertion', request: 'GET /userinfo', as: 'asserted' },
]);
