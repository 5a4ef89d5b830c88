import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser, limitedToken, userToken } from './steps.js';

const status = (title: string, json: unknown, id = '<anna-id>'): Exchange => ({
  title: `a status: ${title}`,
  request: `PATCH /Users/${id}/status`,
  as: 'admin',
  json,
});

const verify = (title: string, id: string, headers: Readonly<Record<string, string>> = {}) =>
  ({ title, request: `GET /Users/${id}/verify`, as: 'admin', headers }) satisfies Exchange;

/** A request of the user anna for her own account. */
const self = (title: string, json: unknown, method = 'PUT', ifMatch = '*'): Exchange => ({
  title: `a user changes the own account: ${title}`,
  request: `${method} /Users/<anna-id>`,
  as: 'anna',
  headers: { 'if-match': ifMatch },
  json,
});

const anna = { userName: 'anna<run>', emails: [{ value: 'anna<run>@example.com' }], name: {} };

const login = (title: string, password: string, name = 'lena'): Exchange => ({
  ...userToken('lena'),
  title,
  form: {
    ...{ grant_type: 'password', client_id: 'pks_cli', client_secret: '' },
    ...{ username: `${name}<run>`, password },
  },
  save: {},
});

const send = (title: string, request: string, extra: Partial<Exchange> = {}): Exchange => ({
  title,
  request,
  as: 'admin',
  ...extra,
});

compareWithRecordings('users-accounts', [
  adminToken,
  ...createUser('anna'),
  ...createUser('other'),
  {
    title: 'an unverified user is created',
    request: 'POST /Users',
    as: 'admin',
    json: {
      ...{ userName: 'uv<run>', password: 'p', verified: false },
      emails: [{ value: 'u@example.com' }],
    },
    save: { 'uv-id': 'id' },
  },
  {
    title: 'an external user is created',
    request: 'POST /Users',
    as: 'admin',
    json: { userName: 'ext<run>', origin: 'ldap', emails: [{ value: 'e@example.com' }] },
    save: { 'ext-id': 'id' },
  },
  status('unlocked', { locked: false }),
  status('locked', { locked: true }),
  status('null', { locked: null }),
  status('a word', { locked: 'no' }),
  status('a password change is required', { passwordChangeRequired: true }, '<other-id>'),
  status('a password change is not required', { passwordChangeRequired: false }),
  status('no members', {}),
  status('an unknown member', { foo: 1 }),
  status('an unknown user', { locked: false }, 'none'),
  status('an external user', { locked: false }, '<ext-id>'),
  verify('a verified user is verified', '<anna-id>'),
  verify('a user is verified with another version', '<uv-id>', { 'if-match': '12' }),
  verify('an unverified user is verified', '<uv-id>'),
  verify('an unknown user is verified', 'none'),
  send('the verified user', 'GET /Users/<uv-id>'),

  userToken('anna'),
  send('the own account', 'GET /Users/<anna-id>', { as: 'anna' }),
  send('the account of another user', 'GET /Users/<other-id>', { as: 'anna' }),
  send('the list of users by a user', 'GET /Users', { as: 'anna' }),
  self('both names', { ...anna, name: { givenName: 'A', familyName: 'B' } }),
  self('the origin', { ...anna, origin: 'ldap' }),
  self('the email', { ...anna, emails: [{ value: 'x@example.com' }] }),
  self('the username', { ...anna, userName: 'anna2<run>' }),
  self('the phone number', { ...anna, phoneNumbers: [{ value: '1' }] }),
  self('the activation', { ...anna, active: false }),
  self('no members', {}),
  self('a patched name', { name: { givenName: 'P' } }, 'PATCH'),
  self('a patched email', { emails: [{ value: 'x', primary: true }] }, 'PATCH'),
  self('a patched username', { userName: 'x' }, 'PATCH'),
  self('a patched activation', { active: false }, 'PATCH'),
  self('another version', { name: { givenName: 'P' } }, 'PATCH', '98'),
  send('the own account is deleted', 'DELETE /Users/<anna-id>', { as: 'anna' }),

  ...createUser('lena', ['pks.clusters.admin']),
  userToken('lena'),
  send('the user after a login', 'GET /Users/<lena-id>'),
  login('a login that needs a new password', 'other-password', 'other'),
  send('the user gets a new password', 'PUT /Users/<lena-id>/password', {
    json: { password: 'lena-password2' },
  }),
  send('the old token after the password change', 'GET /Users/<lena-id>', { as: 'lena' }),
  login('a login with the old password', 'lena-password'),
  login('a login with the new password', 'lena-password2'),
  send('the user is deactivated', 'PATCH /Users/<lena-id>', {
    headers: { 'if-match': '*' },
    json: { active: false },
  }),
  login('a login of an inactive user', 'lena-password2'),
  send('the user is deleted', 'DELETE /Users/<lena-id>'),
  send('the token of the deleted user', 'GET /Users/<lena-id>', { as: 'lena' }),
  send('the name of the deleted user is free', 'POST /Users', {
    json: { userName: 'lena<run>', password: 'p', emails: [{ value: 'x@example.com' }] },
  }),
]);

