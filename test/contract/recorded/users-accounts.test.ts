import type { Exchange } from './exchange.js';
import { compareWithRecordings } from './compare.js';
import { adminToken, createUser, limitedToken, userToken } from './steps.js';

const status = (title: string, json: unknown, id = '<anna-id>'): Exchange => ({
  title,
  request: `PATCH /Users/${id}/status`,
  as: 'admin',
  json,
});

const rawStatus = (title: string, body: string, type: string | null = 'application/json') =>
  ({
    ...status(title, undefined),
    body,
    headers: { 'content-type': type },
  }) satisfies Exchange;

const values: readonly (readonly [string, unknown])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['the text "false"', 'false'],
  ['the text "False"', 'False'],
  ['the text "true"', 'true'],
  ['the text "no"', 'no'],
  ['an empty text', ''],
  ['0', 0],
  ['1', 1],
  ['a fraction', 1.5],
  ['a list', []],
  ['an object', {}],
];

const routes = [
  'GET /Users/ID/verify',
  'GET /Users/ID/verify-link?redirect_uri=https://x',
  'PATCH /Users/ID/status',
  'DELETE /Users/ID/mfa',
  'PUT /Users/ID',
  'PATCH /Users/ID',
  'GET /Users/ID',
  'POST /Users',
  'GET /Users?filter=id+eq+%22x%22',
  'PUT /Users/ID/password',
  'GET /Users/ID/status',
  'DELETE /Users/none',
];
const callers = ['reader', 'writer', 'creator', 'ids', 'anna', 'other', undefined];

/** A request for the account of a user, from a caller that may lack the scope. */
function access(route: string, caller: string | undefined): Exchange {
  return {
    title: `${route} by ${caller ?? 'a caller without a token'}`,
    request: route.replace('ID', '<anna-id>'),
    ...(caller !== undefined && { as: caller }),
    headers: { 'if-match': '*' },
    ...(/^(PATCH|PUT|POST)/.test(route) && { json: {} }),
  };
}

