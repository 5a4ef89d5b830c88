import { clientToken, registration } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken } from './steps.js';

const zone = 'zone<run>';
const headers = { 'x-identity-zone-id': zone };

const inZone = (title: string, request: string, options: Partial<Exchange> = {}): Exchange => ({
  title,
  request,
  as: 'admin',
  ...options,
  headers: { ...headers, ...options.headers },
});

/** Creates a client with an authority, and gets its token. */
const clientWith = (name: string, authority: string): readonly Exchange[] => [
  registration(`a client with ${authority} is created`, {
    client_id: `${name}<run>`,
    authorities: [authority],
  }),
  { ...clientToken(name), title: `it gets a token with ${authority}` },
];

const user = { userName: 'ann', password: 'secret', emails: [{ value: 'ann@example.com' }] };

compareWithRecordings('admin-zone-headers', [
  adminToken,
  ...clientWith('zoneadmin', 'zones.zone<run>.admin'),
  ...clientWith('zonereader', 'zones.zone<run>.scim.read'),
  ...clientWith('clientadmin', 'zones.zone<run>.clients.admin'),
  ...clientWith('otheradmin', 'zones.other<run>.admin'),
  ...clientWith('uaareader', 'zones.uaa.scim.read'),
  inZone('users before the zone exists', 'GET /Users'),
  {
    title: 'the zone is created',
    request: 'POST /identity-zones',
    as: 'admin',
    json: { id: zone, subdomain: 'sub<run>', name: 'Zone <run>' },
  },
  inZone('users of a new zone', 'GET /Users'),
  inZone('groups of a new zone', 'GET /Groups?attributes=displayName,zoneId&count=200'),
  inZone('clients of a new zone', 'GET /oauth/clients'),
  inZone('providers of a new zone', 'GET /identity-providers?rawConfig=true'),
  inZone('zones that the new zone can see', 'GET /identity-zones'),
  inZone('the zone itself', `GET /identity-zones/${zone}`),
  inZone('the zone uaa', 'GET /identity-zones/uaa'),
  inZone('another zone is created in the zone', 'POST /identity-zones', {
    json: { subdomain: 'inner<run>', name: 'Inner' },
  }),
  inZone('a user', 'POST /Users', { json: user, save: { ann: 'id' } }),
  inZone('the same user', 'POST /Users', { json: user }),
  inZone('the user', 'GET /Users/<ann>'),
  { title: 'the user in the zone uaa', request: 'GET /Users/<ann>', as: 'admin' },
  inZone('the list with the user', 'GET /Users?attributes=userName,zoneId'),
  inZone('the list as a reader', 'GET /Users?attributes=userName', { as: 'zonereader' }),
  inZone('a user as a reader', 'POST /Users', { as: 'zonereader', json: user }),
  inZone('clients as a reader', 'GET /oauth/clients', { as: 'zonereader' }),
  inZone('clients as an administrator of the clients', 'GET /oauth/clients', { as: 'clientadmin' }),
  inZone('users as an administrator of the clients', 'GET /Users', { as: 'clientadmin' }),
  inZone('users as an administrator of the zone', 'GET /Users?attributes=userName', {
    as: 'zoneadmin',
  }),
  inZone('clients as an administrator of the zone', 'GET /oauth/clients', { as: 'zoneadmin' }),
  inZone('users as an administrator of another zone', 'GET /Users', { as: 'otheradmin' }),
  {
    title: 'users of the zone uaa as a reader of this zone',
    request: 'GET /Users?filter=userName+eq+%22unknown%22',
    as: 'uaareader',
    headers: { 'x-identity-zone-id': 'uaa' },
  },
  {
    title: 'users of the zone uaa without a header',
    request: 'GET /Users',
    as: 'uaareader',
  },
  inZone('users by the subdomain', 'GET /Users?attributes=userName', {
    headers: { 'x-identity-zone-id': '', 'x-identity-zone-subdomain': 'SUB<run>' },
  }),
  inZone('users by the id, with an unknown subdomain', 'GET /Users?attributes=userName', {
    headers: { 'x-identity-zone-subdomain': 'unknown' },
  }),
  inZone('an id in upper case', 'GET /Users', { headers: { 'x-identity-zone-id': 'ZONE<run>' } }),
  { title: 'users of the zone without a token', request: 'GET /Users', headers },
  {
    title: 'users of the zone with Basic credentials',
    request: 'GET /Users',
    basic: ['admin', 'adminsecret'],
    headers,
  },
  {
    title: 'users of the zone with an invalid token',
    request: 'GET /Users',
    headers: { ...headers, authorization: 'Bearer x' },
  },
  inZone('a group', 'POST /Groups', { json: { displayName: 'team' }, save: { team: 'id' } }),
  inZone('a member', 'POST /Groups/<team>/members', { json: { value: '<ann>', type: 'USER' } }),
  inZone('the group with its member', 'GET /Groups/<team>'),
  inZone('a client', 'POST /oauth/clients', {
    json: {
      client_id: 'app',
      client_secret: 'secret',
      authorized_grant_types: ['client_credentials'],
    },
  }),
  inZone('the client', 'GET /oauth/clients/app'),
  { title: 'the client in the zone uaa', request: 'GET /oauth/clients/app', as: 'admin' },
  inZone('/info of the zone', 'GET /info'),
  inZone('/token_keys of the zone', 'GET /token_keys'),
  inZone('the login page of the zone', 'GET /login'),
  inZone('an unknown page of the zone', 'GET /unknown'),
  inZone('a wrong method in the zone', 'PATCH /Users'),
  inZone('approvals of the zone', 'GET /approvals'),
  inZone('user ids of the zone', 'GET /ids/Users?filter=id+pr'),
  inZone('a code of the zone', 'GET /Codes/unknown'),
  { title: 'the zone is deleted', request: `DELETE /identity-zones/${zone}`, as: 'admin' },
  inZone('users of a deleted zone', 'GET /Users'),
]);
