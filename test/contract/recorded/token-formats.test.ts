import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser } from './steps.js';
import { createClient, requestToken, requestUserToken } from './token-steps.js';

const requests: readonly (readonly [request: string, rest?: Partial<Exchange>])[] = [
  ['GET /Users/<fo-id>'],
  ['GET /oauth/clients/fo<run>'],
  ['GET /userinfo'],
  ['GET /approvals'],
  ['GET /oauth/token/list/client/fo<run>'],
  [
    'PUT /Users/<fo-id>/password',
    { json: { password: 'fo-password', oldPassword: 'fo-password' } },
  ],
  ['POST /oauth/token', { form: { grant_type: 'user_token', client_id: 'fo<run>' } }],
  ['GET /Groups?filter=displayName+eq+%22uaa.admin%22&attributes=displayName'],
  ['POST /ids/Users?filter=id+eq+%22x%22'],
  ['GET /identity-providers/unknown'],
  ['GET /oauth/authorize?response_type=code&client_id=fo<run>'],
];

/** All kinds of tokens except access tokens that are JWTs. */
const tokens: Readonly<Record<string, string>> = {
  'an opaque token of a user': '<opaque>',
  'an opaque token of a client': '<client-opaque>',
  'an id token': '<id-token>',
  'a refresh token': '<refresh>',
  'an opaque refresh token': '<opaque-refresh>',
  'a revoked opaque token': '<revoked>',
  'a token with an odd signature': '<access>x',
  'a token and text after a comma': '<access>, foo',
};

compareWithRecordings('token-formats', [
  adminToken,
  ...createUser('fo', ['scim.read']),
  createClient('fo', {
    authorized_grant_types: ['client_credentials', 'password', 'refresh_token', 'user_token'],
    scope: ['uaa.user', 'openid', 'scim.read', 'password.write', 'approvals.me', 'oauth.approvals'],
    authorities: ['clients.read', 'scim.read', 'tokens.list', 'oauth.login', 'uaa.resource'],
  }),
  requestUserToken(
    'a user gets a token',
    'fo',
    'fo',
    {},
    {
      save: { access: 'access_token', refresh: 'refresh_token', 'id-token': 'id_token' },
    },
  ),
  requestUserToken(
    'a user gets an opaque token',
    'fo',
    'fo',
    { token_format: 'opaque' },
    {
      save: { opaque: 'access_token', 'opaque-refresh': 'refresh_token' },
    },
  ),
  requestToken(
    'a client gets an opaque token',
    'fo',
    { grant_type: 'client_credentials', token_format: 'opaque' },
    { save: { 'client-opaque': 'access_token' } },
  ),
  requestToken(
    'a client gets an opaque token to revoke',
    'fo',
    { grant_type: 'client_credentials', token_format: 'opaque' },
    { save: { revoked: 'access_token' } },
  ),
  {
    title: 'an opaque token revokes itself',
    request: 'DELETE /oauth/token/revoke/<revoked>',
    headers: { authorization: 'Bearer <revoked>' },
  },
  ...Object.entries(tokens).flatMap(([name, token]) =>
    requests.map(([request, rest]) => ({
      title: `${request.replace(/\?.*/, '')} with ${name}`,
      request,
      ...rest,
      headers: { authorization: `Bearer ${token}` },
    })),
  ),
  ...Object.entries(tokens).flatMap(([name, token]) =>
    ['check_token', 'introspect'].map((path) => ({
      title: `/${path} of ${name}`,
      request: `POST /${path}`,
      basic: ['fo<run>', 'fo-secret'] as const,
      form: { token },
    })),
  ),
  ...Object.entries(tokens).map(([name, token]) =>
    requestToken(`a refresh with ${name}`, 'fo', {
      grant_type: 'refresh_token',
      refresh_token: token,
    }),
  ),
  ...Object.entries(tokens).map(([name, token]) =>
    requestToken(`an assertion that is ${name}`, 'fo', {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: token,
    }),
  ),
  ...['access', 'opaque', 'client-opaque', 'refresh'].flatMap((name) => [
    {
      title: `the token ${name} in the query`,
      request: `GET /Users/<fo-id>?access_token=<${name}>`,
    },
    {
      title: `the token ${name} in a form`,
      request: 'POST /ids/Users',
      form: { access_token: `<${name}>`, filter: 'id eq "x"' },
    },
  ]),
  {
    title: 'the list of the tokens of the client',
    request: 'GET /oauth/token/list/client/fo<run>',
    headers: { authorization: 'Bearer <client-opaque>' },
  },
]);
