import { createClient } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser, limitedToken, userToken } from './steps.js';

function send(title: string, request: string, rest: Partial<Exchange> = {}): Exchange {
  return { title, request, as: 'admin', ...rest };
}
function anonymous(title: string, request: string, rest: Partial<Exchange> = {}): Exchange {
  return { title, request, ...rest };
}
const okta = { accept: 'application/scim+json', 'content-type': 'application/scim+json' };
const terraform = {
  accept: 'application/json',
  'content-type': 'application/json',
  'user-agent': 'Go-http-client/1.1',
  'if-match': '*',
};
const oidcClient = { client_id: 'oidc<run>', client_secret: 'secret' };
const password = { grant_type: 'password', username: 'ola<run>', password: 'ola-password' };
const core = 'urn:ietf:params:scim:schemas:core:2.0:User';

compareWithRecordings('flows-tools', [
  adminToken,
  limitedToken('reader', 'scim.read'),
  ...createUser('ola', ['pks.clusters.admin.read']),
  ...createUser('per'),
  userToken('ola'),
  createClient('oidc', {
    authorized_grant_types: [
      'authorization_code',
      'refresh_token',
      'password',
      'client_credentials',
    ],
    scope: ['openid', 'pks.clusters.admin.read', 'uaa.offline_token'],
    redirect_uri: ['http://localhost:8000', 'http://localhost:18000'],
    authorities: ['uaa.resource'],
  }),

  send('SCIM 2: a user is created', 'POST /Users', {
    headers: okta,
    body: `{"schemas":["${core}"],"userName":"okta<run>","name":{"givenName":"O","familyName":"K"},"emails":[{"primary":true,"value":"okta<run>@example.com","type":"work"}],"displayName":"O K","locale":"en-US","externalId":"00u1","groups":[],"password":"x","active":true}`,
  }),
  send('SCIM 2: a user is created as JSON', 'POST /Users', {
    json: {
      schemas: [core, 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'],
      userName: 'okta2<run>',
      emails: [{ value: 'okta2<run>@example.com', primary: true, display: 'x' }],
      password: 'x',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { employeeNumber: '1' },
    },
  }),
  send('SCIM 2: an email with a display name', 'POST /Users', {
    json: {
      schemas: [core],
      userName: 'okta3<run>',
      emails: [{ value: 'okta3<run>@example.com', primary: true, display: 'x' }],
      password: 'x',
    },
  }),
  send('SCIM 2: a user with addresses and photos', 'POST /Users', {
    json: {
      userName: 'okta4<run>',
      emails: [{ value: 'okta4<run>@example.com' }],
      addresses: [{ type: 'work' }],
      photos: [],
      password: 'x',
    },
  }),
  send('SCIM 2: a user with roles', 'POST /Users', {
    json: {
      userName: 'okta5<run>',
      emails: [{ value: 'okta5<run>@example.com' }],
      roles: ['a'],
      password: 'x',
    },
  }),
  send(
    'SCIM 2: a list of users',
    'GET /Users?filter=userName%20eq%20%22ola<run>%22&startIndex=1&count=100',
    { headers: { accept: 'application/scim+json' } },
  ),
  send(
    'SCIM 2: excluded attributes',
    'GET /Users?filter=userName%20eq%20%22ola<run>%22&excludedAttributes=groups,emails',
  ),
  send('SCIM 2: a patch with operations', 'PATCH /Users/<ola-id>', {
    headers: { 'if-match': '*' },
    json: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', value: { active: false } }],
    },
  }),
  send('SCIM 2: a patch of a group with operations', 'PATCH /Groups/nosuch', {
    headers: { 'if-match': '*' },
    json: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'add', path: 'members', value: [{ value: '<ola-id>' }] }],
    },
  }),
  send('SCIM 2: a search', 'POST /Users/.search', { json: { filter: 'userName eq "ola<run>"' } }),
  send('SCIM 2: me', 'GET /Me', { as: 'ola' }),
  send('SCIM 2: the schemas', 'GET /Schemas'),
  send('SCIM 2: the configuration', 'GET /ServiceProviderConfig'),
  send('SCIM 2: the configuration of SCIM 1', 'GET /ServiceProviderConfigs'),
  send('SCIM 2: the resource types', 'GET /ResourceTypes'),
  send('SCIM 2: a versioned path', 'GET /v2/Users'),
  send('SCIM: a path in lower case', 'GET /users'),
  send(
    'SCIM: a list of users as JSON by suffix',
    'GET /Users.json?filter=userName+eq+%22ola<run>%22',
  ),
  send('SCIM: a user as JSON by suffix', 'GET /Users/<ola-id>.json'),
  send(
    'SCIM: a filter with a value of true',
    'GET /Users?filter=active+eq+true+and+userName+eq+%22ola<run>%22&attributes=userName',
  ),
  send(
    'SCIM: a filter with upper-case names and operators',
    'GET /Users?filter=USERNAME+EQ+%22ola<run>%22+AND+Active+EQ+TRUE&attributes=userName',
  ),
  send('SCIM: a filter with a semicolon', 'GET /Users?filter=userName+eq+%22a;b%22'),
  send(
    'SCIM: a filter with a percent sign',
    'GET /Users?filter=userName+co+%22%25%22+and+id+eq+%22<ola-id>%22&attributes=userName',
  ),
  send(
    'SCIM: a filter with an underscore',
    'GET /Users?filter=userName+sw+%22o_a<run>%22&attributes=userName',
  ),
  send('SCIM: a filter with a backslash', 'GET /Users?filter=userName+eq+%22a%5C%5Cb%22'),
  send('SCIM: a filter with an escaped quote', 'GET /Users?filter=userName+eq+%22a%5C%22b%22'),
  send('SCIM: a filter with a plus sign', 'GET /Users?filter=userName+eq+%22a%2Bb%22'),
  send(
    'SCIM: a filter with a number',
    'GET /Users?filter=version+ge+0+and+userName+eq+%22ola<run>%22&attributes=userName',
  ),
  send(
    'SCIM: a filter on the version',
    'GET /Users?filter=meta.version+eq+0+and+userName+eq+%22ola<run>%22&attributes=userName',
  ),
  send(
    'SCIM: a filter on the last modification',
    'GET /Users?filter=meta.lastModified+lt+%222000-01-01T00:00:00.000Z%22+and+userName+eq+%22ola<run>%22',
  ),
  send(
    'SCIM: a filter on a date that is not valid',
    'GET /Users?filter=meta.created+gt+%22yesterday%22',
  ),
  send('SCIM: a filter with two values', 'GET /Users?filter=userName+eq+%22a%22+%22b%22'),
  send('SCIM: a filter that starts with and', 'GET /Users?filter=and+userName+eq+%22a%22'),
  send('SCIM: a filter with an open bracket', 'GET /Users?filter=(userName+eq+%22a%22'),
  send('SCIM: two filters', 'GET /Users?filter=userName+eq+%22ola<run>%22&filter=id+pr'),
  send(
    'SCIM: a filter with and before or',
    'GET /Users?filter=userName+eq+%22ola<run>%22+or+userName+eq+%22per<run>%22+and+origin+eq+%22nosuch%22&attributes=userName&sortBy=userName',
  ),
  send(
    'SCIM: users sorted by an email',
    'GET /Users?filter=userName+eq+%22ola<run>%22+or+userName+eq+%22per<run>%22&sortBy=emails.value&sortOrder=descending&attributes=userName',
  ),
  send(
    'SCIM: users sorted by a family name',
    'GET /Users?filter=userName+eq+%22ola<run>%22&sortBy=name.familyName&attributes=userName',
  ),
  send(
    'SCIM: a large count',
    'GET /Users?filter=userName+eq+%22ola<run>%22&count=100000&attributes=userName',
  ),
  send('SCIM: a count that is too large', 'GET /Users?count=99999999999'),
  send(
    'SCIM: a start of zero',
    'GET /Users?startIndex=0&filter=userName+eq+%22ola<run>%22&attributes=userName',
  ),
  send(
    'SCIM: attributes with spaces',
    'GET /Users?attributes=userName,%20id&filter=userName+eq+%22ola<run>%22',
  ),
  send(
    'SCIM: attributes in upper case',
    'GET /Users?attributes=USERNAME,ID&filter=userName+eq+%22ola<run>%22',
  ),
  send(
    'SCIM: repeated attributes',
    'GET /Users?attributes=userName&attributes=id&filter=userName+eq+%22ola<run>%22',
  ),
  send(
    'SCIM: attributes of groups of a user',
    'GET /Users?attributes=groups.display&filter=userName+eq+%22ola<run>%22',
  ),
  send(
    'SCIM: an empty list of attributes',
    'GET /Users?attributes=,&filter=userName+eq+%22ola<run>%22',
  ),

  send('Terraform: a client is created', 'POST /oauth/clients', {
    headers: terraform,
    json: {
      client_id: 'tf<run>',
      client_secret: 'secret',
      authorized_grant_types: ['authorization_code', 'refresh_token'],
      redirect_uri: ['https://uaa.local/login'],
      scope: ['openid', 'uaa.admin'],
      authorities: [],
      autoapprove: [],
      allowpublic: true,
      allowedproviders: ['uaa'],
      access_token_validity: 0,
      refresh_token_validity: 0,
      token_salt: '',
      name: '',
    },
  }),
  send('Terraform: a client is read', 'GET /oauth/clients/tf<run>', { headers: terraform }),
  send('Terraform: a client is updated', 'PUT /oauth/clients/tf<run>', {
    headers: terraform,
    json: {
      client_id: 'tf<run>',
      authorized_grant_types: ['implicit'],
      redirect_uri: [],
      scope: [],
      authorities: [],
      autoapprove: true,
    },
  }),
  send('Terraform: a client is deleted', 'DELETE /oauth/clients/tf<run>', { headers: terraform }),
  send('Terraform: a group is created', 'POST /Groups', {
    headers: terraform,
    json: { displayName: 'tf.group<run>', description: '', members: null, meta: null, schemas: [] },
  }),
  send('Terraform: a group without metadata is created', 'POST /Groups', {
    headers: terraform,
    json: { displayName: 'tf.group2<run>', description: null, members: [] },
    save: { group: 'id' },
  }),
  send('Terraform: a group is updated', 'PUT /Groups/<group>', {
    headers: terraform,
    json: {
      id: '<group>',
      displayName: 'tf.group3<run>',
      zoneId: 'uaa',
      members: [
        { value: '<ola-id>', origin: 'uaa', type: 'USER' },
        { value: '<per-id>', origin: 'ldap', type: 'USER' },
      ],
    },
  }),
  send('Terraform: a user is updated', 'PUT /Users/<per-id>', {
    headers: terraform,
    json: {
      id: '<per-id>',
      userName: 'per<run>',
      name: { givenName: '', familyName: '' },
      emails: [{ value: 'per<run>@example.com', primary: true }],
      active: true,
      verified: true,
      origin: 'uaa',
      zoneId: 'uaa',
      groups: [{ value: '<group>', display: 'x', type: 'DIRECT' }],
      approvals: [],
      phoneNumbers: [],
    },
  }),
  send('Terraform: a user moves to another origin', 'PUT /Users/<per-id>', {
    headers: terraform,
    json: { userName: 'per<run>', emails: [{ value: 'per<run>@example.com' }], origin: 'ldap' },
  }),
  send('Terraform: a user moves to an unknown origin', 'PUT /Users/<per-id>', {
    headers: terraform,
    json: { userName: 'per<run>', emails: [{ value: 'per<run>@example.com' }], origin: 'nosuch' },
  }),

  anonymous(
    'Grafana: authorize',
    'GET /oauth/authorize?access_type=online&client_id=oidc<run>&redirect_uri=http%3A%2F%2Flocalhost%3A8000&response_type=code&scope=openid+email+profile&state=abc',
    { headers: { accept: 'text/html' } },
  ),
  anonymous('Grafana: a code that is unknown', 'POST /oauth/token', {
    headers: { accept: null, 'user-agent': 'Go-http-client/1.1' },
    basic: ['oidc<run>', 'secret'],
    form: { code: 'abc', grant_type: 'authorization_code', redirect_uri: 'http://localhost:8000' },
  }),
  anonymous('oauth2-proxy: a refresh token', 'POST /oauth/token', {
    headers: { accept: null },
    form: { ...oidcClient, grant_type: 'refresh_token', refresh_token: 'x' },
  }),
  anonymous('kubelogin: a token of a user', 'POST /oauth/token', {
    headers: { accept: null },
    basic: ['oidc<run>', 'secret'],
    form: { ...password, scope: 'openid' },
    save: { kube: 'access_token', id: 'id_token', refresh: 'refresh_token' },
  }),
  anonymous('kubelogin: a refreshed token', 'POST /oauth/token', {
    headers: { accept: null },
    basic: ['oidc<run>', 'secret'],
    form: { grant_type: 'refresh_token', refresh_token: '<refresh>' },
  }),
  anonymous('kubelogin: a refreshed token as another client', 'POST /oauth/token', {
    form: {
      grant_type: 'refresh_token',
      refresh_token: '<refresh>',
      client_id: 'pks_cli',
      client_secret: '',
    },
  }),
  anonymous('kubelogin: scopes with offline access', 'POST /oauth/token', {
    form: { ...oidcClient, ...password, scope: 'openid offline_access' },
  }),
  anonymous('kubelogin: scopes of groups', 'POST /oauth/token', {
    form: { ...oidcClient, ...password, scope: 'openid profile email groups' },
  }),
  anonymous('BOSH: a token with basic credentials', 'POST /oauth/token', {
    headers: { accept: 'application/json' },
    basic: ['oidc<run>', 'secret'],
    form: { grant_type: 'client_credentials' },
    save: { client: 'access_token' },
  }),
  anonymous('BOSH: a token without a content type', 'POST /oauth/token', {
    headers: { 'content-type': null },
    basic: ['oidc<run>', 'secret'],
    body: 'grant_type=client_credentials',
  }),
  anonymous('BOSH: an empty secret in a header', 'POST /oauth/token', {
    basic: ['pks_cli', ''],
    form: password,
  }),
  anonymous('BOSH: a secret with a colon', 'POST /oauth/token', {
    basic: ['oidc<run>', 'secret:more'],
    form: { grant_type: 'client_credentials' },
  }),
  anonymous('BOSH: an empty name in a header', 'POST /oauth/token', {
    basic: ['', ''],
    form: { grant_type: 'client_credentials' },
  }),
  anonymous('BOSH: a token of an encoded client', 'POST /oauth/token', {
    headers: { authorization: 'Basic b2lkYyUzQQ==' },
    form: { grant_type: 'client_credentials' },
  }),
  anonymous('credhub: info', 'GET /info', { headers: { accept: '*/*' } }),
  anonymous('Ops Manager: a context path', 'GET /uaa/login', {
    headers: { accept: 'application/json' },
  }),
  anonymous('Concourse: user info with an id token', 'GET /userinfo', { as: 'id' }),
  anonymous('Concourse: user info', 'GET /userinfo', { as: 'kube', headers: { accept: null } }),
  anonymous('Prometheus: metrics', 'GET /metrics', {}),
  anonymous('Prometheus: the state of users', 'GET /varz', { basic: ['varz', 'varzclientsecret'] }),
  send('Stratos: groups of a user', 'GET /Groups?filter=members+eq+%22<ola-id>%22&count=10'),
  send('Stratos: a user by an encoded id', 'GET /Users/%20<ola-id>'),
  send(
    'Stratos: users by several ids',
    'GET /Users?count=2&startIndex=1&filter=id+eq+%22<ola-id>%22+or+id+eq+%22<per-id>%22&sortBy=userName&attributes=userName',
  ),
  send(
    'Stratos: the second of several users',
    'GET /Users?count=1&startIndex=2&filter=id+eq+%22<ola-id>%22+or+id+eq+%22<per-id>%22&sortBy=userName&attributes=userName',
  ),
  send('PKS: a group mapping with an LDAP name', 'POST /Groups/External', {
    json: {
      displayName: 'pks.clusters.admin.read',
      externalGroup: 'cn=<run>,ou=Users,dc=Example\\, Inc',
    },
  }),
  send('PKS: a token is checked with the bearer token of a client', 'POST /check_token', {
    as: 'client',
    form: { token: '<kube>' },
  }),
  anonymous('PKS: a token is checked by a client with the password grant', 'POST /check_token', {
    basic: ['oidc<run>', 'secret'],
    form: { token: '<kube>', scopes: 'PKS.clusters.admin.read' },
  }),
  anonymous('PKS: a token is checked after the password changed', 'POST /introspect', {
    basic: ['oidc<run>', 'secret'],
    form: { token: '<kube>' },
  }),
  send('PKS: the password of a user is changed', 'PUT /Users/<ola-id>/password', {
    json: { password: 'changed' },
  }),
  anonymous('PKS: an access token after the password changed', 'GET /userinfo', { as: 'kube' }),
  anonymous('PKS: a refresh token after the password changed', 'POST /oauth/token', {
    form: { ...oidcClient, grant_type: 'refresh_token', refresh_token: '<refresh>' },
  }),
  send('PKS: a user is deactivated', 'PATCH /Users/<ola-id>', {
    headers: { 'if-match': '*' },
    json: { active: false },
  }),
  anonymous('PKS: an access token of a deactivated user', 'GET /userinfo', { as: 'ola' }),
  anonymous('PKS: a refresh token of a deactivated user', 'POST /oauth/token', {
    form: {
      grant_type: 'refresh_token',
      refresh_token: '<ola-refresh>',
      client_id: 'pks_cli',
      client_secret: '',
    },
  }),
  anonymous('PKS: the password of a deactivated user', 'POST /oauth/token', {
    form: { ...oidcClient, ...password, password: 'changed' },
  }),
  send('PKS: the client is removed', 'DELETE /oauth/clients/oidc<run>'),
  anonymous('PKS: a token of a removed client', 'GET /oauth/clients', { as: 'client' }),
  anonymous('PKS: a refresh token of a removed client', 'POST /oauth/token', {
    form: { ...oidcClient, grant_type: 'refresh_token', refresh_token: '<refresh>' },
  }),
  send('a reader removes a user', 'DELETE /Users/<per-id>', { as: 'reader' }),
]);
