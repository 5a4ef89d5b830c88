import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser } from './steps.js';
import { createClient, requestToken, requestUserToken } from './token-steps.js';

const hints = ['{"origin":"uaa"}', '{"origin":"ldap"}', '{"origin":"foo"}', 'foo', ''];
const scopes = [
  '',
  'openid',
  'openid uaa.user',
  'openid,uaa.user',
  'foo',
  'openid foo',
  'pks.clusters.admin',
  'pks.*',
];

function adminRequest(
  title: string,
  request: string,
  json?: unknown,
  headers?: Exchange['headers'],
): Exchange {
  return {
    title,
    request,
    as: 'admin',
    ...(json !== undefined && { json }),
    ...(headers && { headers }),
  };
}

compareWithRecordings('token-password', [
  adminToken,
  ...createUser('pw'),
  createClient('web', {
    authorized_grant_types: ['password', 'refresh_token'],
    scope: ['openid', 'uaa.user', 'pks.clusters.admin', 'uaa.admin'],
  }),
  createClient('short', { authorized_grant_types: ['password'], scope: ['uaa.user'] }),
  createClient('wild', {
    authorized_grant_types: ['password'],
    scope: ['uaa.*', 'pks.clusters.*', 'scim.*', '*'],
  }),
  createClient('wildDot', {
    authorized_grant_types: ['password'],
    scope: ['cloud_controller*.read', 'p*', 'open*'],
  }),
  createClient('noPassword', {
    authorized_grant_types: ['client_credentials', 'refresh_token', 'authorization_code'],
    scope: ['openid'],
    redirect_uri: ['https://example.com'],
  }),
  createClient('noUser', { authorized_grant_types: ['password'], scope: ['uaa.none'] }),
  requestUserToken('a token', 'web', 'pw'),
  requestUserToken('a token of a client without a refresh grant', 'short', 'pw'),
  requestUserToken('a token of a client with wildcards', 'wild', 'pw'),
  requestUserToken('a token of a client with wildcards inside', 'wildDot', 'pw'),
  requestUserToken('a token of a client with only uaa.none', 'noUser', 'pw'),
  requestUserToken('the scope uaa.none of a client with only uaa.none', 'noUser', 'pw', {
    scope: 'uaa.none',
  }),
  requestUserToken('a client without the grant', 'noPassword', 'pw'),
  requestUserToken('a client without the grant and a wrong password', 'noPassword', 'pw', {
    password: 'wrong',
  }),
  ...scopes.map((scope) =>
    requestUserToken(`the scope ${JSON.stringify(scope)}`, 'web', 'pw', { scope }),
  ),
  ...scopes.map((scope) =>
    requestUserToken(
      `the scope ${JSON.stringify(scope)} of a client with wildcards`,
      'wild',
      'pw',
      { scope },
    ),
  ),
  ...hints.map((hint) =>
    requestUserToken(`the login hint ${JSON.stringify(hint)}`, 'web', 'pw', { login_hint: hint }),
  ),
  requestUserToken('a user name in upper case', 'web', 'pw', { username: 'PW<run>' }),
  requestUserToken('an email address instead of the user name', 'web', 'pw', {
    username: 'pw<run>@example.com',
  }),
  requestUserToken('an empty user name', 'web', 'pw', { username: '' }),
  requestUserToken('an empty password', 'web', 'pw', { password: '' }),
  requestToken('no password', 'web', { grant_type: 'password', username: 'pw<run>' }),
  requestUserToken('a wrong password', 'web', 'pw', { password: 'wrong' }),
  requestUserToken('a wrong password and an invalid scope', 'web', 'pw', {
    password: 'wrong',
    scope: 'foo',
  }),
  requestUserToken('an unknown user', 'web', 'pw', { username: 'missing<run>' }),
  requestUserToken(
    'another client in the form',
    'web',
    'pw',
    {},
    {
      basic: ['web<run>', 'web-secret'],
      form: {
        grant_type: 'password',
        username: 'pw<run>',
        password: 'pw-password',
        client_id: 'short<run>',
      },
    },
  ),
  ...['opaque', 'jwt'].map((format) =>
    requestUserToken(`the token format "${format}"`, 'web', 'pw', { token_format: format }),
  ),
  ...['token', 'id_token'].map((type) =>
    requestUserToken(`the response type "${type}"`, 'web', 'pw', { response_type: type }),
  ),
  requestUserToken('a nonce', 'web', 'pw', { nonce: 'n1' }),
  // Users who are unverified, inactive, locked or deleted, or have another origin.
  {
    title: 'an unverified user is created',
    request: 'POST /Users',
    as: 'admin',
    json: {
      userName: 'unverified<run>',
      password: 'unverified-password',
      verified: false,
      emails: [{ value: 'u<run>@example.com' }],
      name: { givenName: 'G', familyName: 'F' },
    },
    save: { 'unverified-id': 'id' },
  },
  requestUserToken('an unverified user', 'web', 'unverified'),
  requestUserToken('an unverified user with a wrong password', 'web', 'unverified', {
    password: 'wrong',
  }),
  ...createUser('inactive'),
  adminRequest(
    'a user is deactivated',
    'PATCH /Users/<inactive-id>',
    { active: false },
    { 'if-match': '0' },
  ),
  requestUserToken('an inactive user', 'web', 'inactive'),
  requestUserToken('an inactive user with a wrong password', 'web', 'inactive', {
    password: 'wrong',
  }),
  ...createUser('change'),
  adminRequest('a user must change the password', 'PATCH /Users/<change-id>/status', {
    passwordChangeRequired: true,
  }),
  requestUserToken('a user who must change the password', 'web', 'change'),
  requestUserToken('a user who must change the password, with a wrong one', 'web', 'change', {
    password: 'wrong',
  }),
  ...createUser('locked'),
  ...[1, 2, 3, 4, 5].map((count) =>
    requestUserToken(`wrong password number ${String(count)}`, 'web', 'locked', {
      password: 'wrong',
    }),
  ),
  requestUserToken('a locked user', 'web', 'locked'),
  {
    title: 'an LDAP user is created',
    request: 'POST /Users',
    as: 'admin',
    json: {
      userName: 'ldap<run>',
      origin: 'ldap',
      emails: [{ value: 'l<run>@example.com' }],
      name: { givenName: 'G', familyName: 'F' },
    },
  },
  requestUserToken('a user of another origin', 'web', 'ldap'),
  { title: 'a user is deleted', request: 'DELETE /Users/<pw-id>', as: 'admin' },
  requestUserToken('a deleted user', 'web', 'pw'),
]);
