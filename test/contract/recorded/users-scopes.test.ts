import type { Exchange } from './exchange.js';
import { clientToken, registration } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import { adminToken, createUser, userToken } from './steps.js';

/** Creates a client with authorities, and gets its token. */
function clientWith(name: string, ...authorities: readonly string[]): readonly Exchange[] {
  return [
    registration(`a client with ${authorities.join(' and ')} is created`, {
      client_id: `${name}<run>`,
      scope: ['uaa.none'],
      authorities,
    }),
    { ...clientToken(name), title: `the client with ${authorities.join(' and ')} gets a token` },
  ];
}

const callers = ['creator', 'zoneAdmin', 'zoneReader', 'statusWriter', 'admin2', 'changer'];

const requests: readonly (readonly [string, unknown?])[] = [
  ['GET /Users/<sam-id>'],
  ['GET /Users?filter=id+eq+%22<sam-id>%22'],
  ['POST /Users', { userName: '' }],
  ['PUT /Users/<sam-id>', { userName: '' }],
  ['PATCH /Users/<sam-id>', {}],
  ['GET /Users/<sam-id>/verify'],
  ['GET /Users/<sam-id>/verify-link?redirect_uri=x'],
  ['PATCH /Users/<sam-id>/status', { locked: false }],
  ['DELETE /Users/<sam-id>/mfa'],
  ['PUT /Users/<sam-id>/password', { password: '' }],
  ['GET /ids/Users?filter=id+eq+%22<sam-id>%22'],
  ['DELETE /Users/none'],
];

const zoneHeaders: readonly Readonly<Record<string, string>>[] = [
  { 'x-identity-zone-id': 'uaa' },
  { 'x-identity-zone-id': '' },
  { 'x-identity-zone-id': 'unknown' },
  { 'x-identity-zone-subdomain': '' },
  { 'x-identity-zone-subdomain': 'unknown' },
];

compareWithRecordings('users-scopes', [
  adminToken,
  ...createUser('sam'),
  ...clientWith('creator', 'scim.create'),
  ...clientWith('zoneAdmin', 'zones.uaa.admin'),
  ...clientWith('zoneReader', 'zones.uaa.read'),
  ...clientWith('statusWriter', 'uaa.account_status.write'),
  ...clientWith('admin2', 'uaa.admin'),
  ...clientWith('changer', 'password.write', 'scim.read'),
  ...requests.flatMap(([request, json]) =>
    callers.map((caller): Exchange => ({
      title: `${request.replace('<sam-id>', 'ID')} by ${caller}`,
      request,
      as: caller,
      headers: { 'if-match': '*' },
      ...(json !== undefined && { json }),
    })),
  ),
  ...zoneHeaders.flatMap((headers) =>
    ['admin', 'changer', 'zoneAdmin', 'zoneReader'].flatMap((caller) =>
      ['GET /Users/<sam-id>', 'POST /Users'].map((request): Exchange => ({
        title: `${request.replace('<sam-id>', 'ID')} by ${caller} with ${JSON.stringify(headers)}`,
        request,
        as: caller,
        headers,
        ...(request.startsWith('POST') && { json: {} }),
      })),
    ),
  ),
]);

