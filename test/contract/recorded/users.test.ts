import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser } from './steps.js';

let count = 0;

/** Creates a user; the members replace those of a valid user. */
function create(title: string, members: Readonly<Record<string, unknown>> = {}): Exchange {
  count += 1;
  return {
    title: `a user is created with ${title}`,
    request: 'POST /Users',
    as: 'admin',
    json: {
      userName: `create${String(count)}-<run>`,
      emails: [{ value: 'a@example.com' }],
      password: 'secret',
      ...members,
    },
  };
}

type Headers = Readonly<Record<string, string>>;

const any: Headers = { 'if-match': '*' };

/** Replaces the user ursula; the members replace those of a valid user. */
function put(
  title: string,
  members: Readonly<Record<string, unknown>> = {},
  headers = any,
): Exchange {
  return {
    title: `a user is replaced with ${title}`,
    request: 'PUT /Users/<ursula-id>',
    as: 'admin',
    headers,
    json: {
      userName: 'ursula<run>',
      name: { givenName: 'Ursula', familyName: 'Vernon' },
      emails: [{ value: 'ursula@example.com' }],
      ...members,
    },
  };
}

/** Changes the user petra. */
function patch(title: string, json: unknown, headers = any): Exchange {
  return {
    title: `a user is patched: ${title}`,
    request: 'PATCH /Users/<petra-id>',
    as: 'admin',
    headers,
    json,
  };
}

const clear = (...attributes: readonly string[]) => ({ meta: { attributes } });

const long = 'x'.repeat(256);

