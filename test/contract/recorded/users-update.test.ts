import type { Exchange } from './exchange.js';
import { compareWithRecordings } from './compare.js';
import { adminToken, createUser } from './steps.js';

const valid = {
  userName: 'ursula<run>',
  name: { givenName: 'Ursula', familyName: 'Vernon' },
  emails: [{ value: 'ursula@example.com' }],
};

/** Replaces the user; the members replace those of a valid user. */
function put(
  title: string,
  members: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = { 'if-match': '*' },
): Exchange {
  return {
    title,
    request: 'PUT /Users/<ursula-id>',
    as: 'admin',
    headers,
    json: { ...valid, ...members },
  };
}

const get: Omit<Exchange, 'title'> = { request: 'GET /Users/<ursula-id>', as: 'admin' };

const long = (length: number) => 'x'.repeat(length);

const versions = [
  ...['0', '"0"', '1', '99', '-1', '+1', 'abc', '"abc"', '""', '"', 'W/"1"', '1.0', '1 ', '"*"'],
  ...['0x1', '1e0', '2147483648', '00', '"1', '1"', '""1""', '1, 2', '"1", "2"', 'NaN', 'null'],
  ...[' ', '* ', '**', '-', '1_0'],
];

compareWithRecordings('users-if-match', [
  adminToken,
  ...createUser('ursula'),
  put('a PUT without If-Match', {}, {}),
  put('a PUT with an empty If-Match', {}, { 'if-match': '' }),
  ...versions.map((version) => put(`a PUT with If-Match ${version}`, {}, { 'if-match': version })),
  { title: 'the user after the PUTs', ...get },
  ...versions.map(
    (version): Exchange => ({
      ...put(`a PATCH with If-Match ${version}`, {}, { 'if-match': version }),
      request: 'PATCH /Users/<ursula-id>',
    }),
  ),
  {
    title: 'a PATCH without If-Match',
    request: 'PATCH /Users/<ursula-id>',
    as: 'admin',
    json: {},
  },
  {
    title: 'a PATCH with an empty If-Match',
    request: 'PATCH /Users/<ursula-id>',
    as: 'admin',
    headers: { 'if-match': '' },
    json: {},
  },
  ...versions
    .filter((version) => !['-1', '*', '"*"', '* '].includes(version))
    .map(
      (version): Exchange => ({
        title: `a DELETE with If-Match ${version}`,
        request: 'DELETE /Users/<ursula-id>',
        as: 'admin',
        headers: { 'if-match': version },
      }),
    ),
  {
    title: 'a DELETE with an empty If-Match',
    request: 'DELETE /Users/<ursula-id>',
    as: 'admin',
    headers: { 'if-match': '' },
  },
  ...['0', 'abc', '-1', '*', '99'].map(
    (version): Exchange => ({
      title: `a verification with If-Match ${version}`,
      request: 'GET /Users/<ursula-id>/verify',
      as: 'admin',
      headers: { 'if-match': version },
    }),
  ),
  {
    title: 'a GET with If-None-Match',
    request: 'GET /Users/<ursula-id>',
    as: 'admin',
    headers: { 'if-none-match': '*' },
  },
  {
    title: 'a GET with If-Match 99',
    request: 'GET /Users/<ursula-id>',
    as: 'admin',
    headers: { 'if-match': '99' },
  },
  {
    title: 'a DELETE with a negative If-Match',
    request: 'DELETE /Users/<ursula-id>',
    as: 'admin',
    headers: { 'if-match': '-1' },
  },
  { title: 'the user after the DELETE', ...get },
  ...['*', '0', 'abc', ''].flatMap((version) =>
    ['PUT /Users/none', 'PATCH /Users/none', 'DELETE /Users/none', 'GET /Users/none/verify'].map(
      (request): Exchange => ({
        title: `${request} of an unknown user with If-Match "${version}"`,
        request,
        as: 'admin',
        headers: { 'if-match': version },
        ...(/^P/.test(request) && { json: valid }),
      }),
    ),
  ),
  {
    title: 'PUT of an unknown user without If-Match',
    request: 'PUT /Users/none',
    as: 'admin',
    json: valid,
  },
  {
    title: 'PATCH of an unknown user without If-Match',
    request: 'PATCH /Users/none',
    as: 'admin',
    json: valid,
  },
  { title: 'DELETE of an unknown user', request: 'DELETE /Users/none', as: 'admin' },
  { title: 'GET of an unknown user', request: 'GET /Users/none', as: 'admin' },
]);

