import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser } from './steps.js';
import { createClient, requestToken, requestUserToken } from './token-steps.js';

function login(
  title: string,
  as: string,
  form: Readonly<Record<string, string>>,
  rest: Partial<Exchange> = {},
): Exchange {
  return {
    title,
    request: 'POST /oauth/token',
    as,
    form: { source: 'login', grant_type: 'password', add_new: 'false', ...form },
    ...rest,
  };
}

const client = { client_id: 'lsClient<run>', client_secret: 'lsClient-secret' };

compareWithRecordings('token-login-server', [
  adminToken,
  ...createUser('ls'),
  createClient('lsServer', {
    authorized_grant_types: ['client_credentials', 'password'],
    authorities: ['oauth.login'],
    scope: ['openid', 'uaa.user', 'oauth.approvals'],
  }),
  createClient('lsClient', {
    authorized_grant_types: ['password', 'refresh_token'],
    scope: ['openid', 'uaa.user'],
  }),
  requestToken(
    'the login server gets a token',
    'lsServer',
    { grant_type: 'client_credentials' },
    { save: { server: 'access_token' } },
  ),
  requestUserToken('a user gets a token', 'lsServer', 'ls', {}, { save: { user: 'access_token' } }),
  login('a token without the resource', 'admin', { ...client, user_id: '<ls-id>' }),
  login('a token of a user', 'user', { ...client, user_id: '<ls-id>' }),
  login(
    'an unknown token',
    'admin',
    { ...client, user_id: '<ls-id>' },
    { headers: { authorization: 'Bearer foo' } },
  ),
  login('a user id', 'server', { ...client, user_id: '<ls-id>' }),
  login('a user id and the origin uaa', 'server', { ...client, user_id: '<ls-id>', origin: 'uaa' }),
  login('an unknown user id', 'server', { ...client, user_id: 'unknown' }),
  login('a user name and the origin uaa', 'server', {
    ...client,
    username: 'ls<run>',
    origin: 'uaa',
  }),
  login('a user name and another origin', 'server', {
    ...client,
    username: 'ls<run>',
    origin: 'ldap',
  }),
  login('a user name without an origin', 'server', { ...client, username: 'ls<run>' }),
  login('neither a name nor an id', 'server', client),
  login('no client', 'server', { user_id: '<ls-id>' }),
  login('a wrong secret', 'server', { ...client, client_secret: 'wrong', user_id: '<ls-id>' }),
  login('an invalid scope', 'server', { ...client, user_id: '<ls-id>', scope: 'foo' }),
  login('a narrow scope', 'server', { ...client, user_id: '<ls-id>', scope: 'openid' }),
  login(
    'another Accept',
    'server',
    { ...client, user_id: '<ls-id>' },
    { headers: { accept: '*/*' } },
  ),
  login('another source', 'server', { ...client, user_id: '<ls-id>', source: 'x' }),
]);
