import { clientToken, createClient, registration } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser, limitedToken, userToken } from './steps.js';

const code = { authorized_grant_types: ['authorization_code'] };
const implicit = { authorized_grant_types: ['implicit'], client_secret: undefined };
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

const redirect = (index: number, uri: string) =>
  registration(`registers the redirect URI ${uri}`, {
    client_id: `c-redirect${String(index)}-<run>`,
    ...code,
    redirect_uri: [uri],
  });
const withField = (index: number, name: string, value: unknown) =>
  registration(`registers a client with ${name} ${JSON.stringify(value)}`, {
    client_id: `c-field${String(index)}-<run>`,
    [name]: value,
  });

const full = {
  authorized_grant_types: ['client_credentials', 'authorization_code'],
  scope: ['openid', 'a.b'],
  authorities: ['uaa.resource'],
  redirect_uri: ['https://a.example.com'],
  autoapprove: ['openid'],
  access_token_validity: 60,
  refresh_token_validity: 120,
  allowedproviders: ['uaa'],
  required_user_groups: ['g1'],
  name: 'Full',
  custom: { a: 1 },
};
/** Creates a client with all fields, and updates it. */
const update = (
  index: number,
  title: string,
  fields: Readonly<Record<string, unknown>>,
): readonly Exchange[] => {
  const name = `u-full${String(index)}-`;
  return [
    createClient(name, full),
    {
      title,
      request: `PUT /oauth/clients/${name}<run>`,
      as: 'admin',
      json: { client_id: `${name}<run>`, ...fields },
    },
  ];
};
const send = (title: string, request: string, more: Partial<Exchange> = {}): Exchange => ({
  title,
  request,
  as: 'admin',
  ...more,
});

/** Requests routes with a token. */
const routes = (as: string): readonly Exchange[] =>
  (
    [
      ['GET /oauth/clients?filter=client_id+eq+%22a-one<run>%22', undefined],
      [
        'POST /oauth/clients',
        {
          client_id: `a-${as}<run>`,
          client_secret: 'secret',
          authorized_grant_types: ['client_credentials'],
        },
      ],
      ['GET /oauth/clients/a-one<run>', undefined],
      ['PUT /oauth/clients/a-one<run>', { client_id: 'a-one<run>', name: 'x' }],
      ['DELETE /oauth/clients/a-missing<run>', undefined],
      ['POST /oauth/clients/tx/delete', []],
      ['POST /oauth/clients/tx/modify', []],
      ['PUT /oauth/clients/a-one<run>/secret', { secret: 'secret', oldSecret: 'secret' }],
      ['GET /oauth/clients/a-one<run>/meta', undefined],
      ['PUT /oauth/clients/a-one<run>/meta', { clientName: 'x' }],
    ] as const
  ).map(([request, json]) => ({
    title: `a client with clients.${as === 'clients' ? 'admin' : as} sends ${request.replace(/\?.*/, '')}`,
    request,
    as,
    ...(json !== undefined && { json }),
  }));