compareWithRecordings('users-life', [
  adminToken,
  ...createUser('lena', ['pks.clusters.admin']),
  userToken('lena'),
  { title: 'the user after a login', request: 'GET /Users/<lena-id>', as: 'admin' },
  { ...userToken('lena'), title: 'a second login' },
  { title: 'the user after a second login', request: 'GET /Users/<lena-id>', as: 'admin' },
  { title: 'the own user', request: 'GET /Users/<lena-id>', as: 'lena' },
  {
    title: 'a password must be changed',
    request: 'PATCH /Users/<lena-id>/status',
    as: 'admin',
    json: { passwordChangeRequired: true },
  },
  { ...userToken('lena'), title: 'a login that needs a new password', save: {} },
  {
    title: 'the user gets a new password',
    request: 'PUT /Users/<lena-id>/password',
    as: 'admin',
    json: { password: 'lena-password2' },
  },
  { title: 'the user after the password change', request: 'GET /Users/<lena-id>', as: 'admin' },
  { title: 'the old token after the password change', request: 'GET /Users/<lena-id>', as: 'lena' },
  { ...userToken('lena'), title: 'a login with the old password', save: {} },
  {
    title: 'the user is deactivated',
    request: 'PATCH /Users/<lena-id>',
    as: 'admin',
    headers: { 'if-match': '*' },
    json: { active: false },
  },
  { title: 'the deactivated user', request: 'GET /Users/<lena-id>', as: 'admin' },
  { title: 'the user in a list', request: 'GET /Users?filter=id+eq+%22<lena-id>%22', as: 'admin' },
  {
    title: 'the id of an inactive user',
    request: 'GET /ids/Users?filter=id+eq+%22<lena-id>%22',
    as: 'admin',
  },
  {
    title: 'the same name is not free',
    request: 'POST /Users',
    as: 'admin',
    json: { userName: 'lena<run>', password: 'p', emails: [{ value: 'x@example.com' }] },
  },
  { title: 'the user is deleted', request: 'DELETE /Users/<lena-id>', as: 'admin' },
  { title: 'the deleted user', request: 'GET /Users/<lena-id>', as: 'admin' },
  {
    title: 'the status of the deleted user',
    request: 'PATCH /Users/<lena-id>/status',
    as: 'admin',
    json: { locked: false },
  },
  { title: 'the token of the deleted user', request: 'GET /Users/<lena-id>', as: 'lena' },
  {
    title: 'the same name is free',
    request: 'POST /Users',
    as: 'admin',
    json: { userName: 'lena<run>', password: 'p', emails: [{ value: 'x@example.com' }] },
    save: { 'second-id': 'id' },
  },
  {
    title: 'the second user is in no group of the first one',
    request: 'GET /Users/<second-id>',
    as: 'admin',
  },
  {
    title: 'a whole user is sent back as uaac does it',
    request: 'PUT /Users/<second-id>',
    as: 'admin',
    headers: { 'if-match': '0', accept: 'application/json;charset=utf-8' },
    json: {
      id: '<second-id>',
      meta: {
        version: 0,
        created: '2026-01-01T00:00:00.000Z',
        lastModified: '2026-01-01T00:00:00.000Z',
      },
      userName: 'lena<run>',
      name: {},
      emails: [{ value: 'x@example.com', primary: false }],
      groups: [{ value: 'x', display: 'openid', type: 'DIRECT' }],
      approvals: [],
      active: true,
      verified: true,
      origin: 'uaa',
      zoneid: 'uaa',
      passwordlastmodified: '2026-01-01T00:00:00.000Z',
      schemas: ['urn:scim:schemas:core:1.0'],
    },
  },
  {
    title: 'a whole user is patched as uaac does it',
    request: 'PATCH /Users/<second-id>',
    as: 'admin',
    headers: { 'if-match': '1' },
    json: {
      id: '<second-id>',
      meta: {
        version: 1,
        created: '2026-01-01T00:00:00.000Z',
        lastmodified: '2026-01-01T00:00:00.000Z',
      },
      username: 'lena<run>',
      name: { familyname: 'f', givenname: 'g' },
      emails: [{ value: 'x@example.com', primary: false }],
      active: false,
      verified: true,
      origin: 'uaa',
      zoneid: 'uaa',
      passwordlastmodified: '2026-01-01T00:00:00.000Z',
      schemas: ['urn:scim:schemas:core:1.0'],
    },
  },
  ...[
    'text/html',
    'application/xml',
    'text/plain',
    '*/*',
    'application/scim+json',
    'application/json;charset=utf-8',
    'text/html,application/json;q=0.9',
    '',
  ].flatMap((accept) =>
    (
      [
        ['GET /Users/<second-id>', undefined],
        ['GET /Users/none', undefined],
        ['POST /Users', {}],
        ['PATCH /Users/<second-id>/status', { locked: false }],
        ['GET /Users/<second-id>/verify-link?redirect_uri=x', undefined],
        ['PUT /Users/<second-id>/password', { password: '' }],
        ['PUT /Users/none/password', { password: 'x' }],
      ] as const
    ).map(([request, json]): Exchange => ({
      title: `${request.replace(/<.*?>/, 'ID')} for "${accept}"`,
      request,
      as: 'admin',
      headers: { accept },
      ...(json !== undefined && { json }),
    })),
  ),
]);