compareWithRecordings('users', [
  adminToken,
  create('the required members'),
  create('no username', { userName: undefined }),
  create('a blank username', { userName: '  ' }),
  create('a username with a space', { userName: 'a b<run>' }),
  create('a username with an umlaut', { userName: 'j\u00fcrgen<run>' }),
  create('a username with all allowed signs', { userName: "A+0-9_.@'!<run>" }),
  create('a username in upper case', { userName: 'UPPER<run>' }),
  create('the same username', { userName: 'UPPER<run>' }),
  create('the same username and another origin', { userName: 'upper<run>', origin: 'ldap' }),
  create('a username that is too long', { userName: long }),
  create('an email that is too long', { emails: [{ value: long }] }),
  create('a given name that is too long', { name: { givenName: long } }),
  create('an origin that is too long', { origin: 'x'.repeat(37) }),
  create('a password of 255 characters', { password: 'x'.repeat(255) }),
  create('a password that is too long', { password: long }),
  create('an empty password', { password: '' }),
  create('no password', { password: undefined }),
  create('no emails', { emails: undefined }),
  create('two emails', { emails: [{ value: 'a@example.com' }, { value: 'b@example.com' }] }),
  create('an email without a value', { emails: [{}] }),
  create('an email that is a text', { emails: ['a@example.com'] }),
  create('a primary email of a type', {
    emails: [{ value: 'a@example.com', primary: true, type: 'work' }],
  }),
  create('several phone numbers', { phoneNumbers: [{ value: '1' }, { value: '2' }] }),
  create('an empty name', { name: {} }),
  create('empty names', { name: { givenName: '', familyName: '' } }),
  create('a name that is a text', { name: 'Nia' }),
  create('an inactive user', { active: false }),
  create('an unverified user', { verified: false }),
  create('the text "false" as active', { active: 'false' }),
  create('the text "no" as active', { active: 'no' }),
  create('an empty origin', { origin: '' }),
  create('an external origin and no password', { origin: 'ldap', password: undefined }),
  create('an external origin and a distinguished name', {
    origin: 'ldap',
    userName: 'CN=a b<run>',
  }),
  create('an external id', { externalId: 'ext-1' }),
  create('a salt', { salt: 'pepper' }),
  create('another zone', { zoneId: 'other' }),
  create('an id', { id: 'my-id' }),
  create('an unknown member', { foo: 1 }),
  create('the schemas of SCIM 2', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'] }),
  create('names in lower case', { externalid: 'x', phonenumbers: [{ value: '1' }] }),
  create('all members of SCIM 1', {
    externalId: 'external-<run>',
    meta: { version: 7, created: '2015-01-01T00:00:00.000Z' },
    name: { formatted: 'Full Name', familyName: 'Name', givenName: 'Full', middleName: 'M' },
    displayName: 'Full',
    nickName: 'f',
    profileUrl: 'https://example.com/f',
    title: 'Engineer',
    userType: 'Employee',
    preferredLanguage: 'en',
    locale: 'en-US',
    timezone: 'UTC',
    phoneNumbers: [{ value: '5555555555', type: 'home' }],
    groups: [{ value: 'g', display: 'g' }],
    approvals: [],
    passwordLastModified: '2015-01-01T00:00:00.000Z',
    schemas: ['urn:scim:schemas:core:1.0'],
  }),
  create('an invalid date', { passwordLastModified: 'yesterday' }),
  { ...create('an empty body'), json: undefined, headers: { 'content-type': 'application/json' } },
  { ...create('a form'), json: undefined, form: { userName: 'form<run>' } },
  ...createUser('ursula'),
  ...createUser('other'),
  put('the same values'),
  put('no name', { name: undefined }),
  put('no username', { userName: undefined }),
  put('an invalid username', { userName: 'a b' }),
  put('no emails', { emails: undefined }),
  put('a name that is too long', { userName: long }),
  put('the name of another user', { userName: 'other<run>' }),
  put('its name in upper case', { userName: 'URSULA<run>' }),
  put('an external id', { externalId: 'x' }),
  put('a phone number', { phoneNumbers: [{ value: '1' }] }),
  put('an inactive user', { active: false }),
  put('another origin', { origin: 'ldap' }),
  put('the internal origin', { origin: 'uaa' }),
  put('another id', { id: '<other-id>' }),
  put('another version in meta', { meta: { version: 99 } }),
  put('the members that uaac sends', {
    id: '<ursula-id>',
    externalid: '',
    meta: { version: 1, created: '2019-01-01T00:00:00.000Z' },
    userName: undefined,
    username: 'ursula<run>',
    groups: [{ value: 'x', display: 'openid', type: 'DIRECT' }],
    approvals: [],
    phonenumbers: [{ value: '5' }],
    active: true,
    verified: true,
    origin: 'uaa',
    zoneid: 'uaa',
    passwordlastmodified: '2019-01-01T00:00:00.000Z',
    lastlogontime: 1,
    previouslogontime: null,
    schemas: ['urn:scim:schemas:core:1.0'],
  }),
  put('no If-Match', {}, {}),
  ...['0', '"0"', '99', 'abc', '"*"', '2147483648'].map((version) =>
    put(`If-Match ${version}`, {}, { 'if-match': version }),
  ),
  { ...put('an unknown id'), request: 'PUT /Users/none' },
  { ...put('no id'), request: 'PUT /Users' },
  ...createUser('petra'),
  patch('nothing', {}),
  patch('a given name', { name: { givenName: 'G' } }),
  patch('an email that is not primary', { emails: [{ value: 'b@example.com' }] }),
  patch('a primary email', { emails: [{ value: 'c@example.com', primary: true }] }),
  patch('two emails, the second primary', {
    emails: [{ value: 'd@example.com' }, { value: 'e@example.com', primary: true }],
  }),
  patch('a phone number', { phoneNumbers: [{ value: '1' }] }),
  patch('another phone number', { phoneNumbers: [{ value: '2' }] }),
  patch('the phone numbers are cleared', clear('phoneNumbers')),
  patch('the given name is cleared', clear('name.givenName')),
  patch('the name is cleared and set', { ...clear('name'), name: { givenName: 'N' } }),
  patch('the emails are cleared', clear('emails')),
  patch('the emails are cleared and set', {
    ...clear('Emails'),
    emails: [{ value: 'h@example.com' }],
  }),
  patch('the username is cleared', clear('userName')),
  patch('an unknown attribute is cleared', clear('foo')),
  patch('the external id is cleared', clear('externalId')),
  patch('an inactive user', { active: false }),
  patch('an active user without this member', {}),
  patch('the username of another user', { userName: 'other<run>' }),
  patch('an invalid username', { userName: 'a b' }),
  patch('another username', { userName: 'petra2-<run>' }),
  patch('another origin', { origin: 'ldap' }),
  patch('an external id', { externalId: 'ext' }),
  patch('a SCIM 2 operation', {
    Operations: [{ op: 'replace', path: 'active', value: false }],
  }),
  patch('no If-Match', { active: false }, {}),
  patch('another version', { active: false }, { 'if-match': '98' }),
  { ...patch('an unknown id', {}), request: 'PATCH /Users/none' },
  { title: 'the user after all', request: 'GET /Users/<petra-id>', as: 'admin' },
  { title: 'an unknown user', request: 'GET /Users/none', as: 'admin' },
  {
    title: 'a user is deleted with another version',
    request: 'DELETE /Users/<other-id>',
    as: 'admin',
    headers: { 'if-match': '98' },
  },
  {
    title: 'a user is deleted with an invalid version',
    request: 'DELETE /Users/<other-id>',
    as: 'admin',
    headers: { 'if-match': 'abc' },
  },
  { title: 'a user is deleted', request: 'DELETE /Users/<other-id>', as: 'admin' },
  { title: 'a user is deleted again', request: 'DELETE /Users/<other-id>', as: 'admin' },
]);
