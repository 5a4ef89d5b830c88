import { compareWithRecordings } from './compare.js';
import { adminToken, createUser, limitedToken, userToken } from './steps.js';
import { clientToken, createClient } from './clients-steps.js';
import type { Exchange } from './exchange.js';

function api(title: string, request: string, rest: Partial<Exchange> = {}): Exchange {
  return { title, request, as: 'admin', ...rest };
}
function register(
  title: string,
  json: Record<string, unknown>,
  rest: Partial<Exchange> = {},
): Exchange {
  return api(title, 'POST /oauth/clients', { json, ...rest });
}
const documented = {
  scope: ['clients.read', 'clients.write'],
  client_secret: 'secret',
  resource_ids: [],
  authorized_grant_types: ['client_credentials'],
  redirect_uri: ['http://test1.com', 'http://ant.path.wildcard/**/passback/*'],
  authorities: ['clients.read', 'clients.write'],
  token_salt: 'Dhf9ab',
  autoapprove: true,
  allowedproviders: ['uaa', 'ldap', 'my-saml-provider'],
  name: 'My Client Name',
};

compareWithRecordings('flows-clients', [
  adminToken,
  limitedToken('reader', 'clients.read'),
  limitedToken('writer', 'clients.write'),
  limitedToken('clientsadmin', 'clients.admin'),
  limitedToken('secrets', 'clients.secret'),
  ...createUser('cara', ['clients.admin']),
  userToken('cara'),
  register('a client of the documentation', { ...documented, client_id: 'doc<run>' }),
  register('a client twice', { ...documented, client_id: 'doc<run>' }),
  register('a client without an id', documented),
  register('a client with a dot in the id', { ...documented, client_id: 'doc.<run>' }),
  register('a client with a slash in the id', { ...documented, client_id: 'doc/<run>' }),
  register('a client with a space in the id', { ...documented, client_id: 'doc <run>' }),
  register('a client without a secret', {
    ...documented,
    client_secret: undefined,
    client_id: 'nosecret<run>',
  }),
  register('a client with an empty secret', {
    ...documented,
    client_secret: '',
    client_id: 'emptysecret<run>',
  }),
  register('a client with a long secret', {
    ...documented,
    client_secret: 's'.repeat(300),
    client_id: 'longsecret<run>',
  }),
  register('a client with a redirect URI that is not valid', {
    ...documented,
    redirect_uri: ['not a uri'],
    client_id: 'baduri<run>',
  }),
  register('a client with a wildcard host', {
    ...documented,
    redirect_uri: ['http://*'],
    client_id: 'wildcard<run>',
  }),
  register('a client with a list of grant types as text', {
    ...documented,
    authorized_grant_types: 'client_credentials,password',
    scope: 'openid,uaa.user',
    client_id: 'texts<run>',
  }),
  register('a client with numbers as text', {
    ...documented,
    access_token_validity: '60',
    refresh_token_validity: '120',
    client_id: 'numbers<run>',
  }),
  register('a client with negative numbers', {
    ...documented,
    access_token_validity: -1,
    refresh_token_validity: 0,
    client_id: 'negative<run>',
  }),
  register('a client with a fraction', {
    ...documented,
    access_token_validity: 1.5,
    client_id: 'fraction<run>',
  }),
  register('a client with a word as a number', {
    ...documented,
    access_token_validity: 'long',
    client_id: 'word<run>',
  }),
  register('a client with an unknown grant type', {
    ...documented,
    authorized_grant_types: ['nosuch'],
    client_id: 'grant<run>',
  }),
  register('a client with an empty grant type', {
    ...documented,
    authorized_grant_types: [''],
    client_id: 'emptygrant<run>',
  }),
  register('a client with no grant types', {
    ...documented,
    authorized_grant_types: [],
    client_id: 'nogrants<run>',
  }),
  register('a client with a password grant only', {
    ...documented,
    authorized_grant_types: ['password'],
    client_id: 'password<run>',
  }),
  register('a client with a refresh token grant only', {
    ...documented,
    authorized_grant_types: ['refresh_token'],
    client_id: 'refresh<run>',
  }),
  register('a client with a jwt bearer grant', {
    ...documented,
    authorized_grant_types: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
    scope: ['openid'],
    client_id: 'jwt<run>',
  }),
  register('a client with a jwt bearer grant without a secret', {
    authorized_grant_types: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
    scope: ['openid'],
    client_id: 'jwt2<run>',
  }),
  register('a client with a saml bearer grant', {
    ...documented,
    authorized_grant_types: ['urn:ietf:params:oauth:grant-type:saml2-bearer'],
    client_id: 'saml<run>',
  }),
  register('a client with a user token grant', {
    ...documented,
    authorized_grant_types: ['user_token'],
    scope: ['uaa.user'],
    client_id: 'usertoken<run>',
  }),
  register('a client with unknown fields', {
    ...documented,
    client_id: 'extra<run>',
    colour: { red: 1 },
    list: [1, 'a'],
    nothing: null,
  }),
  register('a client with a creation date', {
    ...documented,
    client_id: 'dated<run>',
    lastModified: 1000,
    createdwith: 'x',
    created_by: 'y',
  }),
  register('a client with autoapprove as text', {
    ...documented,
    client_id: 'auto<run>',
    autoapprove: 'true',
  }),
  register('a client with autoapprove as a list of text', {
    ...documented,
    client_id: 'auto2<run>',
    autoapprove: ['openid', 'clients.read'],
  }),
  register('a client with providers as text', {
    ...documented,
    client_id: 'providers<run>',
    allowedproviders: 'uaa',
  }),
  register('a client with providers of null', {
    ...documented,
    client_id: 'providers2<run>',
    allowedproviders: null,
  }),
  register('a client with required groups', {
    ...documented,
    client_id: 'groups<run>',
    required_user_groups: ['a', 'b'],
    change_email_redirect_url: 'http://a',
    signup_redirect_url: 'http://b',
  }),
  register('a client with approvals deleted', {
    ...documented,
    client_id: 'approvals<run>',
    approvals_deleted: true,
  }),
  register('a client with a name of a number', { ...documented, client_id: 'named<run>', name: 7 }),
  register(
    'a client with clients.write',
    { ...documented, client_id: 'limited<run>' },
    { as: 'writer' },
  ),
  register(
    'a client with clients.write and no authorities of uaa',
    {
      ...documented,
      client_id: 'limited2<run>',
      authorities: ['uaa.none'],
      scope: ['limited2<run>.read'],
    },
    { as: 'writer' },
  ),
  register(
    'a client with clients.admin',
    { ...documented, client_id: 'byadmin<run>' },
    { as: 'clientsadmin' },
  ),
  register(
    'a client with clients.read',
    { ...documented, client_id: 'denied<run>' },
    { as: 'reader' },
  ),
  register(
    'a client without a token',
    { ...documented, client_id: 'denied<run>' },
    { headers: { authorization: null } },
  ),
  register('a client by a user', { ...documented, client_id: 'user<run>' }, { as: 'cara' }),
  api('an array as a client', 'POST /oauth/clients', { json: [documented] }),
  api('a text as a client', 'POST /oauth/clients', { json: 'x' }),
  api('an empty body as a client', 'POST /oauth/clients', {
    body: '',
    headers: { 'content-type': 'application/json' },
  }),
  api('a client with text/plain', 'POST /oauth/clients', {
    body: '{}',
    headers: { 'content-type': 'text/plain' },
  }),

  api('a client is read', 'GET /oauth/clients/doc<run>'),
  api('a client is read with clients.read', 'GET /oauth/clients/doc<run>', { as: 'reader' }),
  api('a client is read with clients.secret', 'GET /oauth/clients/doc<run>', { as: 'secrets' }),
  api('a client with a dot is read', 'GET /oauth/clients/doc.<run>'),
  api('a client with a space is read', 'GET /oauth/clients/doc%20<run>'),
  api('an unknown client is read', 'GET /oauth/clients/nosuch<run>'),
  api('an unknown client is read by a browser', 'GET /oauth/clients/nosuch<run>', {
    headers: { accept: 'text/html' },
  }),
  api(
    'clients are listed as documented',
    'GET /oauth/clients?filter=client_id+eq+%22doc<run>%22&sortBy=client_id&sortOrder=descending&startIndex=1&count=10',
  ),
  api(
    'clients are listed sorted by date',
    'GET /oauth/clients?filter=client_id+eq+%22doc<run>%22&sortBy=lastmodified',
  ),
  api(
    'clients are listed with an unknown sort order',
    'GET /oauth/clients?filter=client_id+eq+%22doc<run>%22&sortOrder=x',
  ),
  api(
    'clients are listed with a contains filter',
    'GET /oauth/clients?filter=client_id+co+%22DOC<run>%22',
  ),
  api(
    'clients are listed with a filter on the grant type',
    'GET /oauth/clients?filter=authorized_grant_types+co+%22saml2%22+and+client_id+eq+%22saml<run>%22',
  ),
  api(
    'clients are listed with a filter on the scope',
    'GET /oauth/clients?filter=scope+co+%22limited2<run>%22',
  ),
  api(
    'clients are listed with a count of zero',
    'GET /oauth/clients?filter=client_id+eq+%22doc<run>%22&count=0',
  ),
  api('clients are listed by a client without a scope', 'GET /oauth/clients', { as: 'secrets' }),

  api('a client is updated', 'PUT /oauth/clients/doc<run>', {
    json: {
      ...documented,
      client_secret: undefined,
      client_id: 'doc<run>',
      scope: ['clients.new', 'clients.autoapprove'],
      autoapprove: ['clients.autoapprove'],
    },
  }),
  api('a client is updated without an id', 'PUT /oauth/clients/doc<run>', {
    json: { ...documented, scope: ['one'] },
  }),
  api('a client is updated with another id', 'PUT /oauth/clients/doc<run>', {
    json: { ...documented, client_id: 'other<run>' },
  }),
  api('a client is updated with one field', 'PUT /oauth/clients/doc<run>', {
    json: { client_id: 'doc<run>', name: 'New' },
  }),
  api('a client is updated with a secret', 'PUT /oauth/clients/doc<run>', {
    json: { ...documented, client_id: 'doc<run>', client_secret: 'changed' },
  }),
  {
    title: 'the old secret after an update',
    request: 'POST /oauth/token',
    form: { grant_type: 'client_credentials', client_id: 'doc<run>', client_secret: 'secret' },
  },
  api('an unknown client is updated', 'PUT /oauth/clients/nosuch<run>', {
    json: { ...documented, client_id: 'nosuch<run>' },
  }),
  api('a client is updated with clients.write', 'PUT /oauth/clients/doc<run>', {
    as: 'writer',
    json: { ...documented, client_id: 'doc<run>' },
  }),
  api('a client is patched', 'PATCH /oauth/clients/doc<run>', { json: { name: 'x' } }),

  createClient('owner', { authorities: ['clients.secret', 'uaa.none'] }),
  clientToken('owner'),
  api('a secret is changed by an admin', 'PUT /oauth/clients/doc<run>/secret', {
    json: { clientId: 'doc<run>', secret: 'new_secret' },
  }),
  api('a secret is added', 'PUT /oauth/clients/doc<run>/secret', {
    json: { clientId: 'doc<run>', secret: 'second', changeMode: 'ADD' },
  }),
  api('a third secret is added', 'PUT /oauth/clients/doc<run>/secret', {
    json: { secret: 'third', changeMode: 'ADD' },
  }),
  {
    title: 'the first of two secrets',
    request: 'POST /oauth/token',
    form: { grant_type: 'client_credentials', client_id: 'doc<run>', client_secret: 'new_secret' },
  },
  api('a secret is deleted', 'PUT /oauth/clients/doc<run>/secret', {
    json: { changeMode: 'DELETE' },
  }),
  api('the only secret is deleted', 'PUT /oauth/clients/doc<run>/secret', {
    json: { changeMode: 'DELETE' },
  }),
  api('a secret with an unknown mode', 'PUT /oauth/clients/doc<run>/secret', {
    json: { secret: 'x', changeMode: 'CHANGE' },
  }),
  api('a secret with a mode in lower case', 'PUT /oauth/clients/doc<run>/secret', {
    json: { secret: 'x', changeMode: 'add' },
  }),
  api('a secret without a value', 'PUT /oauth/clients/doc<run>/secret', { json: {} }),
  api('a long secret', 'PUT /oauth/clients/doc<run>/secret', { json: { secret: 's'.repeat(256) } }),
  api('a secret of an unknown client', 'PUT /oauth/clients/nosuch<run>/secret', {
    json: { secret: 'x' },
  }),
  api('a secret is changed by the client', 'PUT /oauth/clients/owner<run>/secret', {
    as: 'owner',
    json: { oldSecret: 'secret', secret: 'new' },
  }),
  api(
    'a secret is changed by the client without the old one',
    'PUT /oauth/clients/owner<run>/secret',
    { as: 'owner', json: { secret: 'newer' } },
  ),
  api('a secret of another client is changed', 'PUT /oauth/clients/doc<run>/secret', {
    as: 'owner',
    json: { oldSecret: 'second', secret: 'x' },
  }),
  api('a secret is changed with clients.write', 'PUT /oauth/clients/doc<run>/secret', {
    as: 'writer',
    json: { secret: 'x' },
  }),
  api('a secret is changed by a user', 'PUT /oauth/clients/doc<run>/secret', {
    as: 'cara',
    json: { secret: 'x' },
  }),

  api('clients are created in a batch', 'POST /oauth/clients/tx', {
    json: [
      { ...documented, client_id: 'one<run>' },
      { ...documented, client_id: 'two<run>' },
    ],
  }),
  api('clients are created in a batch with a duplicate', 'POST /oauth/clients/tx', {
    json: [
      { ...documented, client_id: 'three<run>' },
      { ...documented, client_id: 'three<run>' },
    ],
  }),
  api('an empty batch', 'POST /oauth/clients/tx', { json: [] }),
  api('a batch of one object', 'POST /oauth/clients/tx', {
    json: { ...documented, client_id: 'four<run>' },
  }),
  api('a batch with clients.write', 'POST /oauth/clients/tx', {
    as: 'writer',
    json: [{ ...documented, client_id: 'five<run>' }],
  }),
  api('clients are updated in a batch', 'PUT /oauth/clients/tx', {
    json: [
      { ...documented, client_id: 'one<run>', name: 'One' },
      { ...documented, client_id: 'two<run>', name: 'Two' },
    ],
  }),
  api('unknown clients are updated in a batch', 'PUT /oauth/clients/tx', {
    json: [{ ...documented, client_id: 'nosuch<run>' }],
  }),
  api('secrets are changed in a batch', 'POST /oauth/clients/tx/secret', {
    json: [
      { clientId: 'one<run>', secret: 'new' },
      { clientId: 'two<run>', secret: 'new' },
    ],
  }),
  api('secrets of unknown clients are changed in a batch', 'POST /oauth/clients/tx/secret', {
    json: [{ clientId: 'nosuch<run>', secret: 'new' }],
  }),
  api('clients are changed in a batch', 'POST /oauth/clients/tx/modify', {
    json: [
      { ...documented, client_id: 'six<run>', action: 'add' },
      { client_id: 'two<run>', action: 'delete' },
      { ...documented, client_id: 'one<run>', action: 'update', scope: ['x'] },
      { client_id: 'one<run>', client_secret: 'n', action: 'secret' },
    ],
  }),
  api('clients are changed with an unknown action', 'POST /oauth/clients/tx/modify', {
    json: [{ client_id: 'one<run>', action: 'rename' }],
  }),
  api('clients are deleted in a batch', 'POST /oauth/clients/tx/delete', {
    json: [{ client_id: 'one<run>' }, { client_id: 'six<run>' }],
  }),
  api('unknown clients are deleted in a batch', 'POST /oauth/clients/tx/delete', {
    json: [{ client_id: 'one<run>' }],
  }),
  api('a batch by GET', 'GET /oauth/clients/tx'),

  api('metadata is written', 'PUT /oauth/clients/doc<run>/meta', {
    json: {
      clientId: 'doc<run>',
      showOnHomePage: true,
      appLaunchUrl: 'http://myloginpage.com',
      appIcon: 'aWNvbg==',
    },
  }),
  api('metadata is read', 'GET /oauth/clients/doc<run>/meta'),
  api('metadata is read by a user', 'GET /oauth/clients/doc<run>/meta', { as: 'cara' }),
  api('metadata with a bad URL is written', 'PUT /oauth/clients/doc<run>/meta', {
    json: { appLaunchUrl: 'not a url' },
  }),
  api('metadata with a bad icon is written', 'PUT /oauth/clients/doc<run>/meta', {
    json: { appIcon: '***' },
  }),
  api('metadata without an id is written', 'PUT /oauth/clients/doc<run>/meta', {
    json: { showOnHomePage: false },
  }),
  api('metadata of an unknown client is written', 'PUT /oauth/clients/nosuch<run>/meta', {
    json: { clientId: 'nosuch<run>' },
  }),
  api('metadata is written with clients.read', 'PUT /oauth/clients/doc<run>/meta', {
    as: 'reader',
    json: { clientId: 'doc<run>' },
  }),
  api('metadata is deleted', 'DELETE /oauth/clients/doc<run>/meta'),
  { title: 'client info with credentials', request: 'GET /clientinfo', basic: ['doc<run>', 'x'] },
  {
    title: 'client info with the right credentials',
    request: 'GET /clientinfo',
    basic: ['owner<run>', 'new'],
  },
  { title: 'client info without credentials', request: 'GET /clientinfo' },
  api('the scopes of restricted clients', 'GET /oauth/clients/restricted'),
  api('a restricted client is created', 'POST /oauth/clients/restricted', {
    json: {
      ...documented,
      client_id: 'restricted<run>',
      scope: ['openid'],
      authorities: ['uaa.none'],
    },
  }),
  api('a restricted client with a forbidden scope is created', 'POST /oauth/clients/restricted', {
    json: { ...documented, client_id: 'restricted2<run>', scope: ['uaa.admin', 'clients.admin'] },
  }),
  api('a restricted client is updated', 'PUT /oauth/clients/restricted/restricted<run>', {
    json: { ...documented, client_id: 'restricted<run>', scope: ['openid', 'clients.write'] },
  }),
  api('a client is deleted with clients.read', 'DELETE /oauth/clients/doc<run>', { as: 'reader' }),
  api('a client is deleted', 'DELETE /oauth/clients/doc<run>'),
  api('the metadata of a deleted client', 'GET /oauth/clients/doc<run>/meta'),
  api('a client deletes itself', 'DELETE /oauth/clients/owner<run>', { as: 'owner' }),
]);
