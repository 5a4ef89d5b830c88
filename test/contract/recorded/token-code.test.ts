import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, browserLogin, createUser } from './steps.js';
import { createClient, requestToken, updateClient } from './token-steps.js';

const redirect = 'https://example.com/cb';
const fields = {
  authorized_grant_types: ['authorization_code', 'refresh_token'],
  scope: ['openid', 'uaa.user', 'profile', 'roles'],
  redirect_uri: [redirect, 'https://example.com/other'],
  autoapprove: ['true'],
};

function authorize(name: string, query = '', client = 'code', withRedirect = true): Exchange {
  const uri = withRedirect ? `&redirect_uri=${encodeURIComponent(redirect)}` : '';
  return {
    title: `the code ${name} is issued`,
    request: `GET /oauth/authorize?response_type=code&client_id=${client}<run>${uri}${query}`,
    headers: { accept: 'text/html' },
    session: 'browser',
    save: { [name]: /[?&]code=([\w-]+)/ },
  };
}

function redeem(
  title: string,
  code: string,
  form: Readonly<Record<string, string>> = {},
  client = 'code',
  rest: Partial<Exchange> = {},
): Exchange {
  return requestToken(
    title,
    client,
    { grant_type: 'authorization_code', code, redirect_uri: redirect, ...form },
    rest,
  );
}

function redeemNew(
  title: string,
  name: string,
  form: Readonly<Record<string, string>> = {},
  query = '',
  client = 'code',
): readonly Exchange[] {
  return [authorize(name, query, client), redeem(title, `<${name}>`, form, client)];
}

