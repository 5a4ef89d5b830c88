import { compareWithRecordings } from './compare.js';
import { adminToken, limitedToken } from './steps.js';
import { clientToken, createClient } from './clients-steps.js';
import type { Exchange } from './exchange.js';

function api(title: string, request: string, rest: Partial<Exchange> = {}): Exchange {
  return { title, request, as: 'zoneadmin', ...rest };
}

compareWithRecordings('flows-zones', [
  adminToken,
  limitedToken('scim', 'scim.read'),
  createClient('zoneadmin', {
    authorities: ['zones.read', 'zones.write', 'idps.read', 'idps.write', 'uaa.admin'],
  }),
  clientToken('zoneadmin'),
  api('a zone is created', 'POST /identity-zones', {
    json: { id: 'zone<run>', subdomain: 'sub<run>', name: 'Zone' },
  }),
  api(
    'an unknown client of a zone is removed',
    'DELETE /identity-zones/zone<run>/clients/limited<run>',
  ),
  api('users of a zone', 'GET /Users', { headers: { 'x-identity-zone-id': 'zone<run>' } }),
  api('a user of a zone is created', 'POST /Users', {
    headers: { 'x-identity-zone-id': 'zone<run>' },
    json: { userName: 'inzone<run>', emails: [{ value: 'a@example.com' }], password: 'x' },
  }),
  api('a user of a zone by subdomain', 'GET /Users?filter=userName+eq+%22inzone<run>%22', {
    headers: { 'x-identity-zone-subdomain': 'sub<run>' },
  }),
  api('users of a zone without the authority', 'GET /Users', {
    as: 'scim',
    headers: { 'x-identity-zone-id': 'zone<run>' },
  }),
  api('groups of a zone', 'GET /Groups?filter=displayName+eq+%22uaa.admin%22', {
    headers: { 'x-identity-zone-id': 'zone<run>' },
  }),
  api('providers of a zone', 'GET /identity-providers', {
    headers: { 'x-identity-zone-id': 'zone<run>' },
  }),
  api('a client in a zone is created', 'POST /oauth/clients', {
    headers: { 'x-identity-zone-id': 'zone<run>' },
    json: {
      client_id: 'zoned<run>',
      client_secret: 's',
      authorized_grant_types: ['client_credentials'],
      authorities: ['uaa.admin'],
    },
  }),
  api('a zone header for another page', 'GET /info', {
    headers: { 'x-identity-zone-id': 'zone<run>' },
  }),
]);
