import { clientToken, createClient } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser, limitedToken, userToken } from './steps.js';

const client = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  client_id: id,
  client_secret: 'secret',
  authorized_grant_types: ['client_credentials'],
  ...more,
});

/** Requests each route once. */
const routes = (as: string | undefined, title: string, more: Partial<Exchange> = {}) =>
  (
    [
      ['GET /oauth/clients?filter=client_id+eq+%22a-one<run>%22', undefined],
      ['POST /oauth/clients', client(`a-${as ?? 'none'}<run>`)],
      ['GET /oauth/clients/a-one<run>', undefined],
      ['PUT /oauth/clients/a-one<run>', { client_id: 'a-one<run>', name: 'x' }],
      ['DELETE /oauth/clients/a-missing<run>', undefined],
      ['GET /oauth/clients/restricted', undefined],
      ['POST /oauth/clients/restricted', client(`a-r-${as ?? 'none'}<run>`)],
      ['PUT /oauth/clients/restricted/a-one<run>', { client_id: 'a-one<run>', name: 'y' }],
      ['POST /oauth/clients/tx', [client(`a-tx-${as ?? 'none'}<run>`)]],
      ['PUT /oauth/clients/tx', [{ client_id: 'a-one<run>' }]],
      ['POST /oauth/clients/tx/delete', []],
      ['POST /oauth/clients/tx/modify', []],
      ['POST /oauth/clients/tx/secret', []],
      ['PUT /oauth/clients/a-one<run>/secret', { secret: 'secret', oldSecret: 'secret' }],
      ['GET /oauth/clients/a-one<run>/meta', undefined],
      ['PUT /oauth/clients/a-one<run>/meta', { clientName: 'x' }],
    ] as const
  ).map(([request, json]): Exchange => ({
    title: `${title} sends ${request.replace(/\?.*/, '')}`,
    request,
    ...(as !== undefined && { as }),
    ...(json !== undefined && { json }),
    ...more,
  }));

compareWithRecordings('clients-access', [
  adminToken,
  createClient('a-one'),
  limitedToken('read', 'clients.read'),
  limitedToken('write', 'clients.write'),
  limitedToken('secret', 'clients.secret'),
  limitedToken('clients', 'clients.admin'),
  limitedToken('scim', 'scim.read'),
  createClient('a-own', { authorities: ['zones.uaa.admin', 'zones.uaa.clients.admin'] }),
  clientToken('a-own'),
  ...createUser('a-user', ['clients.read']),
  createClient('a-login', {
    authorized_grant_types: ['password'],
    scope: ['clients.read', 'clients.admin', 'uaa.user'],
    client_secret: '',
  }),
  userToken('a-user', 'a-login<run>'),
  ...createUser('a-admin', ['clients.admin']),
  userToken('a-admin', 'a-login<run>'),
  ...routes(undefined, 'a client without a token'),
  ...routes('read', 'a client with clients.read'),
  ...routes('write', 'a client with clients.write'),
  ...routes('secret', 'a client with clients.secret'),
  ...routes('clients', 'a client with clients.admin'),
  ...routes('scim', 'a client with scim.read'),
  ...routes('a-own', 'a zone administrator'),
  ...routes('a-user', 'a user with clients.read'),
  ...routes('a-admin', 'a user with clients.admin'),
  ...routes('admin', 'a client with an unknown zone', {
    headers: { 'x-identity-zone-id': 'no-such-zone' },
  }),
  ...routes('admin', 'a client in the zone uaa', { headers: { 'x-identity-zone-id': 'uaa' } }),
  ...routes('read', 'a reader in the zone uaa', { headers: { 'x-identity-zone-id': 'uaa' } }),
]);
