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

compareWithRecordings('token-claims', [
  adminToken,
  ...createUser('cl'),
  createUserWith('phone', {
    name: { givenName: 'Given', familyName: 'Family' },
    phoneNumbers: [{ value: '555-1234' }],
  }),
  createUserWith('external', {
    name: { givenName: 'G' },
    externalId: 'ext-1',
    emails: [{ value: 'External<run>@EXAMPLE.com', primary: true }],
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
  ...['cl', 'phone', 'external'].flatMap((user) => [
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
  ...['profile', 'roles', 'user_attributes', 'cloud_controller.read'].map((scope) =>
    requestUserToken(`the tokens with openid and the scope ${scope}`, 'clAll', 'cl', {
      scope: `openid ${scope}`,
    }),
  ),
  ...['clDots', 'clWildOpenid', 'clShort', 'clDefault'].flatMap((client) => [
    requestUserToken(`the tokens of the client ${client}`, client, 'phone'),
    requestUserToken(`the opaque tokens of the client ${client}`, client, 'phone', {
      token_format: 'opaque',
    }),
  ]),
  requestToken(
    'an assertion',
    'clAll',
    { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: '<cl-id-token>' },
    { save: { asserted: 'access_token' } },
  ),
  { title: 'the user information by assertion', request: 'GET /userinfo', as: 'asserted' },
]);