/** Changes a password. */
const change = (title: string, as: string, id: string, json: unknown): Exchange => ({
  title: `a password: ${title}`,
  request: `PUT /Users/${id}/password`,
  as,
  json,
});

/** Gets a token of the client for password changes. */
const changerToken = (name: string): Exchange => ({
  ...userToken(name),
  title: `${name} gets a token for password changes`,
  form: {
    ...{ grant_type: 'password', client_id: 'changer<run>', client_secret: 'changer-secret' },
    ...{ username: `${name}<run>`, password: `${name}-password` },
  },
  save: { [name]: 'access_token' },
});

compareWithRecordings('users-passwords', [
  adminToken,
  limitedToken('writer', 'scim.write'),
  limitedToken('changer', 'password.write'),
  limitedToken('ruler', 'uaa.admin'),
  ...createUser('paul'),
  ...createUser('other'),
  ...createUser('chief', ['uaa.admin']),
  {
    title: 'a client for password changes is created',
    request: 'POST /oauth/clients',
    as: 'admin',
    json: {
      client_id: 'changer<run>',
      client_secret: 'changer-secret',
      authorized_grant_types: ['password'],
      scope: ['password.write', 'uaa.admin', 'openid'],
      authorities: ['uaa.none'],
    },
  },
  userToken('other'),
  send('a password: no token', 'PUT /Users/<paul-id>/password', {
    headers: { authorization: null },
    json: { password: 'a' },
  }),
  change('a token with scim.write', 'writer', '<paul-id>', { password: 'a' }),
  change('a token with uaa.admin only', 'ruler', '<paul-id>', { password: 'a' }),
  change('a user without password.write', 'other', '<other-id>', { password: 'a' }),
  change('an unknown user', 'changer', 'none', { password: 'a' }),
  change('one that is too long', 'changer', '<paul-id>', { password: 'x'.repeat(256) }),
  change('an empty one', 'changer', '<paul-id>', { password: '' }),
  change('a client without the old one', 'changer', '<paul-id>', { password: 'a' }),
  change('the same one', 'changer', '<paul-id>', { password: 'a' }),
  change('a client with a wrong old one', 'changer', '<paul-id>', {
    ...{ password: 'b', oldPassword: 'x' },
  }),
  change('a client with the right old one', 'changer', '<paul-id>', {
    ...{ password: 'paul-password', oldPassword: 'a' },
  }),
  change('an unknown member', 'changer', '<paul-id>', { password: 'a', foo: 1 }),
  change('the first one again', 'changer', '<paul-id>', { password: 'paul-password' }),
  changerToken('paul'),
  changerToken('chief'),
  change('a user without the old one', 'paul', '<paul-id>', { password: 'p' }),
  change('a user with a wrong old one', 'paul', '<paul-id>', {
    ...{ password: 'p', oldPassword: 'x' },
  }),
  change('a user with another user', 'paul', '<other-id>', {
    ...{ password: 'p', oldPassword: 'other-password' },
  }),
  change('a user with an empty one', 'paul', '<paul-id>', {
    ...{ password: '', oldPassword: 'paul-password' },
  }),
  change('a user with the same one', 'paul', '<paul-id>', {
    ...{ password: 'paul-password', oldPassword: 'paul-password' },
  }),
  change('an administrator without the own old one', 'chief', '<chief-id>', { password: 'p' }),
  change('an administrator with another user', 'chief', '<other-id>', { password: 'p' }),
  change('a user with the right old one', 'paul', '<paul-id>', {
    ...{ password: 'p', oldPassword: 'paul-password' },
  }),
]);
