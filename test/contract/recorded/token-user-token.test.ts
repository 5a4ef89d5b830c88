import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser } from './steps.js';
import { createClient, requestToken, requestUserToken } from './token-steps.js';

const receiver = {
  authorized_grant_types: ['password', 'refresh_token'],
  scope: ['openid', 'uaa.user', 'scim.me', 'pks.clusters.admin'],
};

function exchange(
  title: string,
  as: string,
  form: Readonly<Record<string, string>>,
  rest: Partial<Exchange> = {},
): Exchange {
  return {
    title,
    request: 'POST /oauth/token',
    as,
    form: { grant_type: 'user_token', ...form },
    ...rest,
  };
}

const receive = { client_id: 'receiver<run>' };

compareWithRecordings('token-user-token', [
  adminToken,
  ...createUser('ut', ['pks.clusters.admin']),
  createClient('requester', {
    authorized_grant_types: [
      'password',
      'user_token',
      'refresh_token',
      'client_credentials',
      'authorization_code',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    ],
    scope: ['openid', 'uaa.user', 'scim.me'],
    authorities: ['uaa.resource', 'uaa.user'],
    redirect_uri: ['https://example.com'],
  }),
  createClient('receiver', receiver),
  createClient('receiverAuto', { ...receiver, autoapprove: ['true'] }),
  createClient('receiverShort', {
    ...receiver,
    authorized_grant_types: ['client_credentials'],
    authorities: ['uaa.none'],
  }),
  createClient('receiverGroups', { ...receiver, required_user_groups: ['foo'] }),
  createClient('receiverLdap', { ...receiver, allowedproviders: ['ldap'] }),
  createClient('receiverResources', {
    ...receiver,
    resource_ids: ['a', 'b'],
    access_token_validity: 60,
    refresh_token_validity: 120,
  }),
  createClient('plain', { authorized_grant_types: ['password'], scope: ['openid', 'uaa.user'] }),
  requestUserToken(
    'the user gets a token',
    'requester',
    'ut',
    {},
    { save: { user: 'access_token' } },
  ),
  requestUserToken(
    'the user gets an opaque token',
    'requester',
    'ut',
    { token_format: 'opaque' },
    { save: { opaque: 'access_token', 'opaque-refresh': 'refresh_token' } },
  ),
  requestUserToken(
    'the user gets a token without uaa.user',
    'requester',
    'ut',
    { scope: 'openid' },
    { save: { weak: 'access_token' } },
  ),
  requestUserToken(
    'the user gets a token of a client without the grant',
    'plain',
    'ut',
    {},
    { save: { plain: 'access_token' } },
  ),
  requestToken(
    'the client gets a token',
    'requester',
    { grant_type: 'client_credentials' },
    { save: { client: 'access_token' } },
  ),
  exchange('a refresh token for another client', 'user', receive, {
    save: { 'received-refresh': 'refresh_token' },
  }),
  exchange('a refresh token for another client, with an opaque token', 'opaque', receive),
  exchange(
    'a refresh token for a client that approves all scopes',
    'user',
    { client_id: 'receiverAuto<run>' },
    { save: { 'auto-refresh': 'refresh_token' } },
  ),
  exchange('a refresh token for the same client', 'user', { client_id: 'requester<run>' }),
  exchange('a refresh token for a client without a refresh grant', 'user', {
    client_id: 'receiverShort<run>',
  }),
  exchange('a refresh token for a client with required groups', 'user', {
    client_id: 'receiverGroups<run>',
  }),
  exchange('a refresh token for a client with other providers', 'user', {
    client_id: 'receiverLdap<run>',
  }),
  exchange(
    'a refresh token for a client with resources',
    'user',
    { client_id: 'receiverResources<run>' },
    { save: { 'resources-refresh': 'refresh_token' } },
  ),
  exchange('a refresh token for an unknown client', 'user', { client_id: 'missing-<run>' }),
  exchange('a refresh token for an empty client id', 'user', { client_id: '' }),
  exchange('no client id', 'user', {}),
  exchange('a client secret', 'user', { ...receive, client_secret: 'wrong' }),
  exchange('a response type', 'user', { ...receive, response_type: 'token', token_format: 'jwt' }),
  ...[
    'openid',
    'openid uaa.user',
    'foo',
    'pks.clusters.admin',
    'scim.me,openid',
    ' openid',
    'uaa.admin',
    '',
  ].map((scope) => exchange(`the scope ${JSON.stringify(scope)}`, 'user', { ...receive, scope })),
  exchange('az_attr and a nonce', 'user', {
    ...receive,
    authorities: '{"az_attr":{"a":"b"}}',
    nonce: 'n1',
  }),
  exchange('a requesting client id', 'user', { ...receive, requesting_client_id: 'plain<run>' }),
  exchange('a token without uaa.user', 'weak', receive),
  exchange('a token of a client without the grant', 'plain', receive),
  exchange('a token of a client with uaa.user', 'client', receive),
  exchange('a token of the client admin', 'admin', receive),
  exchange('an unknown token', 'admin', receive, { headers: { authorization: 'Bearer foo' } }),
  exchange('an empty bearer token', 'admin', receive, { headers: { authorization: 'Bearer ' } }),
  exchange('the scheme bearer in lower case', 'admin', receive, {
    headers: { authorization: 'bearer <user>' },
  }),
  exchange('a refresh token as the bearer token', 'opaque-refresh', receive),
  exchange(
    'the token in the form',
    'admin',
    { ...receive, access_token: '<user>' },
    { headers: { authorization: null } },
  ),
  {
    title: 'user_token by GET',
    request: 'GET /oauth/token?grant_type=user_token&client_id=receiver<run>',
    as: 'user',
  },
  {
    title: 'user_token by HEAD',
    request: 'HEAD /oauth/token?grant_type=user_token&client_id=receiver<run>',
    as: 'user',
  },
  {
    title: 'user_token by PUT',
    request: 'PUT /oauth/token?grant_type=user_token&client_id=receiver<run>',
    as: 'user',
  },
  {
    title: 'user_token by PUT without uaa.user',
    request: 'PUT /oauth/token?grant_type=user_token&client_id=receiver<run>',
    as: 'weak',
  },
  {
    title: 'user_token by OPTIONS',
    request: 'OPTIONS /oauth/token?grant_type=user_token&client_id=receiver<run>',
    as: 'user',
  },
  {
    title: 'user_token at a longer path',
    request: 'POST /oauth/token/foo',
    as: 'user',
    form: { grant_type: 'user_token', client_id: 'receiver<run>' },
  },
  {
    title: 'user_token as JSON',
    request: 'POST /oauth/token',
    as: 'user',
    json: { grant_type: 'user_token', client_id: 'receiver<run>' },
  },
  {
    title: 'user_token with Accept text/html',
    request: 'POST /oauth/token',
    as: 'user',
    form: { grant_type: 'user_token', client_id: 'receiver<run>' },
    headers: { accept: 'text/html' },
  },
  // Other grants with a bearer token.
  ...[
    'client_credentials',
    'password',
    'refresh_token',
    'authorization_code',
    'implicit',
    'foo',
    '',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:saml2-bearer',
  ].flatMap((type) => [
    exchange(`the grant "${type}" with the token of a user`, 'user', {
      grant_type: type,
      client_id: 'requester<run>',
    }),
    exchange(`the grant "${type}" with the token of a client`, 'client', {
      grant_type: type,
      client_id: 'requester<run>',
    }),
    exchange(`the grant "${type}" with the token of a user, for another client`, 'user', {
      grant_type: type,
      client_id: 'receiver<run>',
    }),
  ]),
  exchange('a password grant of a user token with credentials', 'user', {
    grant_type: 'password',
    client_id: 'requester<run>',
    username: 'ut<run>',
    password: 'ut-password',
  }),
  exchange('a password grant of a user token with wrong credentials', 'user', {
    grant_type: 'password',
    client_id: 'requester<run>',
    username: 'ut<run>',
    password: 'wrong',
  }),
  exchange('a password grant of a client token with credentials', 'client', {
    grant_type: 'password',
    client_id: 'requester<run>',
    username: 'ut<run>',
    password: 'ut-password',
  }),
  exchange('a password grant of a user token with a narrow scope', 'user', {
    grant_type: 'password',
    client_id: 'requester<run>',
    scope: 'openid',
  }),
  exchange('a password grant of a user token with a scope that the user lacks', 'user', {
    grant_type: 'password',
    client_id: 'requester<run>',
    scope: 'foo',
  }),
  exchange('a refresh of a user token', 'user', {
    grant_type: 'refresh_token',
    client_id: 'requester<run>',
    refresh_token: '<opaque-refresh>',
  }),
  // Uses of the received tokens.
  requestToken('a refresh without approvals', 'receiver', {
    grant_type: 'refresh_token',
    refresh_token: '<received-refresh>',
  }),
  requestToken('a refresh of a client that approves all scopes', 'receiverAuto', {
    grant_type: 'refresh_token',
    refresh_token: '<auto-refresh>',
  }),
  requestToken('an opaque refresh of a client that approves all scopes', 'receiverAuto', {
    grant_type: 'refresh_token',
    refresh_token: '<auto-refresh>',
    token_format: 'opaque',
  }),
  requestToken('a refresh by the requesting client', 'requester', {
    grant_type: 'refresh_token',
    refresh_token: '<auto-refresh>',
  }),
]);
