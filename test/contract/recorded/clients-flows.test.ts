import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser, limitedToken } from './steps.js';
import { createClient, requestToken, requestUserToken } from './token-steps.js';

function send(
  request: string,
  json?: unknown,
  rest: Partial<Exchange> & { readonly note?: string } = {},
): Exchange {
  const { note, ...exchange } = rest;
  return {
    title: note === undefined ? request : `${request}, ${note}`,
    request,
    as: 'admin',
    ...(json !== undefined && { json }),
    ...exchange,
  };
}

/** Shows a client after a change. */
function show(name: string, note: string): Exchange {
  return send(`GET /oauth/clients/${name}<run>`, undefined, { note });
}

function login(name: string, secret: string, note: string): Exchange {
  return {
    title: `${name} gets a token, ${note}`,
    request: 'POST /oauth/token',
    basic: [`${name}<run>`, secret],
    form: { grant_type: 'client_credentials' },
  };
}

const machine = { authorized_grant_types: ['client_credentials'], authorities: ['uaa.none'] };

compareWithRecordings('clients-flows', [
  adminToken,
  limitedToken('writer', 'clients.write'),
  limitedToken('secrets', 'clients.secret'),
  ...createUser('cfl'),

  // Rotation: a second secret, and tokens that were issued for the first one.
  createClient('rot', { ...machine, authorities: ['clients.secret', 'uaa.resource'] }),
  requestToken(
    'rot gets a token',
    'rot',
    { grant_type: 'client_credentials' },
    {
      save: { rot: 'access_token' },
    },
  ),
  send('PUT /oauth/clients/rot<run>/secret', { secret: 'second', changeMode: 'ADD' }),
  login('rot', 'rot-secret', 'with the first of two secrets'),
  login('rot', 'second', 'with the second of two secrets'),
  send('GET /oauth/clients/rot<run>', undefined, { as: 'rot', note: 'with an older token' }),
  {
    title: 'POST /check_token, with the first of two secrets',
    request: 'POST /check_token',
    basic: ['rot<run>', 'rot-secret'],
    form: { token: '<rot>' },
  },
  send(
    'PUT /oauth/clients/rot<run>/secret',
    { secret: 'third', changeMode: 'ADD' },
    {
      note: 'a third one',
    },
  ),
  send('PUT /oauth/clients/rot<run>/secret', { changeMode: 'DELETE' }, { note: 'deletion' }),
  login('rot', 'rot-secret', 'with a deleted secret'),
  login('rot', 'second', 'with the remaining secret'),
  send('GET /oauth/clients/meta', undefined, { as: 'rot', note: 'with a token of that secret' }),
  send('PUT /oauth/clients/rot<run>/secret', { changeMode: 'DELETE' }, { note: 'the last one' }),
  requestToken(
    'rot gets a new token',
    'rot',
    {
      grant_type: 'client_credentials',
      client_secret: 'second',
    },
    { save: { rot: 'access_token' } },
  ),
  send(
    'PUT /oauth/clients/rot<run>/secret',
    { oldSecret: 'second', secret: 'fourth' },
    { as: 'rot', note: 'by itself' },
  ),
  send(
    'PUT /oauth/clients/rot<run>/secret',
    { oldSecret: 'fourth', secret: 'fifth' },
    { as: 'rot', note: 'by itself with an older token' },
  ),

  // A client is deleted and created again.
  createClient('again', machine),
  requestToken(
    'again gets a token',
    'again',
    { grant_type: 'client_credentials' },
    {
      save: { again: 'access_token' },
    },
  ),
  send('DELETE /oauth/clients/again<run>'),
  login('again', 'again-secret', 'after its deletion'),
  send('DELETE /oauth/clients/again<run>', undefined, { note: 'twice' }),
  send('POST /oauth/clients', {
    client_id: 'again<run>',
    client_secret: 'again-secret',
    ...machine,
    name: 'Again',
  }),
  send('GET /oauth/clients/meta', undefined, { as: 'again', note: 'with a token of before' }),
  send('GET /oauth/clients/again<run>/meta', undefined, { note: 'of the new client' }),
  send(
    'POST /oauth/clients',
    { client_id: 'AGAIN<run>', client_secret: 'x', ...machine },
    {
      note: 'with an id in upper case',
    },
  ),

  // Fields that survive, or do not survive, an update.
  createClient('keep', {
    authorized_grant_types: ['authorization_code', 'refresh_token'],
    redirect_uri: ['http://localhost/a', 'http://localhost/b'],
    scope: ['openid', 'scim.me'],
    autoapprove: ['openid'],
    access_token_validity: 100,
    refresh_token_validity: 200,
    allowedproviders: ['uaa'],
    name: 'Keep',
    required_user_groups: ['scim.me'],
    foo: { bar: [1, 2] },
  }),
  send('PUT /oauth/clients/keep<run>', { client_id: 'keep<run>' }),
  ...[
    { scope: [] },
    { scope: ['openid'] },
    { autoapprove: false },
    { autoapprove: 'true' },
    { authorized_grant_types: ['client_credentials'] },
    { redirect_uri: [] },
    { redirect_uri: 'http://localhost/c,http://localhost/d' },
    { access_token_validity: null },
    { access_token_validity: 0 },
    { foo: 'other', name: '' },
    { allowedproviders: [] },
    { allowedproviders: null },
    { required_user_groups: [] },
    { client_secret: 'ignored' },
    { lastModified: 1 },
    { resource_ids: ['x'] },
    { createdwith: 'x', created_by: 'y' },
    { token_salt: 'salt' },
  ].flatMap((fields) => [
    send(
      'PUT /oauth/clients/keep<run>',
      { client_id: 'keep<run>', ...fields },
      {
        note: JSON.stringify(fields),
      },
    ),
    show('keep', `after ${JSON.stringify(fields)}`),
  ]),

  // Batches that fail as a whole.
  createClient('one', machine),
  send('POST /oauth/clients/tx', [
    { client_id: 'two<run>', client_secret: 's', ...machine },
    { client_id: 'one<run>', client_secret: 's', ...machine },
  ]),
  show('two', 'after a batch that failed'),
  send('PUT /oauth/clients/tx', [
    { client_id: 'one<run>', ...machine, name: 'Changed' },
    { client_id: 'two<run>', ...machine },
  ]),
  show('one', 'after an update that failed'),
  send('POST /oauth/clients/tx/modify', [
    { client_id: 'two<run>', client_secret: 's', ...machine, action: 'add' },
    { client_id: 'one<run>', ...machine, name: 'Changed', action: 'update' },
    { client_id: 'three<run>', action: 'delete' },
  ]),
  show('two', 'after modifications that failed'),
  send(
    'POST /oauth/clients/tx/modify',
    [
      { client_id: 'two<run>', client_secret: 's', ...machine, action: 'add' },
      { client_id: 'one<run>', ...machine, name: 'Changed', action: 'update' },
      { client_id: 'two<run>', action: 'delete' },
    ],
    { note: 'adds and deletes the same client' },
  ),
  show('one', 'after modifications'),
  show('two', 'after its deletion'),
  send('POST /oauth/clients/tx/secret', [
    { clientId: 'one<run>', secret: 'new' },
    { clientId: 'two<run>', secret: 'new' },
  ]),
  login('one', 'one-secret', 'after a change of secrets that failed'),
  send('POST /oauth/clients/tx/delete', [{ client_id: 'one<run>' }, { client_id: 'one<run>' }]),
  show('one', 'after a deletion that failed'),

  // Callers with a single scope.
  send(
    'POST /oauth/clients',
    { client_id: 'admin.x<run>', client_secret: 's', ...machine },
    {
      as: 'writer',
      note: 'by a writer',
    },
  ),
  send(
    'POST /oauth/clients',
    {
      client_id: 'wr<run>',
      client_secret: 's',
      authorized_grant_types: ['client_credentials'],
      scope: ['wr<run>.read', 'admin.read'],
      authorities: ['uaa.resource'],
    },
    { as: 'writer', note: 'by a writer with own scopes' },
  ),
  send('DELETE /oauth/clients/admin.x<run>', undefined, { as: 'writer', note: 'by a writer' }),
  send(
    'PUT /oauth/clients/one<run>/secret',
    { secret: 'x' },
    {
      as: 'secrets',
      note: 'with the scope clients.secret',
    },
  ),
  send('POST /oauth/clients/tx', [], { as: 'writer', note: 'by a writer' }),

  // Approvals are deleted with the client.
  createClient('appr', {
    authorized_grant_types: ['password', 'refresh_token'],
    scope: ['openid', 'uaa.user', 'oauth.approvals'],
  }),
  requestUserToken('the user gets a token', 'appr', 'cfl', {}, { save: { cfl: 'access_token' } }),
  send(
    'PUT /approvals/appr<run>',
    [{ userId: '<cfl-id>', clientId: 'appr<run>', scope: 'openid', status: 'APPROVED' }],
    { as: 'cfl' },
  ),
  send(
    'PUT /oauth/clients/tx',
    [
      {
        client_id: 'appr<run>',
        authorized_grant_types: ['password'],
        scope: ['openid', 'uaa.user', 'oauth.approvals'],
      },
    ],
    { note: 'of a client with approvals' },
  ),
  send('GET /approvals', undefined, { as: 'cfl', note: 'after the update' }),
  send(
    'POST /oauth/clients/tx/modify',
    [{ client_id: 'appr<run>', client_secret: 'next', action: 'secret' }],
    { note: 'changes a secret' },
  ),
  send('GET /approvals', undefined, { as: 'cfl', note: 'after the change of the secret' }),
  send('POST /oauth/clients/tx/delete', [{ client_id: 'appr<run>' }], { note: 'with approvals' }),
  send('GET /userinfo', undefined, { as: 'cfl', note: 'after the deletion' }),
]);
