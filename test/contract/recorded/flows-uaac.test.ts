import { createClient } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken } from './steps.js';
import { encodeBasic } from './token-steps.js';

/** Headers of uaac for requests with a JSON body. It sends the token type in lower case, as stored. */
const ruby = {
  accept: 'application/json;charset=utf-8',
  'content-type': 'application/json;charset=utf-8',
  authorization: 'bearer <admin>',
  'user-agent': 'HTTPClient/1.0 (2.8.3, ruby 3.3.0)',
};
const form = {
  accept: 'application/json;charset=utf-8',
  'content-type': 'application/x-www-form-urlencoded;charset=utf-8',
};

function uaac(title: string, request: string, rest: Partial<Exchange> = {}): Exchange {
  return { title, request, headers: ruby, ...rest };
}

const user = {
  userName: 'bea<run>',
  emails: [{ value: 'bea<run>@example.com' }],
  name: { givenName: 'Bea', familyName: 'Baker' },
};
const client = {
  client_id: 'batch<run>',
  name: 'batch<run>',
  scope: ['openid', 'scim.me'],
  authorized_grant_types: ['password', 'refresh_token', 'client_credentials'],
  authorities: ['uaa.resource', 'clients.secret'],
  access_token_validity: '600',
  autoapprove: ['openid'],
  allowedproviders: null,
};

