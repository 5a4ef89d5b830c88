import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken } from './steps.js';

const zone = 'zcl<run>';
const path = `/identity-zones/${zone}/clients`;

const client = {
  client_id: 'first<run>',
  client_secret: 'secret',
  authorized_grant_types: ['client_credentials'],
  scope: ['openid'],
  authorities: ['uaa.resource'],
  allowedproviders: ['uaa'],
};

const post = (title: string, json: unknown): Exchange => ({
  title,
  request: `POST ${path}`,
  as: 'admin',
  json,
});

const remove = (title: string, id: string): Exchange => ({
  title,
  request: `DELETE ${path}/${id}`,
  as: 'admin',
});

const inZone = (title: string, request: string, json?: unknown): Exchange => ({
  title,
  request,
  as: 'admin',
  headers: { 'x-identity-zone-id': zone },
  ...(json !== undefined && { json }),
});

compareWithRecordings('admin-zone-clients', [
  adminToken,
  {
    title: 'the zone is created',
    request: 'POST /identity-zones',
    as: 'admin',
    json: { id: zone, subdomain: zone, name: 'Clients' },
  },
  post('a client', client),
  post('the same client', client),
  inZone('the client in the zone', 'GET /oauth/clients/first<run>'),
  inZone('the clients of the zone', 'GET /oauth/clients'),
  { title: 'the client in the zone uaa', request: 'GET /oauth/clients/first<run>', as: 'admin' },
  {
    title: 'a token of the client in the zone uaa',
    request: 'POST /oauth/token',
    form: { grant_type: 'client_credentials', client_id: 'first<run>', client_secret: 'secret' },
  },
  post('a client with all fields', {
    ...client,
    client_id: 'full<run>',
    name: 'Full',
    redirect_uri: ['https://example.com'],
    authorized_grant_types: ['authorization_code', 'refresh_token'],
    access_token_validity: 60,
    refresh_token_validity: 120,
    autoapprove: true,
    resource_ids: ['other'],
    extra: { a: 1 },
  }),
  post('a public client', {
    ...client,
    client_id: 'public<run>',
    client_secret: undefined,
    authorized_grant_types: ['implicit'],
    redirect_uri: 'https://example.com',
  }),
  post('a public client with a secret', {
    ...client,
    client_id: 'public2<run>',
    authorized_grant_types: ['implicit'],
  }),
  post('a client without grants', { ...client, client_id: 'g<run>', authorized_grant_types: [] }),
  post('a client without a field for grants', {
    ...client,
    client_id: 'g2<run>',
    authorized_grant_types: undefined,
  }),
  post('an unknown grant', { ...client, client_id: 'g3<run>', authorized_grant_types: ['x'] }),
  post('a client without a secret', { ...client, client_id: 's<run>', client_secret: undefined }),
  post('a client with a blank secret', { ...client, client_id: 's2<run>', client_secret: ' ' }),
  post('a client with a long secret', {
    ...client,
    client_id: 's3<run>',
    client_secret: 'x'.repeat(300),
  }),
  post('a blank id', { ...client, client_id: ' ' }),
  post('a client with the id uaa', { ...client, client_id: 'uaa' }),
  post('a scope as text', { ...client, client_id: 't<run>', scope: 'openid' }),
  post('two scopes', { ...client, client_id: 't2<run>', scope: ['openid', 'x'] }),
  post('two authorities', {
    ...client,
    client_id: 't3<run>',
    authorities: ['uaa.resource', 'x'],
  }),
  post('providers as text', { ...client, client_id: 'p<run>', allowedproviders: 'uaa' }),
  post('two providers', { ...client, client_id: 'p2<run>', allowedproviders: ['uaa', 'ldap'] }),
  post('a client with a wrong type', { ...client, client_id: 'w<run>', scope: { a: 1 } }),
  post('a client with an invalid lifetime', {
    ...client,
    client_id: 'w2<run>',
    access_token_validity: 'x',
  }),
  post('a list of clients', [client]),
  inZone('a client of the zone created with the header', 'POST /oauth/clients', {
    ...client,
    client_id: 'own<run>',
  }),
  inZone('a client created in the zone by its path', `POST ${path}`, {
    ...client,
    client_id: 'inner<run>',
  }),
  inZone('a client created in another zone by its path', 'POST /identity-zones/uaa/clients', {
    ...client,
    client_id: 'inner2<run>',
  }),
  remove('the client is deleted', 'first<run>'),
  remove('the client is deleted again', 'first<run>'),
  remove('a client that was created with the header is deleted', 'own<run>'),
  remove('a client of the zone uaa is deleted', 'pks_cli'),
  inZone('a client is deleted in the zone', `DELETE ${path}/full<run>`),
  inZone('a client of another zone is deleted', 'DELETE /identity-zones/uaa/clients/pks_cli'),
  inZone('the remaining clients', 'GET /oauth/clients'),
  { title: 'the zone is deleted', request: `DELETE /identity-zones/${zone}`, as: 'admin' },
  post('a client of a deleted zone', client),
]);
