import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, browserLogin, createUser } from './steps.js';
import { createClient, requestToken } from './token-steps.js';

function passcode(name: string): Exchange {
  return {
    title: `the passcode ${name} is created`,
    request: 'GET /passcode',
    session: 'browser',
    save: { [name]: /^"?([\w-]{10,32})"?$/ },
  };
}

function redeem(
  title: string,
  form: Readonly<Record<string, string>>,
  client = 'pc',
  rest: Partial<Exchange> = {},
): Exchange {
  return requestToken(title, client, { grant_type: 'password', ...form }, rest);
}

function redeemNew(
  title: string,
  name: string,
  form: Readonly<Record<string, string>> = {},
  client = 'pc',
  rest: Partial<Exchange> = {},
): readonly Exchange[] {
  return [passcode(name), redeem(title, { passcode: `<${name}>`, ...form }, client, rest)];
}

const web = {
  authorized_grant_types: ['password', 'refresh_token'],
  scope: ['openid', 'uaa.user', 'profile', 'roles'],
};

compareWithRecordings('token-passcode', [
  adminToken,
  ...createUser('pcUser'),
  createClient('pc', web),
  createClient('pcNone', { ...web, authorized_grant_types: ['client_credentials'] }),
  createClient('pcLdap', { ...web, allowedproviders: ['ldap'] }),
  createClient('pcNoProviders', { ...web, allowedproviders: [] }),
  createClient('pcGroups', { ...web, required_user_groups: ['foo'] }),
  ...browserLogin('browser', 'pcUser'),
  ...redeemNew('a passcode', 'p1', {}, 'pc', { save: { 'p1-refresh': 'refresh_token' } }),
  redeem('a used passcode', { passcode: '<p1>' }),
  requestToken('a refresh of a passcode token', 'pc', {
    grant_type: 'refresh_token',
    refresh_token: '<p1-refresh>',
  }),
  ...redeemNew('a passcode and a scope', 'p3', { scope: 'openid' }),
  ...redeemNew('a passcode and an invalid scope', 'p4', { scope: 'foo' }),
  ...redeemNew('a passcode for an opaque token', 'p5', { token_format: 'opaque' }),
  ...redeemNew('a passcode of a client without the grant', 'p7', {}, 'pcNone'),
  ...redeemNew('a passcode of a client with other providers', 'p8', {}, 'pcLdap'),
  ...redeemNew('a passcode of a client without providers', 'p9', {}, 'pcNoProviders'),
  ...redeemNew('a passcode of a client with required groups', 'p10', {}, 'pcGroups'),
  ...redeemNew('a passcode with a wrong secret', 'p11', { client_secret: 'wrong' }),
  passcode('p15'),
  redeem('a passcode with the Accept */*', { passcode: '<p15>' }, 'pc', {
    headers: { accept: '*/*' },
  }),
  passcode('p16'),
  redeem('a passcode without Accept', { passcode: '<p16>' }, 'pc', { headers: { accept: null } }),
  redeem('an unknown passcode', { passcode: 'unknown' }),
  redeem('an empty passcode', { passcode: '' }),
  passcode('p18'),
  passcode('p19'),
  redeem('an earlier passcode', { passcode: '<p18>' }),
  { title: 'the user is deleted', request: 'DELETE /Users/<pcUser-id>', as: 'admin' },
  redeem('the passcode of a deleted user', { passcode: '<p19>' }),
]);
