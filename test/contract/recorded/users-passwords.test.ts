import type { Exchange } from './exchange.js';
import { compareWithRecordings } from './compare.js';
import { adminToken, createUser, limitedToken, userToken } from './steps.js';

/** Changes the password of a user. */
function change(
  title: string,
  as: string,
  id: string,
  json: unknown,
  more: Partial<Exchange> = {},
): Exchange {
  return { title, request: `PUT /Users/${id}/password`, as, json, ...more };
}

/** Gets a token of the client for password changes. */
function changerToken(name: string): Exchange {
  return {
    ...userToken(name),
    title: `${name} gets a token for password changes`,
    form: {
      grant_type: 'password',
      client_id: 'changer<run>',
      client_secret: 'changer-secret',
      username: `${name}<run>`,
      password: `${name}-password`,
    },
    save: { [name]: 'access_token' },
  };
}

const types: readonly (readonly [string, unknown])[] = [
  ['a number', 12],
  ['a boolean', true],
  ['null', null],
  ['a list', ['x']],
  ['an object', {}],
  ['an empty text', ''],
  ['a blank text', ' '],
];

const raw = (title: string, body: string, type: string | null = 'application/json') =>
  change(title, 'admin', '<paul-id>', undefined, { body, headers: { 'content-type': type } });

