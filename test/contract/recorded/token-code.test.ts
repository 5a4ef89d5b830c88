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
  ...redeemNew('a code with a scope in the first request', 'c5', {}, '&scope=openid'),
  ...redeemNew('a code with a scope in the second request', 'c6', { scope: 'openid' }),
  ...redeemNew('a code for an opaque token', 'c8', { token_format: 'opaque' }),
  ...redeemNew(
    'a code for an opaque token, from the first request',
    'c9',
    {},
    '&token_format=opaque',
  ),
  ...redeemNew('a code of a client without a refresh grant', 'c15', {}, '', 'codeNoRefresh'),
  ...redeemNew('a code without openid', 'c16', {}, '&scope=uaa.user'),
  ...redeemNew('a code with all scopes', 'c17', {}, '&scope=openid+profile+roles+uaa.user'),
  authorize('c20'),
  redeem('another redirect URI', '<c20>', { redirect_uri: 'https://example.com/other' }),
  authorize('c21'),
  requestToken('no redirect URI', 'code', { grant_type: 'authorization_code', code: '<c21>' }),
  authorize('c22', '', 'codeOne', false),
  requestToken('no redirect URI in both requests', 'codeOne', {
    grant_type: 'authorization_code',
    code: '<c22>',
  }),
  authorize('c23', '', 'codeOne', false),
  redeem('a redirect URI only in the second request', '<c23>', {}, 'codeOne'),
  authorize('c25'),
  redeem('a code of another client', '<c25>', {}, 'codeOther'),
  authorize('c27'),
  redeem('a wrong secret', '<c27>', { client_secret: 'wrong' }),
  redeem('the code after a wrong secret', '<c27>'),
  authorize('c29'),
  redeem('a code with Basic credentials', '<c29>', {}, 'code', {
    basic: ['code<run>', 'code-secret'],
    form: { grant_type: 'authorization_code', code: '<c29>', redirect_uri: redirect },
  }),
  redeem('an unknown code', 'unknown'),
  requestToken('no code', 'code', { grant_type: 'authorization_code', redirect_uri: redirect }),
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
