import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken } from './steps.js';

/** Headers of go-uaa and uaa-cli for requests with and without a body. */
const get = {
  accept: 'application/json',
  'accept-encoding': 'gzip',
  'user-agent': 'Go-http-client/1.1',
};
const post = { ...get, 'content-type': 'application/json' };

function go(title: string, request: string, rest: Partial<Exchange> = {}): Exchange {
  return { title, request, as: 'admin', headers: 'json' in rest ? post : get, ...rest };
}

const user = {
  password: 'gopher-password',
  emails: [{ value: 'gopher<run>@example.com', primary: true }],
  name: { familyName: 'Gopher', givenName: 'Go' },
  userName: 'gopher<run>',
  origin: 'uaa',
};

compareWithRecordings('flows-go', [
  adminToken,
  go('a user is created', 'POST /Users', { json: user, save: { gopher: 'id' } }),
  go('a user with origin ldap is created', 'POST /Users', {
    json: { ...user, userName: 'ldapgopher<run>', origin: 'ldap', password: undefined },
  }),
  go('a user with several emails is created', 'POST /Users', {
    json: {
      ...user,
      userName: 'mails<run>',
      emails: [
        { value: 'one<run>@example.com', primary: false },
        { value: 'two<run>@example.com', primary: true },
      ],
    },
  }),
  go('a user with another email is created', 'POST /Users', {
    json: { ...user, userName: 'mails<run>', emails: [{ value: 'two<run>@example.com' }] },
    save: { mails: 'id' },
  }),
  go('a user with two primary emails is created', 'POST /Users', {
    json: {
      ...user,
      userName: 'primaries<run>',
      emails: [
        { value: 'one<run>@example.com', primary: true },
        { value: 'two<run>@example.com', primary: true },
      ],
    },
  }),
  go(
    'a user by name',
    'GET /Users?attributes=id%2CuserName&count=100&filter=userName+eq+%22gopher<run>%22&sortBy=userName&sortOrder=ascending&startIndex=1',
  ),
  go(
    'a user by name in descending order with all attributes',
    'GET /Users?attributes=&count=100&filter=userName+sw+%22gopher<run>%22&sortBy=created&sortOrder=descending&startIndex=1',
  ),
  go('a list of users with an unknown sortBy', 'GET /Users?count=1&sortBy=nosuch&startIndex=1'),
  go(
    'a list of users with an unknown sortOrder',
    'GET /Users?filter=userName+eq+%22gopher<run>%22&sortOrder=up',
  ),
  go(
    'a list of users with a filter on emails',
    'GET /Users?filter=emails.value+eq+%22two<run>@example.com%22&attributes=userName',
  ),
  go(
    'a list of users with a filter on email',
    'GET /Users?filter=email+co+%22two<run>%22&attributes=emails',
  ),
  go(
    'a list of users with a filter on verified',
    'GET /Users?filter=userName+eq+%22gopher<run>%22+and+verified+eq+true&attributes=id,verified',
  ),
  go(
    'a list of users with a filter on active as a text',
    'GET /Users?filter=userName+eq+%22gopher<run>%22+and+active+eq+%22true%22&attributes=active',
  ),
  go(
    'a list of users with a filter on the family name',
    'GET /Users?filter=userName+eq+%22gopher<run>%22+and+name.familyName+eq+%22gopher%22&attributes=name',
  ),
  go(
    'a list of users with a filter on the date',
    'GET /Users?filter=userName+eq+%22gopher<run>%22+and+meta.created+gt+%222020-01-01T00:00:00.000Z%22&attributes=userName',
  ),
  go(
    'a list of users with a filter on presence',
    'GET /Users?filter=userName+eq+%22gopher<run>%22+and+externalId+pr&attributes=userName',
  ),
  go(
    'a list of users with a filter in brackets',
    'GET /Users?filter=(userName+eq+%22gopher<run>%22+or+userName+eq+%22mails<run>%22)+and+origin+eq+%22uaa%22&attributes=userName&sortBy=userName',
  ),
  go(
    'a list of users with the operator not',
    'GET /Users?filter=not+(userName+eq+%22gopher<run>%22)',
  ),
  go('a list of users with the operator ne', 'GET /Users?filter=userName+ne+%22gopher<run>%22'),
  go('a list of users with a filter without a value', 'GET /Users?filter=userName+eq'),
  go('a list of users with a single quote', "GET /Users?filter=userName+eq+'gopher<run>'"),
  go(
    'a list of users with a filter on groups',
    'GET /Users?filter=groups.display+eq+%22uaa.user%22+and+userName+eq+%22gopher<run>%22&attributes=userName',
  ),
  go(
    'a list of users of the next page',
    'GET /Users?filter=userName+eq+%22gopher<run>%22&startIndex=2&count=1',
  ),
  go('a user by id', 'GET /Users/<gopher>'),
  go('a user is updated', 'PUT /Users/<gopher>', {
    headers: { ...post, 'if-match': '0' },
    json: {
      ...user,
      id: '<gopher>',
      meta: { version: 0 },
      name: { familyName: 'New', givenName: 'Go' },
    },
  }),
  go('a user is updated without If-Match', 'PUT /Users/<gopher>', { json: user }),
  go('a user is updated with a quoted version', 'PUT /Users/<gopher>', {
    headers: { ...post, 'if-match': '"1"' },
    json: user,
  }),
  go('a user is updated with a word as the version', 'PUT /Users/<gopher>', {
    headers: { ...post, 'if-match': 'latest' },
    json: user,
  }),
  go('a user is patched', 'PATCH /Users/<gopher>', {
    headers: { ...post, 'if-match': '*' },
    json: { name: { givenName: 'Patched' }, phoneNumbers: [{ value: '1' }] },
  }),
  go('attributes of a user are removed', 'PATCH /Users/<gopher>', {
    headers: { ...post, 'if-match': '*' },
    json: { meta: { attributes: ['name.familyName', 'phoneNumbers', 'nickName'] } },
  }),
  go('an unknown attribute of a user is removed', 'PATCH /Users/<gopher>', {
    headers: { ...post, 'if-match': '*' },
    json: { meta: { attributes: ['nosuch'] } },
  }),
  go('an unknown user is patched', 'PATCH /Users/nosuch<run>', {
    headers: { ...post, 'if-match': '*' },
    json: { active: false },
  }),
  go('a user is deactivated', 'PATCH /Users/<gopher>', {
    headers: { ...post, 'if-match': '4' },
    json: { active: false, id: '<gopher>', meta: { version: 4 }, userName: 'gopher<run>' },
  }),
  go('a group is created', 'POST /Groups', {
    json: { displayName: 'gophers<run>', description: 'People who like Go' },
    save: { gophers: 'id' },
  }),
  go('a group without a name is created', 'POST /Groups', { json: { description: 'x' } }),
  go(
    'a group by name',
    'GET /Groups?attributes=&count=100&filter=displayName+eq+%22gophers<run>%22&sortBy=displayName&sortOrder=ascending&startIndex=1',
  ),
  go('a group by id', 'GET /Groups/<gophers>'),
  go('a member is added', 'POST /Groups/<gophers>/members', {
    json: { origin: 'uaa', type: 'USER', value: '<gopher>' },
  }),
  go('a member is added twice', 'POST /Groups/<gophers>/members', {
    json: { origin: 'uaa', type: 'USER', value: '<gopher>' },
  }),
  go('a group becomes a member of itself', 'POST /Groups/<gophers>/members', {
    json: { origin: 'uaa', type: 'GROUP', value: '<gophers>' },
  }),
  go('members of a group', 'GET /Groups/<gophers>/members'),
  go('members of a group with their entities', 'GET /Groups/<gophers>/members?returnEntities=true'),
  go('one member of a group', 'GET /Groups/<gophers>/members/<gopher>'),
  go('an unknown member of a group', 'GET /Groups/<gophers>/members/nosuch<run>'),
  go('a user who is not a member', 'GET /Groups/<gophers>/members/<mails>'),
  go('a member is removed', 'DELETE /Groups/<gophers>/members/<gopher>'),
  go('a member is removed twice', 'DELETE /Groups/<gophers>/members/<gopher>'),
  go('a group is patched', 'PATCH /Groups/<gophers>', {
    headers: { ...post, 'if-match': '*' },
    json: { description: 'Changed', members: [{ origin: 'uaa', type: 'USER', value: '<gopher>' }] },
  }),
  go('a group mapping is created', 'POST /Groups/External', {
    json: { groupId: '<gophers>', externalGroup: 'CN=Gophers<run>', origin: 'saml<run>' },
  }),
  go(
    'a group mapping by external name',
    'GET /Groups/External?count=100&filter=externalGroup+eq+%22cn%3Dgophers<run>%22&startIndex=1',
  ),
  go('group mappings of an origin', 'GET /Groups/External?count=100&startIndex=1&origin=saml<run>'),
  go(
    'a group mapping is removed by name',
    'DELETE /Groups/External/displayName/gophers<run>/externalGroup/CN=Gophers<run>/origin/saml<run>',
  ),
  go('a client is created', 'POST /oauth/clients', {
    json: {
      client_id: 'goclient<run>',
      client_secret: 'secret',
      authorized_grant_types: ['client_credentials'],
      authorities: ['scim.me', 'uaa.resource'],
      name: 'Go client',
      access_token_validity: 100,
    },
  }),
  go('a client without a grant type is created', 'POST /oauth/clients', {
    json: { client_id: 'nogrant<run>', client_secret: 'secret' },
  }),
  go('a client without a redirect URI is created', 'POST /oauth/clients', {
    json: {
      client_id: 'noredirect<run>',
      client_secret: 'secret',
      authorized_grant_types: ['authorization_code'],
    },
  }),
  go('an implicit client with a secret is created', 'POST /oauth/clients', {
    json: {
      client_id: 'implicit<run>',
      client_secret: 'secret',
      authorized_grant_types: ['implicit'],
      redirect_uri: ['https://a.example.com'],
    },
  }),
  go('an implicit client is created', 'POST /oauth/clients', {
    json: {
      client_id: 'implicit<run>',
      authorized_grant_types: ['implicit'],
      scope: ['openid'],
      redirect_uri: ['https://a.example.com'],
    },
  }),
  go(
    'a client is listed',
    'GET /oauth/clients?count=100&filter=client_id+eq+%22goclient<run>%22&sortBy=client_id&sortOrder=ascending&startIndex=1',
  ),
  go(
    'a client is listed with attributes',
    'GET /oauth/clients?attributes=name,authorities&count=100&filter=client_id+sw+%22goclient<run>%22',
  ),
  go('clients with a filter that is not valid', 'GET /oauth/clients?filter=client_id+xx+%22a%22'),
  go(
    'clients with a filter on a name that does not exist',
    'GET /oauth/clients?filter=nosuch+eq+%22a%22',
  ),
  go('the secret of a client is changed', 'PUT /oauth/clients/goclient<run>/secret', {
    json: { clientId: 'goclient<run>', secret: 'new' },
  }),
  go('a client requests a token in another format', 'POST /oauth/token', {
    headers: { ...get, accept: null, authorization: null },
    form: {
      grant_type: 'client_credentials',
      client_id: 'goclient<run>',
      client_secret: 'new',
      token_format: 'opaque',
      response_type: 'token',
    },
    save: { opaque: 'access_token' },
  }),
  go('userinfo with an opaque token of a client', 'GET /userinfo?scheme=openid', { as: 'opaque' }),
  go('the metadata of all clients of a zone that does not exist', 'GET /oauth/clients/meta', {
    headers: { ...get, 'x-identity-zone-id': 'nosuch<run>' },
  }),
  go('metadata of a client is written', 'PUT /oauth/clients/goclient<run>/meta', {
    json: {
      clientId: 'goclient<run>',
      showOnHomePage: true,
      appLaunchUrl: 'https://app.example.com',
      appIcon: 'aWNvbg==',
    },
  }),
  go('metadata of another client is written', 'PUT /oauth/clients/goclient<run>/meta', {
    json: { clientId: 'other<run>', showOnHomePage: true },
  }),
  go('metadata of an unknown client', 'GET /oauth/clients/nosuch<run>/meta'),
  go('the discovery document', 'GET /.well-known/openid-configuration', {
    headers: { ...get, authorization: null },
  }),
  go('a client is deleted', 'DELETE /oauth/clients/goclient<run>'),
  go('a token of a deleted client', 'GET /userinfo', { as: 'opaque' }),
  go('a user is deleted', 'DELETE /Users/<gopher>', { headers: { ...get, 'if-match': '*' } }),
  go('a group with a mapping is deleted', 'DELETE /Groups/<gophers>', {
    headers: { ...get, 'if-match': '7' },
  }),
]);