compareWithRecordings('users-accounts', [
  adminToken,
  ...createUser('anna'),
  ...createUser('other'),
  {
    title: 'an unverified user is created',
    request: 'POST /Users',
    as: 'admin',
    json: {
      userName: 'uv<run>',
      password: 'p',
      emails: [{ value: 'u@example.com' }],
      verified: false,
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
  ...values.map(([kind, value]) => status(`locked is ${kind}`, { locked: value })),
  ...values.map(([kind, value]) =>
    status(`passwordChangeRequired is ${kind}`, { passwordChangeRequired: value }, '<other-id>'),
  ),
  status('no members', {}),
  status('an unknown member', { foo: 1 }),
  status('names in another case', { Locked: true }),
  status('both members', { locked: false, passwordChangeRequired: true }),
  status('both members, both invalid', { locked: true, passwordChangeRequired: false }),
  status('an unknown user', { locked: false }, 'none'),
  status('an unknown user and an invalid value', { locked: true }, 'none'),
  status('an external user', { locked: false }, '<ext-id>'),
  status('an external user and no members', {}, '<ext-id>'),
  rawStatus('an empty body', ''),
  rawStatus('null', 'null'),
  rawStatus('a list', '[]'),
  rawStatus('a text', '"x"'),
  rawStatus('a number', '5'),
  rawStatus('an empty text', '""'),
  rawStatus('invalid JSON', '{'),
  rawStatus('a form', 'locked=false', 'application/x-www-form-urlencoded'),
  rawStatus('no content type', '{"locked":false}', null),
  rawStatus('a text content type', '{"locked":false}', 'text/plain'),
  ...['PUT', 'POST', 'DELETE', 'GET'].map((method): Exchange => ({
    ...status(`the status with ${method}`, { locked: false }),
    request: `${method} /Users/<anna-id>/status`,
  })),
  {
    ...status('the status for any type', { locked: false }),
    headers: { accept: '*/*' },
  },
  { title: 'a verified user is verified', request: 'GET /Users/<anna-id>/verify', as: 'admin' },
  { title: 'an unverified user is verified', request: 'GET /Users/<uv-id>/verify', as: 'admin' },
  { title: 'an unknown user is verified', request: 'GET /Users/none/verify', as: 'admin' },
  { title: 'the verified user', request: 'GET /Users/<uv-id>', as: 'admin' },
  ...['POST', 'PUT', 'DELETE', 'HEAD'].map((method): Exchange => ({
    title: `a verification with ${method}`,
    request: `${method} /Users/<anna-id>/verify`,
    as: 'admin',
  })),
  {
    title: 'the user is no longer verified',
    request: 'PATCH /Users/<uv-id>',
    as: 'admin',
    headers: { 'if-match': '*' },
    json: { verified: false },
  },
  ...[
    '',
    '?redirect_uri=',
    '?redirect_uri=https://example.com/&client_id=pks_cli',
    '?redirect_uri=https://example.com/&client_id=',
    '?redirect_uri=https://example.com/&client_id=unknown',
    '?redirect_uri=not+a+uri',
    '?client_id=pks_cli',
    '?redirect_uri=a&redirect_uri=b',
  ].flatMap((query) =>
    ['<uv-id>', '<anna-id>', 'none'].map((id): Exchange => ({
      title: `the verification link of ${id.replace(/[<>]/g, '')} with "${query}"`,
      request: `GET /Users/${id}/verify-link${query}`,
      as: 'admin',
    })),
  ),
  {
    title: 'the verification link with POST',
    request: 'POST /Users/<uv-id>/verify-link',
    as: 'admin',
    form: { redirect_uri: 'x' },
  },
  {
    title: 'the verification link as a page',
    request: 'GET /Users/<uv-id>/verify-link?redirect_uri=x',
    as: 'admin',
    headers: { accept: 'application/json;q=0.5, */*' },
  },
  { title: 'the second factor is reset', request: 'DELETE /Users/<anna-id>/mfa', as: 'admin' },
  { title: 'the second factor of an unknown user', request: 'DELETE /Users/none/mfa', as: 'admin' },
  { title: 'the second factor with GET', request: 'GET /Users/<anna-id>/mfa', as: 'admin' },
  { title: 'an unknown part', request: 'GET /Users/<anna-id>/other', as: 'admin' },
  { title: 'a DELETE of an unknown part', request: 'DELETE /Users/<anna-id>/other', as: 'admin' },
]);

const self = (
  title: string,
  json: unknown,
  method = 'PUT',
  headers?: Record<string, string>,
): Exchange => ({
  title,
  request: `${method} /Users/<anna-id>`,
  as: 'anna',
  headers: headers ?? { 'if-match': '*' },
  json,
});

const anna = { userName: 'anna<run>', emails: [{ value: 'anna<run>@example.com' }], name: {} };

compareWithRecordings('users-access', [
  adminToken,
  limitedToken('reader', 'scim.read'),
  limitedToken('writer', 'scim.write'),
  limitedToken('ids', 'scim.userids'),
  ...createUser('anna'),
  ...createUser('other'),
  ...createUser('maker', ['scim.create']),
  userToken('anna'),
  userToken('other'),
  ...routes.flatMap((route) =>
    callers.filter((caller) => caller !== 'creator').map((caller) => access(route, caller)),
  ),
  self('the user changes the given name', { ...anna, name: { givenName: 'Neu' } }),
  self('the user changes both names', { ...anna, name: { givenName: 'A', familyName: 'B' } }),
  self('the user sends the origin', { ...anna, origin: 'uaa' }),
  self('the user changes the origin', { ...anna, origin: 'ldap' }),
  self('the user sends a null origin', { ...anna, origin: null }),
  self('the user changes the email', { ...anna, emails: [{ value: 'x@example.com' }] }),
  self('the user sends two emails', { ...anna, emails: [...anna.emails, { value: 'x' }] }),
  self('the user sends no email', { ...anna, emails: [] }),
  self('the user changes the username', { ...anna, userName: 'anna2<run>' }),
  self('the user changes the case of the username', { ...anna, userName: 'ANNA<run>' }),
  self('the user changes the phone number', { ...anna, phoneNumbers: [{ value: '1' }] }),
  self('the user sends an empty phone number', { ...anna, phoneNumbers: [{ value: '' }] }),
  self('the user sends an external id', { ...anna, externalId: 'x' }),
  self('the user sends an empty external id', { ...anna, externalId: '' }),
  self('the user sends a null external id', { ...anna, externalId: null }),
  self('the user sends a salt', { ...anna, salt: 'x' }),
  self('the user sends a display name', { ...anna, displayName: 'x' }),
  self('the user sends a nickname', { ...anna, nickName: 'x' }),
  self('the user sends a password', { ...anna, password: 'x' }),
  self('the user is inactive', { ...anna, active: false }),
  self('the user is unverified', { ...anna, verified: false }),
  self('the user sends groups', { ...anna, groups: [] }),
  self('the user sends no name', { ...anna, name: undefined }),
  self('a PUT without If-Match', anna, 'PUT', {}),
  self('an invalid PUT without If-Match', {}, 'PUT', {}),
  self('an invalid PUT with a wrong version', {}, 'PUT', { 'if-match': '98' }),
  self('a PATCH of the name', { name: { givenName: 'P' } }, 'PATCH'),
  self('a PATCH of the email', { emails: [{ value: 'x', primary: true }] }, 'PATCH'),
  self('a PATCH with another email', { emails: [{ value: 'x' }] }, 'PATCH'),
  self('a PATCH of the phone number', { phoneNumbers: [{ value: 'x' }] }, 'PATCH'),
  self('a PATCH of the username', { userName: 'x' }, 'PATCH'),
  self('a PATCH of the origin', { origin: 'x' }, 'PATCH'),
  self('a PATCH of the display name', { displayName: 'x' }, 'PATCH'),
  self('a PATCH that deactivates', { active: false }, 'PATCH'),
  self('a PATCH without If-Match', { active: false }, 'PATCH', {}),
  self('a PATCH with a wrong version', { active: false }, 'PATCH', { 'if-match': '98' }),
  self('a PATCH with an invalid attribute', { meta: { attributes: ['x'] } }, 'PATCH'),
  { title: 'a DELETE by the user', request: 'DELETE /Users/<anna-id>', as: 'anna' },
  { title: 'the own account', request: 'GET /Users/<anna-id>', as: 'anna' },
  { title: 'the own account with more parts', request: 'GET /Users/<anna-id>/verify', as: 'anna' },
  {
    title: 'a token in the query',
    request: 'GET /Users/<anna-id>?access_token=<anna>',
  },
  {
    title: 'an invalid token',
    request: 'GET /Users/<anna-id>',
    headers: { authorization: 'Bearer abc' },
  },
  {
    title: 'an empty token',
    request: 'GET /Users/<anna-id>',
    headers: { authorization: 'Bearer ' },
  },
  {
    title: 'a client secret instead of a token',
    request: 'GET /Users/<anna-id>',
    basic: ['admin', 'adminsecret'],
  },
]);