compareWithRecordings('flows-uaac', [
  adminToken,
  createClient('resource', { authorities: ['uaa.resource'] }),
  { title: 'target: the login page as JSON', request: 'GET /login', headers: form },
  uaac('info of the server', 'GET /info', { headers: form }),
  uaac('a user is added', 'POST /Users', {
    json: { ...user, password: 'bea-password', phoneNumbers: [{ value: '415-555-0100' }] },
    save: { bea: 'id' },
  }),
  uaac('the same user is added again', 'POST /Users', { json: { ...user, password: 'x' } }),
  uaac('a user without a password is added', 'POST /Users', {
    json: { ...user, userName: 'nopassword<run>' },
  }),
  uaac('a user with a null password and origin ldap is added', 'POST /Users', {
    json: { ...user, userName: 'ldap<run>', password: null, origin: 'ldap' },
  }),
  uaac('a user is found by name', 'GET /Users?filter=userName+eq+%22bea<run>%22&startIndex=1'),
  uaac(
    'a user is found by name and origin',
    'GET /Users?filter=userName%20eq%20%22BEA<run>%22%20and%20origin%20eq%20%22uaa%22&startIndex=1',
  ),
  uaac(
    'some attributes of a user',
    'GET /Users?attributes=username%2Cemails%2Cid&filter=userName+eq+%22bea<run>%22&startIndex=1',
  ),
  uaac('a quote in a name breaks the filter', 'GET /Users?filter=userName+eq+%22a%22b%22'),
  uaac('user update sends lower-case names', 'PUT /Users/<bea>', {
    headers: { ...ruby, 'if-match': '0' },
    json: {
      id: '<bea>',
      username: 'bea<run>',
      meta: {
        version: 0,
        created: '2024-01-01T00:00:00.000Z',
        lastmodified: '2024-01-01T00:00:00.000Z',
      },
      name: { familyname: 'Brown', givenname: 'Bea' },
      emails: [{ value: 'bea<run>@example.com', primary: false }],
      groups: [],
      approvals: [],
      phonenumbers: [],
      active: true,
      verified: true,
      origin: 'uaa',
      zoneid: 'uaa',
      passwordlastmodified: '2024-01-01T00:00:00.000Z',
      schemas: ['urn:scim:schemas:core:1.0'],
    },
  }),
  uaac('user update sends an old version', 'PUT /Users/<bea>', {
    headers: { ...ruby, 'if-match': '0' },
    json: { ...user, meta: { version: 0 } },
  }),
  uaac('a user is deactivated', 'PATCH /Users/<bea>', {
    headers: { ...ruby, 'if-match': '1' },
    json: { ...user, id: '<bea>', meta: { version: 1 }, active: false },
  }),
  {
    title: 'a deactivated user requests a token',
    request: 'POST /oauth/token',
    headers: { ...form, authorization: `Basic ${encodeBasic('pks_cli:')}` },
    form: { grant_type: 'password', username: 'bea<run>', password: 'bea-password' },
  },
  uaac('a user is activated', 'PATCH /Users/<bea>', {
    headers: { ...ruby, 'if-match': '2' },
    json: { ...user, id: '<bea>', meta: { version: 2 }, active: true },
  }),
  uaac('a user is unlocked', 'PATCH /Users/<bea>/status', { json: { locked: false } }),
  uaac(
    'ids of users',
    'GET /ids/Users?attributes=id%2CuserName%2Corigin&filter=userName+eq+%22bea<run>%22+or+userName+eq+%22nobody<run>%22&startIndex=1',
  ),
  uaac('a password is set', 'PUT /Users/<bea>/password', { json: { password: 'bea-new' } }),
  {
    title: 'owner get with an encoded client',
    request: 'POST /oauth/token',
    headers: {
      ...form,
      authorization: `Basic ${encodeBasic('pks_cli:')}`,
      'x-cf-encoded-credentials': 'true',
    },
    form: { grant_type: 'password', username: 'bea<run>', password: 'bea-new', scope: 'openid' },
    save: { bearer: 'access_token', refresh: 'refresh_token' },
  },
  {
    title: 'token refresh',
    request: 'POST /oauth/token',
    headers: { ...form, authorization: `Basic ${encodeBasic('pks_cli:')}` },
    form: { grant_type: 'refresh_token', refresh_token: '<refresh>' },
  },
  {
    title: 'token refresh with a larger scope',
    request: 'POST /oauth/token',
    headers: { ...form, authorization: `Basic ${encodeBasic('pks_cli:')}` },
    form: { grant_type: 'refresh_token', refresh_token: '<refresh>', scope: 'openid scim.read' },
  },
  {
    title: 'token get with a wrong posted password',
    request:
      'POST /oauth/authorize?client_id=cf&response_type=token&redirect_uri=https%3A%2F%2Fuaa.cloudfoundry.com%2Fredirect%2Fcf&state=0123',
    headers: form,
    form: { username: 'bea<run>', password: 'wrong', source: 'credentials' },
  },
  uaac('a user changes the password', 'PUT /Users/<bea>/password', {
    headers: { ...ruby, authorization: 'bearer <bearer>' },
    json: { password: 'bea-newer', oldPassword: 'bea-new' },
  }),
  uaac('me', 'GET /userinfo?schema=openid', {
    headers: { accept: 'application/json;charset=utf-8', authorization: 'bearer <bearer>' },
  }),
  uaac('me with a token of a client', 'GET /userinfo?schema=openid'),
  uaac('the signing key', 'GET /token_key', { headers: { ...form, 'content-type': null } }),
  uaac('a group is added', 'POST /Groups', {
    json: { displayName: 'team<run>' },
    save: { team: 'id' },
  }),
  uaac('a group is added again', 'POST /Groups', { json: { displayName: 'team<run>' } }),
  uaac('member add', 'PUT /Groups/<team>', {
    headers: { ...ruby, 'if-match': '0' },
    json: {
      id: '<team>',
      meta: { version: 0, created: '2024-01-01T00:00:00.000Z' },
      displayname: 'team<run>',
      zoneid: 'uaa',
      schemas: ['urn:scim:schemas:core:1.0'],
      members: [{ type: 'USER', value: '<bea>', origin: 'uaa' }],
    },
  }),
  uaac('member add with the right names', 'PUT /Groups/<team>', {
    headers: { ...ruby, 'if-match': '*' },
    json: {
      displayName: 'team<run>',
      members: [{ type: 'USER', value: '<bea>', origin: 'uaa' }],
    },
  }),
  uaac('member delete of the last member', 'PUT /Groups/<team>', {
    headers: { ...ruby, 'if-match': '1' },
    json: { id: '<team>', displayName: 'team<run>', meta: { version: 1 } },
  }),
  uaac('a group by name', 'GET /Groups?filter=displayName+eq+%22team<run>%22&startIndex=1'),
  uaac(
    'some attributes of a group',
    'GET /Groups?attributes=displayName%2Cmembers&filter=displayName+eq+%22team<run>%22&startIndex=1',
  ),
  uaac('a group is mapped by name', 'POST /Groups/External', {
    json: {
      displayName: 'team<run>',
      externalGroup: 'cn=team<run>,ou=groups,dc=example,dc=com',
      schemas: ['urn:scim:schemas:core:1.0'],
      origin: 'ldap',
    },
  }),
  uaac('a group is mapped again', 'POST /Groups/External', {
    json: {
      groupId: '<team>',
      externalGroup: 'cn=team<run>,ou=groups,dc=example,dc=com',
      schemas: ['urn:scim:schemas:core:1.0'],
    },
  }),
  uaac('an unknown group is mapped', 'POST /Groups/External', {
    json: { displayName: 'nosuch<run>', externalGroup: 'x', origin: 'ldap' },
  }),
  uaac(
    'mappings are listed',
    'GET /Groups/External/list?startIndex=1&count=10&filter=displayName+eq+%22team<run>%22',
  ),
  uaac(
    'a mapping is removed',
    'DELETE /Groups/External/groupId/<team>/externalGroup/cn=team<run>,ou=groups,dc=example,dc=com/origin/ldap',
  ),
  uaac(
    'a mapping is removed again',
    'DELETE /Groups/External/groupId/<team>/externalGroup/cn=team<run>,ou=groups,dc=example,dc=com/origin/ldap',
  ),
  uaac('a client is added', 'POST /oauth/clients', {
    json: { ...client, client_secret: 'secret' },
  }),
  uaac('the metadata of a client', 'GET /oauth/clients/batch<run>/meta'),
  uaac('a client is read', 'GET /oauth/clients/batch<run>'),
  uaac(
    'a client by filter',
    'GET /oauth/clients?filter=client_id+eq+%22batch<run>%22&startIndex=1',
  ),
  uaac(
    'some attributes of clients',
    'GET /oauth/clients?attributes=client_id%2Cscope&filter=client_id+eq+%22batch<run>%22&startIndex=1',
  ),
  uaac('a client is updated', 'PUT /oauth/clients/batch<run>', {
    json: { ...client, access_token_validity: 900, autoapprove: true, allowpublic: true },
  }),
  uaac('a client secret is set', 'PUT /oauth/clients/batch<run>/secret', {
    json: { secret: 'new-secret' },
  }),
  {
    title: 'client get with the new secret',
    request: 'POST /oauth/token',
    headers: form,
    basic: ['batch<run>', 'new-secret'],
    form: { grant_type: 'client_credentials' },
  },
  {
    title: 'client get with the new secret in the form',
    request: 'POST /oauth/token',
    headers: form,
    form: {
      grant_type: 'client_credentials',
      client_id: 'batch<run>',
      client_secret: 'new-secret',
    },
    save: { batch: 'access_token' },
  },
  uaac('secret change by the client', 'PUT /oauth/clients/batch<run>/secret', {
    headers: { ...ruby, authorization: 'bearer <batch>' },
    json: { oldSecret: 'new-secret', secret: 'newer-secret' },
  }),
  uaac('secret change with a wrong old secret', 'PUT /oauth/clients/batch<run>/secret', {
    headers: { ...ruby, authorization: 'bearer <batch>' },
    json: { oldSecret: 'wrong', secret: 'newest-secret' },
  }),
  uaac('a client JWT configuration is added', 'PUT /oauth/clients/batch<run>/clientjwt', {
    json: { client_id: 'batch<run>', jwks_uri: 'https://example.com/keys', changeMode: 'ADD' },
  }),
  {
    title: 'token decode with a client',
    request: 'POST /check_token',
    headers: form,
    basic: ['resource<run>', 'secret'],
    form: { token: '<bearer>' },
  },
  uaac('a client is deleted', 'DELETE /oauth/clients/batch<run>'),
  uaac('a client is deleted again', 'DELETE /oauth/clients/batch<run>'),
  uaac('a group is deleted', 'DELETE /Groups/<team>'),
  uaac('a group is deleted again', 'DELETE /Groups/<team>'),
  uaac('a user is deleted', 'DELETE /Users/<bea>'),
  uaac('a user is deleted again', 'DELETE /Users/<bea>'),
  uaac('me after the user was deleted', 'GET /userinfo', {
    headers: { ...ruby, authorization: 'bearer <bearer>' },
  }),
  uaac('a zone that does not exist', 'GET /Users?startIndex=1', {
    headers: { ...ruby, 'x-identity-zone-subdomain': 'nosuch<run>' },
  }),
  uaac('a client in a zone that does not exist', 'POST /oauth/clients', {
    headers: { ...ruby, 'x-identity-zone-subdomain': 'nosuch<run>' },
    json: client,
  }),
]);