compareWithRecordings('users-passwords', [
  adminToken,
  limitedToken('reader', 'scim.read'),
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
  changerToken('paul'),
  changerToken('chief'),
  userToken('other'),
  {
    title: 'no token',
    request: 'PUT /Users/<paul-id>/password',
    json: { password: 'a' },
  },
  change('a token with scim.read', 'reader', '<paul-id>', { password: 'a' }),
  change('a token with scim.write', 'writer', '<paul-id>', { password: 'a' }),
  change('a token with uaa.admin only', 'ruler', '<paul-id>', { password: 'a' }),
  change('a client without the old password', 'changer', '<paul-id>', { password: 'a' }),
  change('the same password', 'changer', '<paul-id>', { password: 'a' }),
  change('the same password and a wrong old one', 'changer', '<paul-id>', {
    password: 'a',
    oldPassword: 'x',
  }),
  change('a client with a wrong old password', 'changer', '<paul-id>', {
    password: 'b',
    oldPassword: 'x',
  }),
  change('a client with the right old password', 'changer', '<paul-id>', {
    password: 'b',
    oldPassword: 'a',
  }),
  change('a client with an empty old password', 'changer', '<paul-id>', {
    password: 'c',
    oldPassword: '',
  }),
  change('a client with a null old password', 'changer', '<paul-id>', {
    password: 'c',
    oldPassword: null,
  }),
  change('an unknown user', 'changer', 'none', { password: 'a' }),
  change('an unknown user and an empty password', 'changer', 'none', { password: '' }),
  change('an unknown user and no password', 'changer', 'none', {}),
  change('a long password', 'changer', '<paul-id>', { password: 'x'.repeat(256) }),
  change('a long password of an unknown user', 'changer', 'none', { password: 'x'.repeat(256) }),
  change('a password of 255 characters', 'changer', '<paul-id>', { password: 'x'.repeat(255) }),
  change('an empty password and a wrong old one', 'changer', '<paul-id>', {
    password: '',
    oldPassword: 'x',
  }),
  change('no members', 'changer', '<paul-id>', {}),
  change('only the old password', 'changer', '<paul-id>', { oldPassword: 'x' }),
  change('an unknown member', 'changer', '<paul-id>', { password: 'paul-2', foo: 1 }),
  change('names in another case', 'changer', '<paul-id>', { Password: 'paul-3' }),
  change('schemas', 'changer', '<paul-id>', {
    schemas: ['urn:scim:schemas:core:1.0'],
    password: 'paul-4',
  }),
  ...types.map(([kind, value]) =>
    change(`the password is ${kind}`, 'changer', '<paul-id>', { password: value }),
  ),
  ...types.map(([kind, value]) =>
    change(`the old password is ${kind}`, 'changer', '<paul-id>', {
      password: 'paul-5',
      oldPassword: value,
    }),
  ),
  change('the password is set for the next requests', 'changer', '<paul-id>', {
    password: 'paul-password',
  }),
  { ...changerToken('paul'), title: 'paul gets another token for password changes' },
  change('a token without password.write', 'other', '<other-id>', { password: 'a' }),
  change('a user without the old password', 'paul', '<paul-id>', { password: 'p' }),
  change('a user with an empty old password', 'paul', '<paul-id>', {
    password: 'p',
    oldPassword: '',
  }),
  change('a user with a blank old password', 'paul', '<paul-id>', {
    password: 'p',
    oldPassword: ' ',
  }),
  change('a user with a wrong old password', 'paul', '<paul-id>', {
    password: 'p',
    oldPassword: 'x',
  }),
  change('a user with a wrong old and an empty new password', 'paul', '<paul-id>', {
    password: '',
    oldPassword: 'x',
  }),
  change('a user with an empty new password', 'paul', '<paul-id>', {
    password: '',
    oldPassword: 'paul-password',
  }),
  change('a user without a new password', 'paul', '<paul-id>', { oldPassword: 'paul-password' }),
  change('a user with the same password', 'paul', '<paul-id>', {
    password: 'paul-password',
    oldPassword: 'paul-password',
  }),
  change('a user with the same and a wrong old password', 'paul', '<paul-id>', {
    password: 'paul-password',
    oldPassword: 'x',
  }),
  change('a user for another user', 'paul', '<other-id>', { password: 'p', oldPassword: 'x' }),
  change('a user for another user without the old password', 'paul', '<other-id>', {
    password: 'p',
  }),
  change('a user for an unknown user', 'paul', 'none', { password: 'p', oldPassword: 'x' }),
  change('an administrator without the old password', 'chief', '<chief-id>', { password: 'p' }),
  change('an administrator with a wrong old password', 'chief', '<chief-id>', {
    password: 'p',
    oldPassword: 'x',
  }),
  change('an administrator for another user', 'chief', '<other-id>', { password: 'p' }),
  change('an administrator for another user with a wrong old password', 'chief', '<other-id>', {
    password: 'q',
    oldPassword: 'x',
  }),
  change('an administrator for an unknown user', 'chief', 'none', { password: 'p' }),
  raw('an empty body', ''),
  raw('a body that is null', 'null'),
  raw('a list', '[]'),
  raw('a text', '"x"'),
  raw('a number', '5'),
  raw('invalid JSON', '{"password":'),
  raw('a form', 'password=x', 'application/x-www-form-urlencoded'),
  raw('no content type', '{"password":"x"}', null),
  raw('a text content type', '{"password":"x"}', 'text/plain'),
  raw('an XML content type', '<x/>', 'application/xml'),
  raw('a SCIM content type', '{"password":"scim"}', 'application/scim+json'),
  ...['GET', 'POST', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].map((method) =>
    change(`the method ${method}`, 'admin', '<paul-id>', undefined, {
      request: `${method} /Users/<paul-id>/password`,
    }),
  ),
  change(
    'a trailing slash',
    'changer',
    '<paul-id>',
    { password: 'slash' },
    {
      request: 'PUT /Users/<paul-id>/password/',
    },
  ),
  change(
    'the path /User',
    'changer',
    '<paul-id>',
    { password: 'u' },
    {
      request: 'PUT /User/<paul-id>/password',
    },
  ),
  change(
    'an If-Match header',
    'changer',
    '<paul-id>',
    { password: 'match' },
    {
      headers: { 'if-match': '99' },
    },
  ),
  change('a password in Chinese', 'changer', '<paul-id>', { password: '\u4e2d\u6587' }),
  change('the password is set again', 'changer', '<paul-id>', { password: 'paul-password' }),
  change('a user with the right old password', 'paul', '<paul-id>', {
    password: 'new',
    oldPassword: 'paul-password',
  }),
  change('the old token after the change', 'paul', '<paul-id>', {
    password: 'newer',
    oldPassword: 'new',
  }),
  { title: 'the user after the changes', request: 'GET /Users/<paul-id>', as: 'admin' },
  {
    title: 'an external user is created',
    request: 'POST /Users',
    as: 'admin',
    json: { userName: 'ext<run>', origin: 'ldap', emails: [{ value: 'e@example.com' }] },
    save: { 'ext-id': 'id' },
  },
  change('the password of an external user', 'changer', '<ext-id>', { password: 'x' }),
  change('the empty password of an external user', 'changer', '<ext-id>', { password: '' }),
]);
