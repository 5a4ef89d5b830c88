import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser } from './steps.js';
import { createClient, requestToken, requestUserToken } from './token-steps.js';

const hints = [
  '{"origin":"uaa"}',
  '{"origin":"ldap"}',
  '{"origin":"foo"}',
  '{"origin":""}',
  '{"origin":null}',
  '{"origin":1}',
  '{"origin":true}',
  '{"origin":["uaa"]}',
  '{"origin":{}}',
  '{}',
  '[]',
  'null',
  'true',
  '1',
  '"uaa"',
  '"foo"',
  'uaa',
  'foo',
  '',
  ' ',
  '{"origin":"uaa","x":1}',
  '{"x":1}',
  '{"origin":"uaa"',
  "{'origin':'uaa'}",
  '{"origin":"UAA"}',
  '{"origin":"keystone"}',
  '{"origin":"login-server"}',
  '%7B%22origin%22%3A%22uaa%22%7D',
  '%7B%22origin%22%3A%22foo%22%7D',
  '{"origin":"foo"} trailing',
  '{"origin":"foo","origin":"uaa"}',
  '%',
  '%zz',
  '{"origin":"%75aa"}',
  '{"origin":"a+b"}',
  '{"Origin":"foo"}',
  '{"origin":"uaa "}',
  '{"origin":1.50}',
];
const scopes = [
  '',
  ' ',
  'openid',
  'openid uaa.user',
  'openid,uaa.user',
  ' openid',
  'openid ',
  'openid  uaa.user',
  'openid+uaa.user',
  'openid openid',
  'foo',
  'openid foo',
  'pks.clusters.admin',
  'pks.clusters.admin openid',
  'OPENID',
  '*',
  'uaa.*',
  'pks.*',
  'profile',
  'uaa.none',
  'uaa.admin',
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
  requestUserToken('a client without the grant and an invalid scope', 'noPassword', 'pw', {
    scope: 'foo',
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
  requestUserToken(
    'the login hint twice',
    'web',
    'pw',
    {},
    {
      form: 'client_id=web<run>&client_secret=web-secret&grant_type=password&username=pw<run>&password=pw-password&login_hint=%7B%22origin%22%3A%22uaa%22%7D&login_hint=%7B%22origin%22%3A%22foo%22%7D',
    },
  ),
  requestUserToken('an unknown origin and a wrong password', 'web', 'pw', {
    login_hint: '{"origin":"foo"}',
    password: 'wrong',
  }),
  requestUserToken(
    'an unknown origin and no password',
    'web',
    'pw',
    {},
    {
      form: {
        client_id: 'web<run>',
        client_secret: 'web-secret',
        grant_type: 'password',
        login_hint: '{"origin":"foo"}',
      },
    },
  ),
  requestUserToken(
    'a login hint with an invalid escape, with Basic credentials',
    'web',
    'pw',
    {},
    {
      basic: ['web<run>', 'web-secret'],
      form: {
        grant_type: 'password',
        username: 'pw<run>',
        password: 'pw-password',
        login_hint: '%zz',
      },
    },
  ),
  requestUserToken('an origin field', 'web', 'pw', { origin: 'ldap' }),
  requestUserToken('a user name in upper case', 'web', 'pw', { username: 'PW<run>' }),
  requestUserToken('a user name with spaces', 'web', 'pw', { username: ' pw<run> ' }),
  requestUserToken('an email address instead of the user name', 'web', 'pw', {
    username: 'pw<run>@example.com',
  }),
  requestUserToken('an empty user name', 'web', 'pw', { username: '' }),
  requestUserToken('an empty password', 'web', 'pw', { password: '' }),
  requestToken('no user name', 'web', { grant_type: 'password', password: 'x' }),
  requestToken('no password', 'web', { grant_type: 'password', username: 'pw<run>' }),
  requestToken('no user name and no password', 'web', { grant_type: 'password' }),
  requestToken('no user name and an empty password', 'web', {
    grant_type: 'password',
    password: '',
  }),
  requestUserToken('a password with a space after it', 'web', 'pw', { password: 'pw-password ' }),
  requestUserToken('a wrong password', 'web', 'pw', { password: 'wrong' }),
  requestUserToken('a wrong password and an invalid scope', 'web', 'pw', {
    password: 'wrong',
    scope: 'foo',
  }),
  requestUserToken('an unknown user', 'web', 'pw', { username: 'missing<run>' }),
  requestUserToken('an unknown user with markup', 'web', 'pw', { username: '<b>"x"</b>' }),
  requestUserToken(
    'a password twice',
    'web',
    'pw',
    {},
    {
      form: 'client_id=web<run>&client_secret=web-secret&grant_type=password&username=pw<run>&password=pw-password&password=wrong',
    },
  ),
  requestUserToken('a wrong client secret and a wrong password', 'web', 'pw', {
    client_secret: 'wrong',
    password: 'wrong',
  }),
  requestUserToken(
    'no client and a correct password',
    'web',
    'pw',
    {},
    { form: { grant_type: 'password', username: 'pw<run>', password: 'pw-password' } },
  ),
  requestUserToken(
    'no client, with a JSON type',
    'web',
    'pw',
    {},
    {
      request: 'POST /oauth/token?grant_type=password&username=pw<run>&password=pw-password',
      form: '{}',
      headers: { 'content-type': 'application/json' },
    },
  ),
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
  requestUserToken(
    'another client in the form and a wrong password',
    'web',
    'pw',
    {},
    {
      basic: ['web<run>', 'web-secret'],
      form: {
        grant_type: 'password',
        username: 'pw<run>',
        password: 'wrong',
        client_id: 'short<run>',
      },
    },
  ),
  ...['opaque', 'jwt', 'OPAQUE', ''].map((format) =>
    requestUserToken(`the token format "${format}"`, 'web', 'pw', { token_format: format }),
  ),
  ...['token', 'code', 'id_token', 'token id_token', 'foo'].map((type) =>
    requestUserToken(`the response type "${type}"`, 'web', 'pw', { response_type: type }),
  ),
  requestUserToken('a response type id_token without openid', 'web', 'pw', {
    response_type: 'id_token',
    scope: 'uaa.user',
  }),
  requestUserToken('a nonce', 'web', 'pw', { nonce: 'n1' }),
  requestUserToken('an empty nonce', 'web', 'pw', { nonce: '' }),
  requestUserToken('a multi-factor code', 'web', 'pw', { mfaCode: '123456' }),
  requestUserToken('a multi-factor code that is not a number', 'web', 'pw', { mfaCode: 'abc' }),
  requestUserToken('state, redirect and user_id', 'web', 'pw', {
    state: 's',
    redirect_uri: 'https://example.com',
    user_id: 'x',
    add_new: 'true',
    source: 'login',
  }),
  requestUserToken('authorities with attributes', 'web', 'pw', {
    authorities: '{"az_attr":{"a":"b"}}',
  }),
  requestUserToken('authorities with attributes, opaque', 'web', 'pw', {
    authorities: '{"az_attr":{"a":"b"}}',
    token_format: 'opaque',
  }),
  requestUserToken('authorities with invalid attributes', 'web', 'pw', {
    authorities: '{"az_attr":[1]}',
  }),
  requestUserToken(
    'the password in the query',
    'web',
    'pw',
    {},
    {
      request: 'POST /oauth/token?username=pw<run>&password=pw-password',
      form: { grant_type: 'password', client_id: 'web<run>', client_secret: 'web-secret' },
    },
  ),
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
  requestUserToken('an unverified user and an invalid scope', 'web', 'unverified', {
    scope: 'foo',
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
  requestUserToken('a user who must change the password, and an invalid scope', 'web', 'change', {
    scope: 'foo',
  }),
  ...createUser('locked'),
  ...[1, 2, 3, 4, 5].map((count) =>
    requestUserToken(`wrong password number ${String(count)}`, 'web', 'locked', {
      password: 'wrong',
    }),
  ),
  requestUserToken('a locked user', 'web', 'locked'),
  requestUserToken('a locked user with a wrong password', 'web', 'locked', { password: 'wrong' }),
  requestUserToken('a locked user and an invalid scope', 'web', 'locked', { scope: 'foo' }),
  requestUserToken(
    'a locked user without a password',
    'web',
    'locked',
    {},
    {
      form: {
        client_id: 'web<run>',
        client_secret: 'web-secret',
        grant_type: 'password',
        username: 'locked<run>',
      },
    },
  ),
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
  requestUserToken('a user of another origin with an empty password', 'web', 'ldap', {
    password: '',
  }),
  { title: 'a user is deleted', request: 'DELETE /Users/<pw-id>', as: 'admin' },
  requestUserToken('a deleted user', 'web', 'pw'),
]);