compareWithRecordings('users-update', [
  adminToken,
  ...createUser('ursula'),
  ...createUser('other'),
  put('the valid user'),
  put('no name', { name: undefined }),
  put('a null name', { name: null }),
  put('no name and no email', { name: undefined, emails: [] }),
  put('an empty name', { name: {} }),
  put('a name in other parts', { name: { formatted: 'A', middleName: 'B' } }),
  put('no username', { userName: undefined }),
  put('an empty username', { userName: '' }),
  put('an invalid username', { userName: 'a b' }),
  put('no emails', { emails: undefined }),
  put('two emails', { emails: [{ value: 'a' }, { value: 'b', primary: true }] }),
  put('an empty email', { emails: [{ value: '' }] }),
  put('a blank email', { emails: [{ value: ' ' }] }),
  { title: 'the user with a blank email', ...get },
  put('a null email', { emails: [{ value: null }] }),
  put('a long username', { userName: long(256) }),
  put('a long email', { emails: [{ value: long(256) }] }),
  put('a long given name', { name: { givenName: long(256) } }),
  put('a long family name', { name: { familyName: long(256) } }),
  put('a long phone number', { phoneNumbers: [{ value: long(256) }] }),
  put('a long external id', { externalId: long(256) }),
  put('a long origin', { origin: long(37) }),
  put('a long salt', { salt: long(37) }),
  put('a long username with a wrong version', { userName: long(256) }, { 'if-match': '98' }),
  put('the name of another user', { userName: 'other<run>' }),
  put('the name of another user in upper case', { userName: 'OTHER<run>' }),
  put('the name of another user with a wrong version', { userName: 'other<run>' }, { 'if-match': '98' }),
  put('the own name in upper case', { userName: 'URSULA<run>' }),
  put('another name', { userName: 'ursula2-<run>' }),
  put('the first name again'),
  put('an external id', { externalId: 'x' }),
  put('an empty external id', { externalId: '' }),
  put('a null external id', { externalId: null }),
  put('a salt', { salt: 'pepper' }),
  put('no salt', {}),
  put('an empty salt', { salt: '' }),
  put('a phone number', { phoneNumbers: [{ value: '1' }] }),
  put('a null phone number list', { phoneNumbers: null }),
  put('an inactive user', { active: false }),
  put('an unverified user', { verified: false }),
  put('an active user'),
  put('a password', { password: 'changed' }),
  {
    title: 'the password has not changed',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'password',
      client_id: 'pks_cli',
      client_secret: '',
      username: 'ursula<run>',
      password: 'changed',
    },
  },
  put('an empty password', { password: '' }),
  put('another id', { id: '<other-id>' }),
  put('another zone', { zoneId: 'other' }),
  put('groups', { groups: [{ value: 'x', display: 'uaa.admin' }] }),
  put('approvals', { approvals: [{ clientId: 'pks_cli', scope: 'openid', status: 'APPROVED' }] }),
  put('a version in meta', { meta: { version: 99 } }),
  put('dates in meta', { meta: { created: '2001-01-01T00:00:00.000Z' } }),
  put('names in lower case as uaac sends them', {
    id: '<ursula-id>',
    externalid: '',
    meta: { version: 1, created: '2019-01-01T00:00:00.000Z', lastmodified: undefined },
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
  put('inner names in lower case', { name: { givenname: 'x', familyname: 'y' } }),
  put('an unknown member', { foo: 1 }),
  put('the schemas of SCIM 2', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'] }),
  put('another origin', { origin: 'ldap' }),
  put('the external user with a username with spaces', { origin: 'ldap', userName: 'a b<run>' }),
  put('an external user without an origin becomes internal'),
  put('an unknown origin', { origin: 'nowhere' }),
  put('a blank origin', { origin: ' ' }),
  put('the internal origin', { origin: 'uaa' }),
  { ...put('a trailing slash'), request: 'PUT /Users/<ursula-id>/' },
  { ...put('an id in upper case'), request: 'PUT /Users/NONE' },
  { ...put('a PUT of the list'), request: 'PUT /Users' },
  { ...put('a POST of a user'), request: 'POST /Users/<ursula-id>' },
  { ...put('a PATCH of the list'), request: 'PATCH /Users' },
  { ...put('a DELETE of the list'), request: 'DELETE /Users' },
  {
    title: 'a GET with an encoded id',
    request: 'GET /Users/%41%20b',
    as: 'admin',
  },
  { title: 'a GET with an umlaut', request: 'GET /Users/%C3%BC', as: 'admin' },
  { title: 'a GET with HTML', request: 'GET /Users/%3Cb%3E', as: 'admin' },
  { title: 'a GET with attributes', request: 'GET /Users/<ursula-id>?attributes=id', as: 'admin' },
  { title: 'a GET with a suffix', request: 'GET /Users/<ursula-id>.json', as: 'admin' },
  { title: 'a GET of more parts', request: 'GET /Users/<ursula-id>/more', as: 'admin' },
  { title: 'a HEAD', request: 'HEAD /Users/<ursula-id>', as: 'admin' },
  { title: 'a HEAD of an unknown user', request: 'HEAD /Users/none', as: 'admin' },
  { title: 'a HEAD of the list', request: 'HEAD /Users?filter=id+eq+%22x%22', as: 'admin' },
  { title: 'OPTIONS of a user', request: 'OPTIONS /Users/<ursula-id>', as: 'admin' },
  { title: 'a DELETE', request: 'DELETE /Users/<ursula-id>', as: 'admin' },
  { title: 'a second DELETE', request: 'DELETE /Users/<ursula-id>', as: 'admin' },
  { title: 'a DELETE with a body', request: 'DELETE /Users/<other-id>', as: 'admin', json: {} },
]);
