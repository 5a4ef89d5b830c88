import { clientToken, createClient, registration } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser, limitedToken, userToken } from './steps.js';

let index = 0;
const restricted = (title: string, fields: Readonly<Record<string, unknown>>): Exchange => {
  index += 1;
  return {
    ...registration(title, { client_id: `r-new${String(index)}-<run>`, ...fields }),
    request: 'POST /oauth/clients/restricted',
  };
};
const update = (title: string, id: string, json: unknown): Exchange => ({
  title,
  request: `PUT /oauth/clients/restricted/${id}<run>`,
  as: 'admin',
  json,
});
/** Registers a client with a token that has only clients.write. */
const register = (
  title: string,
  as: string,
  id: string,
  fields: Readonly<Record<string, unknown>> = {},
  more: Partial<Exchange> = {},
): Exchange => ({
  ...registration(title, { client_id: `${id}<run>`, ...fields }),
  as,
  ...more,
});

compareWithRecordings('clients-restricted', [
  adminToken,
  limitedToken('write', 'clients.write'),
  limitedToken('uaa', 'uaa.admin'),
  limitedToken('clients', 'clients.admin'),
  restricted('registers a client without restricted scopes', { scope: ['openid', 'a.b'] }),
  ...[
    'clients.read',
    'clients.secret',
    'scim.read',
    'scim.userids',
    'uaa.admin',
    'uaa.none',
    'uaa.resource',
    'uaa.user',
    'zones.read',
    'zones.x.admin',
    'zones.x.y.admin',
    'zones.x.scim.read',
    'zones.x.idps.write',
    'zones.x.other',
    'zones.*.admin',
    'idps.read',
    'sps.write',
    'groups.update',
    'password.write',
    'oauth.login',
    'oauth.approvals',
    'tokens.list',
    'CLIENTS.READ',
    'clients.read.x',
    'xclients.read',
    '*',
  ].flatMap((scope) => [
    restricted(`registers a restricted client with the scope ${scope}`, { scope: [scope] }),
    restricted(`registers a restricted client with the authority ${scope}`, {
      authorities: [scope],
    }),
  ]),
  restricted('registers a restricted client with a bad scope and a bad authority', {
    scope: ['openid', 'scim.read'],
    authorities: ['uaa.admin'],
  }),
  restricted('registers a restricted client that is invalid and has a bad scope', {
    scope: ['scim.read'],
    authorized_grant_types: [],
  }),
  restricted('registers a restricted client without an id', { client_id: undefined }),
  restricted('registers a restricted client without grants', { authorized_grant_types: [] }),
  restricted('registers a restricted client with the reserved id', { client_id: 'uaa' }),
  restricted('registers a restricted client that exists', { client_id: 'r-new1-<run>' }),
  {
    title: 'registers a restricted client with a list',
    request: 'POST /oauth/clients/restricted',
    as: 'admin',
    json: [],
  },
  {
    title: 'registers a restricted client with a form',
    request: 'POST /oauth/clients/restricted',
    as: 'admin',
    form: { client_id: 'x' },
  },
  update('updates a restricted client', 'r-new1-', { client_id: 'r-new1-<run>', name: 'x' }),
  update('updates a restricted client with a bad scope', 'r-new1-', {
    client_id: 'r-new1-<run>',
    scope: ['scim.read'],
  }),
  update('updates a restricted client with a bad authority', 'r-new1-', {
    client_id: 'r-new1-<run>',
    authorities: ['scim.read'],
  }),
  update('updates a restricted client with a bad scope and another id', 'r-new1-', {
    client_id: 'r-other<run>',
    scope: ['scim.read'],
  }),
  update('updates a restricted client with another id', 'r-new1-', { client_id: 'r-other<run>' }),
  update('updates an unknown restricted client', 'r-none', {
    client_id: 'r-none<run>',
    authorized_grant_types: ['client_credentials'],
  }),
  update('updates a restricted client with null', 'r-new1-', null),

  createClient('r-caller', {
    authorized_grant_types: ['client_credentials'],
    scope: ['own.scope', 'openid'],
    authorities: ['clients.write', 'clients.read'],
  }),
  clientToken('r-caller'),
  register('a limited caller registers a client', 'r-caller', 'r-a'),
  register('a limited caller uses its own scope', 'r-caller', 'r-b', { scope: ['own.scope'] }),
  register('a limited caller uses its own prefix', 'r-caller', 'r-c', {
    scope: ['r-caller<run>.x'],
  }),
  register("a limited caller uses the new client's prefix", 'r-caller', 'r-d', {
    scope: ['r-d<run>.x', 'openid'],
  }),
  register('a limited caller uses another scope', 'r-caller', 'r-x', {
    scope: ['openid', 'foreign.scope'],
  }),
  register('a limited caller uses uaa.none', 'r-caller', 'r-x', { scope: ['uaa.none'] }),
  register('a limited caller uses the authority uaa.none', 'r-caller', 'r-e', {
    authorities: ['uaa.none'],
  }),
  register('a limited caller uses the authority uaa.resource', 'r-caller', 'r-f', {
    authorities: ['uaa.resource'],
  }),
  register('a limited caller uses another authority', 'r-caller', 'r-x', {
    authorities: ['clients.read'],
  }),
  register('a limited caller uses two other authorities', 'r-caller', 'r-x', {
    authorities: ['uaa.resource', 'clients.read', 'a.b'],
  }),
  register('a limited caller uses uaa.resource without client_credentials', 'r-caller', 'r-x', {
    authorized_grant_types: ['refresh_token'],
    authorities: ['uaa.resource'],
  }),
  register('a limited caller uses the password grant', 'r-caller', 'r-x', {
    authorized_grant_types: ['password'],
  }),
  register('a limited caller uses implicit and authorization_code', 'r-caller', 'r-x', {
    authorized_grant_types: ['implicit', 'authorization_code'],
    redirect_uri: ['https://x.example.com'],
  }),
  register(
    'a limited caller uses implicit and password without a redirect URI',
    'r-caller',
    'r-x',
    {
      authorized_grant_types: ['implicit', 'password'],
    },
  ),
  register('a limited caller uses an unknown grant', 'r-caller', 'r-x', {
    authorized_grant_types: ['password', 'magic'],
  }),
  register('a limited caller uses authorization_code', 'r-caller', 'r-g', {
    authorized_grant_types: ['authorization_code'],
    redirect_uri: ['https://x.example.com'],
    scope: ['openid'],
  }),
  register('a limited caller uses a bad scope and no secret', 'r-caller', 'r-x', {
    scope: ['foreign.scope'],
    client_secret: '',
  }),
  register('a limited caller uses jwt-bearer without a scope', 'r-caller', 'r-x', {
    authorized_grant_types: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
  }),
  register('a limited caller uses a client that exists', 'r-caller', 'r-a'),
  register('a limited caller uses the reserved id', 'r-caller', 'r-x', { client_id: 'uaa' }),
  register(
    'a limited caller registers a restricted client',
    'r-caller',
    'r-h',
    {},
    {
      request: 'POST /oauth/clients/restricted',
    },
  ),
  register(
    'a limited caller registers a restricted client with a restricted scope',
    'r-caller',
    'r-x',
    { scope: ['scim.read'] },
    {
      request: 'POST /oauth/clients/restricted',
    },
  ),
  {
    title: 'a limited caller updates its client',
    request: 'PUT /oauth/clients/r-a<run>',
    as: 'r-caller',
    json: { client_id: 'r-a<run>', name: 'x' },
  },
  {
    title: 'a limited caller updates the scope of its client',
    request: 'PUT /oauth/clients/r-a<run>',
    as: 'r-caller',
    json: { client_id: 'r-a<run>', scope: ['foreign.scope'] },
  },
  {
    title: 'a limited caller updates a client with authorities',
    request: 'PUT /oauth/clients/r-caller<run>',
    as: 'r-caller',
    json: { client_id: 'r-caller<run>', name: 'x' },
  },
  {
    title: 'a limited caller deletes its client',
    request: 'DELETE /oauth/clients/r-b<run>',
    as: 'r-caller',
  },
  register('the token of admin with clients.write registers a client', 'write', 'r-i'),
  register('the token of admin with clients.write uses another scope', 'write', 'r-x', {
    scope: ['openid'],
  }),
  register('the token of admin with clients.write uses an authority', 'write', 'r-x', {
    authorities: ['scim.read'],
  }),
  register('the token of admin with uaa.admin uses any scope', 'uaa', 'r-j', {
    scope: ['any'],
    authorities: ['any'],
    authorized_grant_types: ['client_credentials', 'password'],
  }),
  register('the token of admin with clients.admin uses any scope', 'clients', 'r-k', {
    scope: ['any'],
    authorities: ['any'],
    authorized_grant_types: ['client_credentials', 'password'],
  }),
  createClient('r-zone', { authorities: ['zones.uaa.admin', 'zones.uaa.clients.write'] }),
  clientToken('r-zone'),
  register('a zone administrator uses any scope', 'r-zone', 'r-l', { scope: ['any'] }),
  register('a zone administrator uses the password grant', 'r-zone', 'r-m', {
    authorized_grant_types: ['password'],
  }),
  register('a zone administrator uses any authority', 'r-zone', 'r-n', {
    authorities: ['uaa.admin'],
  }),
  ...createUser('r-user', ['clients.write']),
  createClient('r-login', {
    authorized_grant_types: ['password'],
    scope: ['clients.write', 'openid'],
    client_secret: '',
  }),
  userToken('r-user', 'r-login<run>'),
  register('a user registers a client', 'r-user', 'r-o', { scope: ['openid'] }),
  register('a user registers a client with another scope', 'r-user', 'r-x', { scope: ['x'] }),
  createClient('r-gone', { authorities: ['clients.write'] }),
  clientToken('r-gone'),
  { title: 'the caller is deleted', request: 'DELETE /oauth/clients/r-gone<run>', as: 'admin' },
  register('a deleted caller registers a client', 'r-gone', 'r-x'),
]);
