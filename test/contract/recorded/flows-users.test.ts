import { compareWithRecordings } from './compare.js';
import { adminToken, createUser, limitedToken } from './steps.js';
import { clientToken, createClient } from './clients-steps.js';
import type { Exchange } from './exchange.js';

function scim(title: string, request: string, rest: Partial<Exchange> = {}): Exchange {
  return { title, request, as: 'admin', ...rest };
}
const any = { 'if-match': '*' };
const nia = {
  userName: 'nia<run>',
  name: { givenName: 'Given', familyName: 'Family' },
  emails: [{ value: 'nia<run>@example.com' }],
};

compareWithRecordings('flows-users', [
  adminToken,
  limitedToken('reader', 'scim.read'),
  limitedToken('writer', 'scim.write'),
  limitedToken('ids', 'scim.userids'),
  createClient('creator', { authorities: ['scim.create', 'password.write'] }),
  clientToken('creator'),
  createClient('status', { authorities: ['uaa.account_status.write'] }),
  clientToken('status'),
  createClient('web', {
    authorized_grant_types: ['password', 'refresh_token'],
    scope: ['openid', 'password.write', 'scim.me', 'approvals.me', 'uaa.user', 'uaa.offline_token'],
    authorities: ['uaa.none'],
  }),
  ...createUser('nia'),
  ...createUser('max'),
  {
    title: 'nia gets a token of web',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'password',
      client_id: 'web<run>',
      client_secret: 'secret',
      username: 'nia<run>',
      password: 'nia-password',
    },
    save: { nia: 'access_token' },
  },
  scim('a full user of the documentation', 'POST /Users', {
    json: {
      externalId: 'external-<run>',
      meta: { version: 0, created: '2015-01-01T00:00:00.000Z' },
      userName: 'full<run>',
      name: {
        formatted: 'Full Name',
        familyName: 'Name',
        givenName: 'Full',
        middleName: 'M',
        honorificPrefix: 'Dr',
        honorificSuffix: 'Jr',
      },
      displayName: 'Full',
      nickName: 'f',
      profileUrl: 'https://example.com/f',
      title: 'Engineer',
      userType: 'Employee',
      preferredLanguage: 'en',
      locale: 'en-US',
      timezone: 'UTC',
      emails: [{ value: 'full<run>@example.com', type: 'work', primary: true }],
      phoneNumbers: [{ value: '5555555555', type: 'home' }],
      groups: [{ value: 'g', display: 'g' }],
      approvals: [],
      active: true,
      verified: true,
      origin: 'uaa',
      zoneId: 'other',
      passwordLastModified: '2015-01-01T00:00:00.000Z',
      salt: 'abc',
      password: 'full-password',
      schemas: ['urn:scim:schemas:core:1.0'],
    },
    save: { full: 'id' },
  }),
  scim('a user whose name has an exclamation mark', 'POST /Users', {
    json: { ...nia, userName: 'nia!<run>', password: 'x' },
  }),
  scim('a user whose name has a space', 'POST /Users', {
    json: { ...nia, userName: 'nia <run>', password: 'x' },
  }),
  scim('a user whose name has brackets', 'POST /Users', {
    json: { ...nia, userName: '(nia){<run>}', password: 'x' },
  }),
  scim('a user whose name has umlauts', 'POST /Users', {
    json: { ...nia, userName: 'ni\u00e4<run>', password: 'x' },
  }),
  scim('a user without a username', 'POST /Users', {
    json: { ...nia, userName: undefined, password: 'x' },
  }),
  scim('a user with an empty username', 'POST /Users', {
    json: { ...nia, userName: '', password: 'x' },
  }),
  scim('a user with an empty password', 'POST /Users', {
    json: { ...nia, userName: 'empty<run>', password: '' },
  }),
  scim('a user with a long password', 'POST /Users', {
    json: { ...nia, userName: 'long<run>', password: 'x'.repeat(256) },
  }),
  scim('a user with an email that is not valid', 'POST /Users', {
    json: { ...nia, userName: 'mail<run>', emails: [{ value: 'mail' }], password: 'x' },
  }),
  scim('a user with an empty email', 'POST /Users', {
    json: { ...nia, userName: 'mail<run>', emails: [{ value: '' }], password: 'x' },
  }),
  scim('a user with an email without a value', 'POST /Users', {
    json: { ...nia, userName: 'mail<run>', emails: [{ primary: true }], password: 'x' },
  }),
  scim('a user with an unknown attribute', 'POST /Users', {
    json: { ...nia, userName: 'unknown<run>', password: 'x', favourite: 'blue' },
  }),
  scim('a user with a text as a name', 'POST /Users', { json: { ...nia, name: 'Nia' } }),
  scim('a user with an unknown origin', 'POST /Users', {
    json: { ...nia, userName: 'origin<run>', origin: 'nosuch', password: 'x' },
  }),
  scim('a user with an empty origin', 'POST /Users', {
    json: { ...nia, userName: 'origin2<run>', origin: '', password: 'x' },
  }),
  scim('an empty object as a user', 'POST /Users', { json: {} }),
  scim('an empty body as a user', 'POST /Users', {
    body: '',
    headers: { 'content-type': 'application/json' },
  }),
  scim('JSON that is cut off', 'POST /Users', {
    body: '{"userName":',
    headers: { 'content-type': 'application/json' },
  }),
  scim('a form as a user', 'POST /Users', { form: { userName: 'form<run>' } }),
  scim('a user of a client with scim.create', 'POST /Users', {
    as: 'creator',
    json: { ...nia, userName: 'created<run>', password: 'x' },
  }),
  scim('a user of a client with scim.read', 'POST /Users', {
    as: 'reader',
    json: { ...nia, userName: 'denied<run>', password: 'x' },
  }),
  scim('a user of a user', 'POST /Users', { as: 'nia', json: nia }),
  scim('a user without a token', 'POST /Users', { headers: { authorization: null }, json: nia }),
  scim('a user of an expired session', 'POST /Users', {
    headers: { authorization: 'Bearer abc' },
    json: nia,
  }),

  scim('a user is read with scim.create', 'GET /Users/<nia-id>', { as: 'creator' }),
  scim('a user is read with scim.write', 'GET /Users/<nia-id>', { as: 'writer' }),
  scim('a user is read by the user', 'GET /Users/<nia-id>', { as: 'nia' }),
  scim('a user is read by another user', 'GET /Users/<max-id>', { as: 'nia' }),
  scim('users are listed by a user', 'GET /Users', { as: 'nia' }),
  scim('an unknown user is read', 'GET /Users/nosuch'),
  scim(
    'a user is found by the external id',
    'GET /Users?filter=externalId+eq+%22external-<run>%22',
  ),
  scim(
    'a user is found by id or email',
    'GET /Users?filter=id+eq+%22<nia-id>%22+or+email+eq+%22nia<run>%22&sortBy=email&count=50&sortOrder=ascending&startIndex=1',
  ),
  scim(
    'attributes of a user are listed',
    'GET /Users?attributes=id,userName,emails,active&filter=id+eq+%22<nia-id>%22&sortBy=email&count=50',
  ),
  scim(
    'an unknown attribute is listed',
    'GET /Users?attributes=nosuch&filter=id+eq+%22<nia-id>%22',
  ),
  scim(
    'nested attributes are listed',
    'GET /Users?attributes=emails.value,name.familyName,meta.version&filter=id+eq+%22<nia-id>%22',
  ),
  scim('a count of zero', 'GET /Users?count=0&filter=id+eq+%22<nia-id>%22'),
  scim('a negative count', 'GET /Users?count=-1&filter=id+eq+%22<nia-id>%22'),
  scim('a start index beyond the end', 'GET /Users?startIndex=5&filter=id+eq+%22<nia-id>%22'),

  scim('a user is replaced by the user', 'PUT /Users/<nia-id>', {
    as: 'nia',
    headers: any,
    json: { ...nia, name: { givenName: 'Nia', familyName: 'New' } },
  }),
  scim('a user changes the email', 'PUT /Users/<nia-id>', {
    as: 'nia',
    headers: any,
    json: { ...nia, emails: [{ value: 'other<run>@example.com' }] },
  }),
  scim('a user changes the username', 'PUT /Users/<nia-id>', {
    as: 'nia',
    headers: any,
    json: { ...nia, userName: 'other<run>' },
  }),
  scim('a user changes nothing', 'PUT /Users/<nia-id>', { as: 'nia', headers: any, json: {} }),
  scim('a user patches the name', 'PATCH /Users/<nia-id>', {
    as: 'nia',
    headers: any,
    json: { name: { givenName: 'Patched', familyName: 'Name' } },
  }),
  scim('a user patches the email', 'PATCH /Users/<nia-id>', {
    as: 'nia',
    headers: any,
    json: { emails: [{ value: 'other<run>@example.com' }] },
  }),
  scim('a user removes an attribute', 'PATCH /Users/<nia-id>', {
    as: 'nia',
    headers: any,
    json: { meta: { attributes: ['name'] } },
  }),
  scim('a user patches another user', 'PATCH /Users/<max-id>', {
    as: 'nia',
    headers: any,
    json: { name: { givenName: 'x' } },
  }),
  scim('a user is renamed', 'PUT /Users/<max-id>', {
    headers: any,
    json: { ...nia, userName: 'maxine<run>' },
  }),
  scim('a user is renamed to a name in use', 'PUT /Users/<max-id>', { headers: any, json: nia }),
  scim('a user without an email is replaced', 'PUT /Users/<max-id>', {
    headers: any,
    json: { userName: 'max<run>' },
  }),
  scim('a user with another id in the body', 'PUT /Users/<max-id>', {
    headers: any,
    json: { ...nia, userName: 'max<run>', id: '<nia-id>' },
  }),
  scim('an unknown user is replaced', 'PUT /Users/nosuch', { headers: any, json: nia }),

  scim('a user is unlocked', 'PATCH /Users/<nia-id>/status', { json: { locked: false } }),
  scim('a user is locked', 'PATCH /Users/<nia-id>/status', { json: { locked: true } }),
  scim('a status without a value', 'PATCH /Users/<nia-id>/status', { json: {} }),
  scim('a status of null', 'PATCH /Users/<nia-id>/status', { json: { locked: null } }),
  scim('a status with a text', 'PATCH /Users/<nia-id>/status', { json: { locked: 'no' } }),
  scim('a status with an unknown name', 'PATCH /Users/<nia-id>/status', {
    json: { blocked: false },
  }),
  scim('a password change is not required', 'PATCH /Users/<nia-id>/status', {
    json: { passwordChangeRequired: false },
  }),
  scim('a status by a client with the account status scope', 'PATCH /Users/<nia-id>/status', {
    as: 'status',
    json: { locked: false },
  }),
  scim('a status by a client with scim.read', 'PATCH /Users/<nia-id>/status', {
    as: 'reader',
    json: { locked: false },
  }),
  scim('a status of an unknown user', 'PATCH /Users/nosuch/status', { json: { locked: false } }),
  scim('a status of an unknown user with a required change', 'PATCH /Users/nosuch/status', {
    json: { passwordChangeRequired: true },
  }),
  scim('a status by PUT', 'PUT /Users/<nia-id>/status', { json: { locked: false } }),

  scim('a password is changed by the user', 'PUT /Users/<nia-id>/password', {
    as: 'nia',
    json: { oldPassword: 'nia-password', password: 'nia-new' },
  }),
  scim('a password is changed with a wrong old one', 'PUT /Users/<nia-id>/password', {
    as: 'nia',
    json: { oldPassword: 'wrong', password: 'newest' },
  }),
  scim('a password is changed to the same', 'PUT /Users/<nia-id>/password', {
    as: 'nia',
    json: { oldPassword: 'nia-new', password: 'nia-new' },
  }),
  scim('a password is changed without the old one', 'PUT /Users/<nia-id>/password', {
    as: 'nia',
    json: { password: 'newest' },
  }),
  scim('a password of another user is changed', 'PUT /Users/<max-id>/password', {
    as: 'nia',
    json: { oldPassword: 'max-password', password: 'newest' },
  }),
  scim('an empty password is set', 'PUT /Users/<nia-id>/password', { json: { password: '' } }),
  scim('no password is set', 'PUT /Users/<nia-id>/password', { json: {} }),
  scim('a password is set with scim.write', 'PUT /Users/<nia-id>/password', {
    as: 'writer',
    json: { password: 'abc' },
  }),
  scim('a password is set with password.write', 'PUT /Users/<nia-id>/password', {
    as: 'creator',
    json: { password: 'abc' },
  }),
  scim('a password of an unknown user is set', 'PUT /Users/nosuch/password', {
    json: { password: 'abc' },
  }),
  scim('a password is set by POST', 'POST /Users/<nia-id>/password', { json: { password: 'abc' } }),
  scim('a password with an unknown name', 'PUT /Users/<nia-id>/password', {
    json: { newPassword: 'abc' },
  }),

  scim('a verify link', 'GET /Users/<max-id>/verify-link?redirect_uri=http://redirect.to/app'),
  scim('a verify link of a user that has to be verified', 'POST /Users', {
    json: { ...nia, userName: 'unverified<run>', verified: false, password: 'x' },
    save: { unverified: 'id' },
  }),
  scim(
    'a verify link of an unverified user',
    'GET /Users/<unverified>/verify-link?client_id=web<run>&redirect_uri=http://redirect.to/app',
  ),
  scim('a verify link without a redirect', 'GET /Users/<unverified>/verify-link'),
  scim(
    'a verify link with scim.read',
    'GET /Users/<unverified>/verify-link?redirect_uri=http://redirect.to/app',
    { as: 'reader' },
  ),
  scim(
    'a verify link with scim.create',
    'GET /Users/<unverified>/verify-link?redirect_uri=http://redirect.to/app',
    { as: 'creator' },
  ),
  scim(
    'a verify link of an unknown user',
    'GET /Users/nosuch/verify-link?redirect_uri=http://redirect.to/app',
  ),
  scim('a user is verified with an old version', 'GET /Users/<unverified>/verify', {
    headers: { 'if-match': '12' },
  }),
  scim('a user is verified', 'GET /Users/<unverified>/verify', { headers: { 'if-match': '0' } }),
  scim('a user is verified again', 'GET /Users/<unverified>/verify'),
  scim('an unknown user is verified', 'GET /Users/nosuch/verify'),
  scim('the MFA registration of a user is removed', 'DELETE /Users/<max-id>/mfa'),
  scim('the MFA registration of an unknown user is removed', 'DELETE /Users/nosuch/mfa'),

  scim(
    'names are converted',
    'GET /ids/Users?filter=userName+eq+%22nia<run>%22+or+id+eq+%22<max-id>%22&sortOrder=descending&startIndex=1&count=10&includeInactive=true',
    { as: 'ids' },
  ),
  scim('names are converted by origin alone', 'GET /ids/Users?filter=origin+eq+%22uaa%22', {
    as: 'ids',
  }),
  scim(
    'names are converted with a contains filter',
    'GET /ids/Users?filter=userName+co+%22nia<run>%22',
    { as: 'ids' },
  ),
  scim(
    'names are converted with a filter on another attribute',
    'GET /ids/Users?filter=email+eq+%22nia<run>%22',
    { as: 'ids' },
  ),
  scim('names are converted without a filter', 'GET /ids/Users', { as: 'ids' }),
  scim('names are converted with scim.read', 'GET /ids/Users?filter=id+eq+%22<nia-id>%22', {
    as: 'reader',
  }),
  scim('names are converted by a user', 'GET /ids/Users?filter=id+eq+%22<nia-id>%22', {
    as: 'nia',
  }),
  scim('names are converted by POST', 'POST /ids/Users?filter=id+eq+%22<nia-id>%22', { as: 'ids' }),
  scim('a name is converted with an id that is not quoted', 'GET /ids/Users?filter=id+eq+abc', {
    as: 'ids',
  }),

  scim('approvals of a user', 'GET /approvals', { as: 'nia' }),
  scim('approvals are replaced', 'PUT /approvals', {
    as: 'nia',
    json: [
      {
        clientId: 'web<run>',
        scope: 'scim.me',
        status: 'APPROVED',
        expiresAt: '2099-01-01T00:00:00.000Z',
      },
    ],
  }),
  scim('approvals of an unknown client are replaced', 'PUT /approvals', {
    as: 'nia',
    json: [{ clientId: 'nosuch<run>', scope: 'scim.me', status: 'APPROVED' }],
  }),
  scim('approvals of another user are replaced', 'PUT /approvals', {
    as: 'nia',
    json: [{ userId: '<max-id>', clientId: 'web<run>', scope: 'scim.me', status: 'APPROVED' }],
  }),
  scim('approvals of a client are replaced', 'PUT /approvals/web<run>', {
    as: 'nia',
    json: [
      {
        clientId: 'web<run>',
        scope: 'openid',
        status: 'DENIED',
        expiresAt: '2099-01-01T00:00:00.000Z',
      },
    ],
  }),
  scim(
    'approvals are filtered',
    'GET /approvals?filter=clientId+eq+%22web<run>%22&startIndex=1&count=5',
    { as: 'nia' },
  ),
  scim('approvals are removed', 'DELETE /approvals?clientId=web<run>', { as: 'nia' }),
  scim('approvals without a client are removed', 'DELETE /approvals', { as: 'nia' }),
  scim('approvals of a client token', 'GET /approvals'),

  scim('a user is removed by the user', 'DELETE /Users/<nia-id>', { as: 'nia' }),
  scim('a user is removed with an old version', 'DELETE /Users/<nia-id>', {
    headers: { 'if-match': '77' },
  }),
  scim('a user is removed with a word as version', 'DELETE /Users/<nia-id>', {
    headers: { 'if-match': 'abc' },
  }),
  scim('a user is removed', 'DELETE /Users/<nia-id>', { headers: { 'if-match': '"*"' } }),
  scim('a user is removed without If-Match', 'DELETE /Users/<max-id>'),
  scim('an unknown user is removed', 'DELETE /Users/nosuch'),
  scim('all users are removed', 'DELETE /Users'),
  scim('a removed user reads approvals', 'GET /approvals', { as: 'nia' }),
]);