compareWithRecordings('token-code', [
  adminToken,
  ...createUser('coder'),
  createClient('code', fields),
  createClient('codeOther', fields),
  createClient('codeNoRefresh', {
    ...fields,
    authorized_grant_types: ['authorization_code'],
    scope: ['uaa.user'],
  }),
  createClient('codeGroups', fields),
  createClient('codeOne', { ...fields, redirect_uri: [redirect] }),
  ...browserLogin('browser', 'coder'),
  ...redeemNew('a code', 'c1'),
  redeem('a used code', '<c1>'),
  ...redeemNew('a code with a nonce in the first request', 'c2', {}, '&nonce=n1'),
  ...redeemNew('a code with a nonce in the second request', 'c3', { nonce: 'n2' }),
  ...redeemNew('a code with different nonces', 'c4', { nonce: 'n2' }, '&nonce=n1'),
  ...redeemNew('a code with a scope in the first request', 'c5', {}, '&scope=openid'),
  ...redeemNew('a code with a scope in the second request', 'c6', { scope: 'openid' }),
  ...redeemNew('a code with an unknown scope in the second request', 'c7', { scope: 'foo' }),
  ...redeemNew('a code for an opaque token', 'c8', { token_format: 'opaque' }),
  ...redeemNew(
    'a code for an opaque token, from the first request',
    'c9',
    {},
    '&token_format=opaque',
  ),
  ...redeemNew('a code with az_attr', 'c10', { authorities: '{"az_attr":{"a":"b"}}' }),
  ...redeemNew(
    'a code with az_attr in the first request',
    'c11',
    {},
    `&authorities=${encodeURIComponent('{"az_attr":{"a":"b"}}')}`,
  ),
  ...redeemNew('a code with a state', 'c12', { state: 's2' }, '&state=s1'),
  ...redeemNew('a code with a response type', 'c13', { response_type: 'token id_token' }),
  ...redeemNew(
    'a code with a verifier',
    'c14',
    { code_verifier: 'x' },
    '&code_challenge=y&code_challenge_method=S256',
  ),
  ...redeemNew('a code of a client without a refresh grant', 'c15', {}, '', 'codeNoRefresh'),
  ...redeemNew('a code without openid', 'c16', {}, '&scope=uaa.user'),
  ...redeemNew('a code with all scopes', 'c17', {}, '&scope=openid+profile+roles+uaa.user'),
  authorize('c20'),
  redeem('another redirect URI', '<c20>', { redirect_uri: 'https://example.com/other' }),
  redeem('the code after another redirect URI', '<c20>'),
  authorize('c21'),
  requestToken('no redirect URI', 'code', { grant_type: 'authorization_code', code: '<c21>' }),
  authorize('c22', '', 'codeOne', false),
  requestToken('no redirect URI in both requests', 'codeOne', {
    grant_type: 'authorization_code',
    code: '<c22>',
  }),
  authorize('c23', '', 'codeOne', false),
  redeem('a redirect URI only in the second request', '<c23>', {}, 'codeOne'),
  authorize('c32', '', 'codeOne', false),
  redeem(
    'another redirect URI only in the second request',
    '<c32>',
    { redirect_uri: 'https://example.com/other' },
    'codeOne',
  ),
  authorize('c24'),
  redeem('an empty redirect URI', '<c24>', { redirect_uri: '' }),
  authorize('c25'),
  redeem('a code of another client', '<c25>', {}, 'codeOther'),
  redeem('the code after another client sent it', '<c25>'),
  authorize('c26'),
  redeem(
    'a code of another client and another redirect URI',
    '<c26>',
    { redirect_uri: 'https://example.com/other' },
    'codeOther',
  ),
  authorize('c27'),
  redeem('a wrong secret', '<c27>', { client_secret: 'wrong' }),
  redeem('the code after a wrong secret', '<c27>'),
  authorize('c28'),
  redeem('a code with spaces', ' <c28> '),
  authorize('c29'),
  redeem('a code with Basic credentials', '<c29>', {}, 'code', {
    basic: ['code<run>', 'code-secret'],
    form: { grant_type: 'authorization_code', code: '<c29>', redirect_uri: redirect },
  }),
  authorize('c30'),
  {
    title: 'a code by GET',
    request: `GET /oauth/token?grant_type=authorization_code&code=<c30>&redirect_uri=${encodeURIComponent(redirect)}`,
    basic: ['code<run>', 'code-secret'],
  },
  authorize('c31'),
  requestToken('a code and a password', 'code', {
    grant_type: 'password',
    code: '<c31>',
    username: 'coder<run>',
    password: 'coder-password',
  }),
  requestToken('a code as the refresh token', 'code', {
    grant_type: 'refresh_token',
    refresh_token: '<c31>',
  }),
  redeem('an unknown code', 'unknown'),
  redeem('an unknown code with markup', '<b>"x"</b>'),
  redeem('an empty code', ''),
  requestToken('no code', 'code', { grant_type: 'authorization_code', redirect_uri: redirect }),
  requestToken('no code and an invalid scope', 'code', {
    grant_type: 'authorization_code',
    scope: 'foo',
  }),
  requestToken(
    'the code twice',
    'code',
    {},
    {
      form: 'client_id=code<run>&client_secret=code-secret&grant_type=authorization_code&code=x&code=y',
    },
  ),
  // Changes between the two requests.
  authorize('c40', '', 'codeGroups'),
  authorize('c41', '', 'codeGroups'),
  authorize('c42', '', 'codeGroups'),
  updateClient('codeGroups', 'it requires groups', { ...fields, required_user_groups: ['foo'] }),
  redeem('a code after groups are required', '<c40>', {}, 'codeGroups'),
  updateClient('codeGroups', 'it restricts providers', {
    ...fields,
    required_user_groups: [],
    allowedproviders: ['ldap'],
  }),
  redeem('a code after providers are restricted', '<c41>', {}, 'codeGroups'),
  updateClient('codeGroups', 'it loses a scope', {
    ...fields,
    scope: ['uaa.user'],
    required_user_groups: [],
  }),
  redeem('a code after the client loses a scope', '<c42>', {}, 'codeGroups'),
  authorize('c43'),
  authorize('c44'),
  {
    title: 'the user is deactivated',
    request: 'PATCH /Users/<coder-id>',
    as: 'admin',
    json: { active: false },
    headers: { 'if-match': '*' },
  },
  redeem('a code after the user is deactivated', '<c43>'),
  { title: 'the user is deleted', request: 'DELETE /Users/<coder-id>', as: 'admin' },
  redeem('a code after the user is deleted', '<c44>'),
]);
