import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser, limitedToken } from './steps.js';

const post = (title: string, json: unknown, extra: Partial<Exchange> = {}): Exchange => ({
  title,
  request: 'POST /Groups/zones',
  as: 'zones',
  json,
  ...extra,
});

const remove = (title: string, path: string, extra: Partial<Exchange> = {}): Exchange => ({
  title,
  request: `DELETE /Groups/zones/${path}`,
  as: 'zones',
  ...extra,
});

const displayName = 'zones.gz<run>.admin';
const user = { value: '<gz-user-id>' };

compareWithRecordings('groups-zones', [
  adminToken,
  limitedToken('reader', 'scim.read'),
  ...createUser('gz-user'),
  ...createUser('gz-other'),
  {
    title: 'a client with scim.zones is created',
    request: 'POST /oauth/clients',
    as: 'admin',
    json: {
      client_id: 'gz-client<run>',
      client_secret: 'secret',
      authorized_grant_types: ['client_credentials'],
      authorities: ['scim.zones', 'scim.read'],
    },
  },
  {
    title: 'the client gets a token',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'client_credentials',
      client_id: 'gz-client<run>',
      client_secret: 'secret',
    },
    save: { zones: 'access_token' },
  },
  post('adds the first administrator', { displayName, members: [user] }),
  post('adds the same administrator', { displayName, members: [user] }),
  post('adds another administrator', { displayName, members: [{ value: '<gz-other-id>' }] }),
  post('adds an unknown administrator', { displayName, members: [{ value: 'x' }] }),
  post('adds an unknown administrator of a new zone', {
    displayName: 'zones.gz2<run>.admin',
    members: [{ value: 'x' }],
  }),
  post('adds a description', { displayName, description: 'x', members: [user] }),
  post('adds a null member', { displayName, members: [null] }),
  post('adds a member without a value', { displayName, members: [{}] }),
  post('adds no members', { displayName, members: [] }),
  post('adds null members', { displayName, members: null }),
  post('adds a reader', { displayName: 'zones.gz<run>.read', members: [user] }),
  post('adds a client administrator', {
    displayName: 'zones.gz<run>.clients.admin',
    members: [user],
  }),
  post('adds a name with another character', {
    displayName: 'zones.gz<run>.clientsxadmin',
    members: [user],
  }),
  post('adds an invalid scope', { displayName: 'zones.gz<run>.write', members: [user] }),
  post('adds another name', { displayName: 'gz<run>', members: [user] }),
  post('adds a name with two zones', { displayName: 'zones.a.b.admin', members: [user] }),
  post('adds a missing name', { members: [user] }),
  post('adds a null name', { displayName: null, members: [user] }),
  post('adds an empty name', { displayName: '', members: [user] }),
  post('adds a list', []),
  post('adds no body', undefined, { body: '', headers: { 'content-type': 'application/json' } }),
  post(
    'adds an administrator without scim.zones',
    { displayName, members: [user] },
    { as: 'admin' },
  ),
  { title: 'adds an administrator without a token', request: 'POST /Groups/zones', json: {} },
  {
    title: 'finds the group',
    request: 'GET /Groups?filter=displayName+sw+%22zones.gz<run>%22',
    as: 'admin',
  },
  remove('removes an administrator', '<gz-user-id>/gz<run>'),
  remove('removes a removed administrator', '<gz-user-id>/gz<run>'),
  remove('removes a reader', '<gz-user-id>/gz<run>/read'),
  remove('removes a client administrator', '<gz-user-id>/gz<run>/clients.admin'),
  remove('removes an administrator by scope', '<gz-other-id>/gz<run>/admin'),
  remove('removes an administrator of an unknown zone', '<gz-user-id>/gz-unknown'),
  remove('removes an administrator of an invalid zone', '<gz-user-id>/a.b'),
  remove('removes an invalid scope', '<gz-user-id>/gz<run>/write'),
  remove('removes an unknown user', 'unknown/gz<run>'),
  remove('removes a blank user', '%20/gz<run>'),
  remove('removes a user without a zone', '<gz-user-id>'),
  remove('removes a long path', 'a/b/c/d'),
  remove('removes an administrator without scim.zones', '<gz-user-id>/gz<run>', { as: 'reader' }),
  { title: 'shows zones', request: 'GET /Groups/zones', as: 'zones' },
  { title: 'shows zones without scim.zones', request: 'GET /Groups/zones', as: 'reader' },
]);
