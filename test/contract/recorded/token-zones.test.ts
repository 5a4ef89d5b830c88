import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser, userToken } from './steps.js';
import { createClient } from './token-steps.js';

const inZone = { 'x-identity-zone-id': 'uaa' };
const inUnknownZone = { 'x-identity-zone-subdomain': 'nowhere' };
const credentials = { client_id: 'all<run>', client_secret: 'all-secret' };
const basic = ['all<run>', 'all-secret'] as const;
const password = { grant_type: 'password', username: 'zo<run>', password: 'zo-password' };

/** Sends a request in the zone `uaa` and in an unknown one. */
function inZones(title: string, request: string, rest: Partial<Exchange>): readonly Exchange[] {
  return [
    {
      title: `${title} in the zone uaa`,
      request,
      ...rest,
      headers: { ...rest.headers, ...inZone },
    },
    {
      title: `${title} in an unknown zone`,
      request,
      ...rest,
      headers: { ...rest.headers, ...inUnknownZone },
    },
  ];
}

compareWithRecordings('token-zones', [
  adminToken,
  ...createUser('zo'),
  createClient('all', {
    authorized_grant_types: ['client_credentials', 'password', 'refresh_token', 'user_token'],
    scope: ['uaa.user', 'openid'],
    authorities: ['uaa.resource'],
  }),
  userToken('zo'),
  ...inZones('client_credentials by Basic', 'POST /oauth/token', {
    basic,
    form: { grant_type: 'client_credentials' },
  }),
  ...inZones('client_credentials by GET with Basic', 'GET /oauth/token', { basic }),
  ...inZones('a wrong secret by Basic', 'POST /oauth/token', {
    basic: ['all<run>', 'wrong'],
    form: { grant_type: 'client_credentials' },
  }),
  ...inZones('a wrong secret in the form', 'POST /oauth/token', {
    form: { ...credentials, client_secret: 'wrong', grant_type: 'client_credentials' },
  }),
  ...inZones('an unsupported grant in the form', 'POST /oauth/token', {
    form: { ...credentials, grant_type: 'foo' },
  }),
  ...inZones('no credentials', 'POST /oauth/token', { form: { grant_type: 'password' } }),
  ...inZones('OPTIONS with Basic', 'OPTIONS /oauth/token', { basic }),
  ...inZones('PUT with Basic', 'PUT /oauth/token', { basic }),
  ...inZones('the password grant by Basic', 'POST /oauth/token', { basic, form: password }),
  ...inZones('the password grant in the form', 'POST /oauth/token', {
    form: { ...credentials, ...password },
  }),
  ...inZones('a wrong password', 'POST /oauth/token', {
    basic,
    form: { ...password, password: 'wrong' },
  }),
  ...inZones('a scope that the client lacks', 'POST /oauth/token', {
    basic,
    form: { ...password, scope: 'foo' },
  }),
  ...inZones('a passcode', 'POST /oauth/token', {
    basic,
    form: { grant_type: 'password', passcode: 'x' },
  }),
  ...inZones('an empty passcode and a password', 'POST /oauth/token', {
    basic,
    form: { ...password, passcode: '{}' },
  }),
  ...inZones('user_token of a user', 'POST /oauth/token', {
    as: 'zo',
    form: { grant_type: 'user_token', client_id: 'all<run>' },
  }),
  ...inZones('user_token of an administrator', 'POST /oauth/token', {
    as: 'admin',
    form: { grant_type: 'user_token', client_id: 'all<run>' },
  }),
  ...inZones('a bearer token without a client', 'POST /oauth/token', {
    as: 'admin',
    form: { grant_type: 'user_token' },
  }),
  ...inZones('a wrong assertion', 'POST /oauth/token', {
    basic,
    form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'x' },
  }),
  ...['check_token', 'introspect'].flatMap((name) => [
    ...inZones(`POST /${name}`, `POST /${name}`, { basic, form: { token: '<zo>' } }),
    ...inZones(`/${name} with a wrong secret`, `POST /${name}`, {
      basic: ['all<run>', 'wrong'],
      form: { token: '<zo>' },
    }),
    ...inZones(`/${name} without the authority`, `POST /${name}`, {
      basic: ['pks_cli', ''],
      form: { token: '<zo>' },
    }),
    ...inZones(`/${name} with a bearer token`, `POST /${name}`, {
      as: 'admin',
      form: { token: '<zo>' },
    }),
    ...inZones(`OPTIONS /${name}`, `OPTIONS /${name}`, { basic }),
    ...inZones(`PATCH /${name}`, `PATCH /${name}`, { basic }),
  ]),
  ...inZones('/clientinfo', 'GET /clientinfo', { basic }),
  ...inZones('/clientinfo without credentials', 'GET /clientinfo', {}),
  ...inZones('/clientinfo with a bearer token', 'GET /clientinfo', { as: 'admin' }),
  ...inZones('/token_key', 'GET /token_key', {}),
  ...inZones('/token_key by Basic', 'GET /token_key', { basic }),
  ...inZones('/token_key with a wrong secret', 'GET /token_key', { basic: ['all<run>', 'wrong'] }),
  ...inZones('/token_keys with a bearer token', 'GET /token_keys', { as: 'admin' }),
]);