compareWithRecordings('clients', [
  adminToken,
  limitedToken('read', 'clients.read'),
  limitedToken('write', 'clients.write'),
  limitedToken('secret', 'clients.secret'),
  limitedToken('clients', 'clients.admin'),
  createClient('a-one'),
  ...routes('read'),
  ...routes('write'),
  ...routes('secret'),
  ...routes('clients'),

  registration('registers a client with all fields', {
    client_id: 'c-full<run>',
    authorized_grant_types: ['authorization_code', 'password', 'client_credentials'],
    scope: ['openid', 'a.b'],
    authorities: ['uaa.resource', 'clients.read'],
    resource_ids: ['x'],
    redirect_uri: ['https://a.example.com/**', 'https://b.example.com'],
    autoapprove: ['openid', 'other'],
    access_token_validity: 60,
    refresh_token_validity: 120,
    allowedproviders: ['uaa'],
    required_user_groups: ['g1', 'g2'],
    name: 'Full',
    allowpublic: true,
    createdwith: 'scim.read',
    token_salt: 'abc',
    approvals_deleted: true,
    lastModified: 5,
    custom: { a: [1, null] },
  }),
  registration('registers the same id in upper case', { client_id: 'C-FULL<run>' }),
  registration('registers the reserved id uaa', { client_id: 'uaa' }),
  registration('registers a client without an id', {}),
  registration('registers a client without grant types', {
    client_id: 'c-a<run>',
    authorized_grant_types: undefined,
  }),
  registration('registers a client with grant types as a text with spaces', {
    client_id: 'c-text2<run>',
    authorized_grant_types: 'client_credentials password',
  }),
  registration('registers a client with the grant type user_token', {
    client_id: 'c-usertoken<run>',
    authorized_grant_types: ['user_token', 'refresh_token'],
    client_secret: '',
  }),
  registration('registers a client with the jwt-bearer grant type and no scope', {
    client_id: 'c-a<run>',
    authorized_grant_types: [jwtBearer],
  }),
  registration('registers a client with the jwt-bearer grant type and no secret', {
    client_id: 'c-a<run>',
    authorized_grant_types: [jwtBearer],
    scope: ['openid'],
    client_secret: ' ',
  }),
  registration('registers a client with the jwt-bearer grant type', {
    client_id: 'c-jwt<run>',
    authorized_grant_types: [jwtBearer],
    scope: ['openid'],
  }),
  registration('registers an implicit client without a redirect URI', {
    client_id: 'c-a<run>',
    ...implicit,
  }),
  registration('registers an implicit client with an empty secret', {
    client_id: 'c-implicit<run>',
    authorized_grant_types: ['implicit'],
    client_secret: '',
    redirect_uri: 'https://x.example.com https://y.example.com',
  }),
  registration('registers a code client without a secret', {
    client_id: 'c-a<run>',
    ...code,
    client_secret: undefined,
    redirect_uri: ['https://x.example.com'],
  }),
  registration('registers a client_credentials client with a blank secret', {
    client_id: 'c-a<run>',
    client_secret: '  ',
  }),
  registration('registers a password client without a secret', {
    client_id: 'c-nosecret<run>',
    authorized_grant_types: ['password'],
    client_secret: undefined,
  }),
  redirect(1, 'https://*.example.com/**'),
  redirect(3, 'myapp://callback'),
  redirect(4, 'http://localhost:8080/cb'),
  redirect(5, 'http://localhost:*/cb'),
  redirect(11, 'example.com'),
  redirect(18, 'urn:ietf:wg:oauth:2.0:oob'),
  redirect(24, '/relative'),
  withField(1, 'scope', []),
  withField(8, 'scope', 'a b,c'),
  withField(12, 'scope', ['a', 'a']),
  withField(24, 'authorities', []),
  withField(28, 'authorities', 'a,b c'),
  withField(43, 'autoapprove', true),
  withField(44, 'autoapprove', false),
  withField(56, 'autoapprove', ['other']),
  withField(61, 'access_token_validity', null),
  withField(62, 'access_token_validity', '60'),
  withField(66, 'access_token_validity', 'abc'),
  withField(87, 'allowedproviders', null),
  withField(90, 'required_user_groups', ['a', 'b']),
  withField(100, 'name', 'N'),

  ...update(1, 'updates only the id', {}),
  ...update(4, 'updates the name to null', { name: null }),
  ...update(14, 'updates a field to null and the grants', {
    name: null,
    authorized_grant_types: ['client_credentials'],
  }),
  ...update(17, 'updates the scope to an empty list', { scope: [] }),
  ...update(24, 'updates the grants', { authorized_grant_types: ['password'] }),
  ...update(27, 'updates the grants to an unknown one', { authorized_grant_types: ['magic'] }),
  ...update(31, 'updates the redirect URIs to a bad one', { redirect_uri: ['bad'] }),
  ...update(35, 'updates autoapprove to true', { autoapprove: true }),
  ...update(37, 'updates autoapprove to an empty list', { autoapprove: [] }),
  ...update(41, 'updates the validities to null', {
    access_token_validity: null,
    refresh_token_validity: null,
  }),
  ...update(43, 'updates the required groups', { required_user_groups: ['x', 'y'] }),
  ...update(46, 'updates the secret', { client_secret: 'other' }),
  {
    title: 'the secret is unchanged after an update',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'client_credentials',
      client_id: 'u-full46-<run>',
      client_secret: 'secret',
    },
  },
  createClient('u-one'),
  send('updates a client with another id in the body', 'PUT /oauth/clients/u-one<run>', {
    json: { client_id: 'u-two<run>' },
  }),
  send('updates an unknown client with grant types', 'PUT /oauth/clients/u-unknown<run>', {
    json: { client_id: 'u-unknown<run>', authorized_grant_types: ['client_credentials'] },
  }),
  send('deletes the client', 'DELETE /oauth/clients/u-one<run>'),
  send('deletes the client again', 'DELETE /oauth/clients/u-one<run>'),

  createClient('e-one', { name: 'One' }),
  createClient('e-two', { authorities: ['clients.write'] }),
  clientToken('e-two'),
  send('gets the metadata of a client without a name', 'GET /oauth/clients/e-two<run>/meta'),
  send('gets the metadata without any scope', 'GET /oauth/clients/e-one<run>/meta', {
    as: 'e-two',
  }),
  send('gets the metadata of an unknown client', 'GET /oauth/clients/e-none<run>/meta'),
  send('updates all metadata', 'PUT /oauth/clients/e-one<run>/meta', {
    json: {
      clientId: 'e-one<run>',
      clientName: 'New name',
      showOnHomePage: true,
      appLaunchUrl: 'https://a.example.com/x?y=z#f',
      appIcon: 'aWNvbg==',
      createdBy: 'x',
    },
  }),
  send('gets the client with the new name', 'GET /oauth/clients/e-one<run>'),
  send('updates with another client id', 'PUT /oauth/clients/e-one<run>/meta', {
    json: { clientId: 'e-two<run>' },
  }),
  ...createUser('e-user', ['clients.write', 'clients.admin']),
  createClient('e-login', {
    authorized_grant_types: ['password'],
    scope: ['clients.write', 'clients.admin'],
    client_secret: '',
  }),
  userToken('e-user', 'e-login<run>'),
  {
    ...createClient('e-owned', { authorities: ['clients.admin'] }),
    title: 'a user creates a client',
    as: 'e-user',
  },
  send('gets the metadata of the client of a user', 'GET /oauth/clients/e-owned<run>/meta'),
  send('a user changes a secret', 'PUT /oauth/clients/e-one<run>/secret', {
    as: 'e-user',
    json: { secret: 'x' },
  }),
  send('changes no secret', 'PUT /oauth/clients/e-one<run>/secret', { json: {} }),
]);
