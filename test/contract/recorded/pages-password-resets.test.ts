import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { createAuthorizedClient, loginServer } from './pages-clients.js';
import { createUser, userToken } from './steps.js';

function reset(title: string, email: unknown, more: Partial<Exchange> = {}): Exchange {
  return {
    title,
    request: 'POST /password_resets',
    as: 'login',
    body: String(email),
    headers: { 'content-type': 'application/json' },
    ...more,
  };
}

function change(title: string, json: unknown, more: Partial<Exchange> = {}): Exchange {
  return { title, request: 'POST /password_change', as: 'login', json, ...more };
}

compareWithRecordings('pages-password-resets', [
  ...loginServer,
  ...createAuthorizedClient('reader', ['scim.read']),
  ...createUser('peter'),
  ...createUser('petra'),
  userToken('petra'),
  reset('requests a code', 'peter<run>', { save: { code: 'code' } }),
  change('changes the password', { code: '<code>', new_password: 'new-password' }),
  change('changes the password with a used code', { code: '<code>', new_password: 'other' }),
  reset('requests a second code', 'peter<run>', { save: { code2: 'code' } }),
  change('changes the password to the same one', { code: '<code2>', new_password: 'new-password' }),
  change('uses a code after an error', { code: '<code2>', new_password: 'newer-password' }),
  reset('requests a third code', 'peter<run>', { save: { code3: 'code' } }),
  reset('requests a fourth code', 'peter<run>', { save: { code4: 'code' } }),
  change('uses a code that was replaced', { code: '<code3>', new_password: 'newer-password' }),
  change('changes the password to an empty one', { code: '<code4>', new_password: '' }),
  reset('requests a fifth code', 'peter<run>', { save: { code5: 'code' } }),
  change('changes the password to a long one', { code: '<code5>', new_password: 'x'.repeat(256) }),
  reset('requests a sixth code', 'peter<run>', { save: { code6: 'code' } }),
  change('changes the password without a new one', { code: '<code6>' }),
  reset('requests a seventh code', 'peter<run>', { save: { code7: 'code' } }),
  change(
    'changes the password as HTML',
    { code: '<code7>', new_password: 'password-7' },
    { headers: { accept: 'text/html' } },
  ),
  reset('asks for an eighth code', 'peter<run>', { save: { code8: 'code' } }),
  change('changes the password with a null value', { code: '<code8>', new_password: null }),
  {
    title: 'the changed password works',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'password',
      client_id: 'pks_cli',
      client_secret: '',
      username: 'peter<run>',
      password: 'password-7',
    },
  },
  change('changes the password with an unknown code', { code: 'unknown', new_password: 'x' }),
  change(
    'changes the password with an unknown code, HTML',
    { code: 'unknown', new_password: 'x' },
    { headers: { accept: 'text/html' } },
  ),
  change(
    'changes the password with an unknown code, any type',
    { code: 'unknown', new_password: 'x' },
    { headers: { accept: '*/*' } },
  ),
  change(
    'changes the password with an unknown code, XML',
    { code: 'unknown', new_password: 'x' },
    { headers: { accept: 'application/xml' } },
  ),
  change('changes the password with an empty code', { code: '', new_password: 'x' }),
  change('changes the password without a code', { new_password: 'x' }),
  change('changes the password with an unknown field', {
    code: 'unknown',
    new_password: 'x',
    a: 1,
  }),
  change('changes the password with names in camel case', {
    changeCode: 'unknown',
    newPassword: 'x',
  }),
  change('changes the password with the field change_code', {
    change_code: 'unknown',
    newPassword: 'x',
  }),
  change('changes the password by name', {
    username: 'peter<run>',
    current_password: 'a',
    new_password: 'b',
  }),
  change('changes the password with an empty object', {}),
  change('changes the password with a list', []),
  change('changes the password with a code as a number', { code: 5, new_password: 'x' }),
  change('changes the password with a code as an object', { code: {}, new_password: 'x' }),
  {
    title: 'changes the password with an empty body',
    request: 'POST /password_change',
    as: 'login',
    body: '',
    headers: { 'content-type': 'application/json' },
  },
  {
    title: 'changes the password with malformed JSON',
    request: 'POST /password_change',
    as: 'login',
    body: '{',
    headers: { 'content-type': 'application/json' },
  },
  {
    title: 'changes the password with a form',
    request: 'POST /password_change',
    as: 'login',
    form: { code: 'unknown', new_password: 'x' },
  },
  { title: 'GET password_change', request: 'GET /password_change', as: 'login' },
  { title: 'PUT password_change', request: 'PUT /password_change', as: 'login', json: {} },
  change('changes the password without the scope', {}, { as: 'reader' }),
  change('changes the password as an administrator', {}, { as: 'admin' }),
  { title: 'changes the password without a token', request: 'POST /password_change', json: {} },
  {
    title: 'changes the password without a token, HTML',
    request: 'POST /password_change',
    json: {},
    headers: { accept: 'text/html' },
  },
  reset('requests a code of an unknown user', 'missing<run>'),
  reset('requests a code of a user in capital letters', 'PETER<run>'),
  reset('requests a code with the email', 'peter<run>@example.com'),
  reset('requests a code with a quoted name', '"peter<run>"'),
  reset('requests a code with an empty body', ''),
  reset('requests a code with spaces around the name', ' peter<run> '),
  reset('requests a code with a quote', 'a"b'),
  reset('requests a code with a backslash', 'a\\b'),
  reset('requests a code without a content type', 'peter<run>', { headers: {} }),
  reset('requests a code as plain text', 'peter<run>', {
    headers: { 'content-type': 'text/plain' },
  }),
  {
    title: 'requests a code with a form',
    request: 'POST /password_resets',
    as: 'login',
    form: { email: 'peter<run>' },
  },
  reset('requests a code with a client and a redirect', 'peter<run>', {
    request: 'POST /password_resets?client_id=pks_cli&redirect_uri=https%3A%2F%2Flocalhost%3A8443',
  }),
  reset('requests a code with an unknown client', 'peter<run>', {
    request: 'POST /password_resets?client_id=unknown&redirect_uri=x',
  }),
  reset('requests a code as HTML', 'peter<run>', {
    headers: { accept: 'text/html', 'content-type': 'application/json' },
  }),
  reset('requests a code with any accepted type', 'peter<run>', {
    headers: { accept: '*/*', 'content-type': 'application/json' },
  }),
  reset('requests a code as XML', 'peter<run>', {
    headers: { accept: 'application/xml', 'content-type': 'application/json' },
  }),
  reset('asks for an unknown user as HTML', 'missing<run>', {
    headers: { accept: 'text/html', 'content-type': 'application/json' },
  }),
  reset('requests a code without the scope', 'peter<run>', { as: 'reader' }),
  reset('requests a code as an administrator', 'peter<run>', { as: 'admin' }),
  reset('requests a code as a user', 'petra<run>', { as: 'petra' }),
  {
    title: 'requests a code without a token',
    request: 'POST /password_resets',
    body: 'peter<run>',
  },
  {
    title: 'requests a code with an invalid token',
    request: 'POST /password_resets',
    body: 'peter<run>',
    headers: { authorization: 'Bearer abc' },
  },
  {
    title: 'requests a code with Basic credentials',
    request: 'POST /password_resets',
    body: 'peter<run>',
    basic: ['login<run>', 'secret'],
  },
  { title: 'GET password_resets', request: 'GET /password_resets', as: 'login' },
  { title: 'GET password_resets without a token', request: 'GET /password_resets' },
  { title: 'PUT password_resets', request: 'PUT /password_resets', as: 'login', json: {} },
  { title: 'DELETE password_resets', request: 'DELETE /password_resets', as: 'login' },
  { title: 'HEAD password_resets', request: 'HEAD /password_resets', as: 'login' },
  { title: 'OPTIONS password_resets', request: 'OPTIONS /password_resets', as: 'login' },
  {
    title: 'a path below password_resets',
    request: 'POST /password_resets/x',
    as: 'login',
    json: {},
  },
  { title: 'a path below password_resets without a token', request: 'GET /password_resets/x' },
  { title: 'an unknown path with the same prefix', request: 'GET /password_x', as: 'login' },
  { title: 'an unknown path with the same prefix without a token', request: 'GET /password_x' },
  {
    title: 'a user of another origin is created',
    request: 'POST /Users',
    as: 'admin',
    json: {
      userName: 'ldap<run>',
      origin: 'ldap',
      externalId: 'x',
      emails: [{ value: 'ldap<run>@example.com' }],
    },
  },
  reset('requests a code of a user of another origin', 'ldap<run>'),
  {
    title: 'peter is renamed to an inactive user',
    request: 'PATCH /Users/<petra-id>',
    as: 'admin',
    headers: { 'if-match': '*' },
    json: { active: false },
  },
  reset('requests a code of an inactive user', 'petra<run>'),
]);
