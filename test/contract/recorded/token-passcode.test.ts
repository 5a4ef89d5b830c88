import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, browserLogin, createUser } from './steps.js';
import { createClient, requestToken } from './token-steps.js';

function passcode(name: string): Exchange {
  return {
    title: `the passcode ${name} is created`,
    request: 'GET /passcode',
    session: 'browser',
    save: { [name]: /^"?(\w{10})"?$/ },
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
  ...redeemNew('a passcode and a wrong password', 'p2', { username: 'x', password: 'y' }),
  ...redeemNew('a passcode and a scope', 'p3', { scope: 'openid' }),
  ...redeemNew('a passcode and an invalid scope', 'p4', { scope: 'foo' }),
  redeem('the passcode after an invalid scope', { passcode: '<p4>' }),
  ...redeemNew('a passcode for an opaque token', 'p5', { token_format: 'opaque' }),
  ...redeemNew('a passcode with a nonce and az_attr', 'p6', {
    nonce: 'n1',
    authorities: '{"az_attr":{"a":"b"}}',
  }),
  ...redeemNew('a passcode of a client without the grant', 'p7', {}, 'pcNone'),
  redeem('the passcode after a client without the grant', { passcode: '<p7>' }),
  ...redeemNew('a passcode of a client with other providers', 'p8', {}, 'pcLdap'),
  ...redeemNew('a passcode of a client without providers', 'p9', {}, 'pcNoProviders'),
  ...redeemNew('a passcode of a client with required groups', 'p10', {}, 'pcGroups'),
  ...redeemNew('a passcode with a wrong secret', 'p11', { client_secret: 'wrong' }),
  redeem('the passcode after a wrong secret', { passcode: '<p11>' }),
  ...redeemNew('a passcode with a login hint for another origin', 'p12', {
    login_hint: '{"origin":"foo"}',
  }),
  passcode('p13'),
  {
    title: 'a passcode by GET',
    request: 'GET /oauth/token?grant_type=password&passcode=<p13>',
    basic: ['pc<run>', 'pc-secret'],
  },
  {
    title: 'a passcode by PUT',
    request: 'PUT /oauth/token?grant_type=password&passcode=<p13>',
    basic: ['pc<run>', 'pc-secret'],
  },
  {
    title: 'a passcode in the query of a POST',
    request: 'POST /oauth/token?grant_type=password&passcode=<p13>',
    basic: ['pc<run>', 'pc-secret'],
  },
  passcode('p14'),
  redeem('a passcode without a client', {}, 'pc', {
    form: { grant_type: 'password', passcode: '<p14>' },
  }),
  redeem('a passcode without a client and with a JSON type', {}, 'pc', {
    request: 'POST /oauth/token?grant_type=password&passcode=<p14>',
    form: '{}',
    headers: { 'content-type': 'application/json' },
  }),
  redeem('another client in the form', {}, 'pc', {
    basic: ['pc<run>', 'pc-secret'],
    form: { grant_type: 'password', passcode: '<p14>', client_id: 'pcNone<run>' },
  }),
  passcode('p15'),
  redeem('a passcode with the Accept */*', { passcode: '<p15>' }, 'pc', {
    headers: { accept: '*/*' },
  }),
  redeem('a passcode with the Accept text/html', { passcode: '<p15>' }, 'pc', {
    headers: { accept: 'text/html' },
  }),
  redeem('a passcode with the Accept text/html, application/json', { passcode: '<p15>' }, 'pc', {
    headers: { accept: 'text/html, application/json' },
  }),
  redeem('a passcode with the Accept application/*', { passcode: '<p15>' }, 'pc', {
    headers: { accept: 'application/*' },
  }),
  redeem('a passcode with the Accept application/*+json', { passcode: '<p15>' }, 'pc', {
    headers: { accept: 'application/*+json' },
  }),
  redeem('a passcode with the Accept application/json;q=0.5, */*', { passcode: '<p15>' }, 'pc', {
    headers: { accept: 'application/json;q=0.5, */*' },
  }),
  passcode('p16'),
  redeem('a passcode without Accept', { passcode: '<p16>' }, 'pc', { headers: { accept: null } }),
  passcode('p17'),
  redeem('a passcode with a form type as Accept', { passcode: '<p17>' }, 'pc', {
    headers: { accept: 'application/x-www-form-urlencoded' },
  }),
  redeem('an unknown passcode', { passcode: 'unknown' }),
  redeem('an empty passcode', { passcode: '' }),
  redeem('an empty passcode and a correct password', {
    passcode: '',
    username: 'pcUser<run>',
    password: 'pcUser-password',
  }),
  redeem('a passcode of spaces', { passcode: ' ' }),
  redeem('a passcode in braces', { passcode: '{"passcode":"x"}' }),
  redeem('a passcode in braces without a passcode', { passcode: '{"a":"x"}' }),
  redeem('a passcode in braces with a user name', { passcode: '{"username":"x","password":"y"}' }),
  redeem('a passcode that is not valid JSON', { passcode: '{x' }),
  redeem('a correct password and a passcode that is not valid JSON', {
    passcode: '{x',
    username: 'pcUser<run>',
    password: 'pcUser-password',
  }),
  redeem('credentials without a passcode field', { credentials: '{"passcode":"x"}' }),
  redeem('credentials with an empty passcode field', {
    passcode: '',
    credentials: '{"passcode":"x"}',
  }),
  redeem('a grant type that begins with password', { grant_type: 'passwordx', passcode: 'x' }),
  redeem('a used passcode and an invalid scope', { passcode: '<p1>', scope: 'foo' }),
  redeem('a passcode twice', {}, 'pc', {
    form: 'client_id=pc<run>&client_secret=pc-secret&grant_type=password&passcode=x&passcode=y',
  }),
  requestToken('a passcode with another grant type', 'pc', {
    grant_type: 'client_credentials',
    passcode: 'x',
  }),
  passcode('p18'),
  passcode('p19'),
  redeem('an earlier passcode', { passcode: '<p18>' }),
  { title: 'the user is deleted', request: 'DELETE /Users/<pcUser-id>', as: 'admin' },
  redeem('the passcode of a deleted user', { passcode: '<p19>' }),
]);
