import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser } from './steps.js';
import { createClient, requestToken } from './token-steps.js';

const query = 'grant_type=client_credentials&client_id=admin&client_secret=adminsecret';
const admin = { client_id: 'admin', client_secret: 'adminsecret' };
const grant = { grant_type: 'client_credentials' };
const basic = ['admin', 'adminsecret'] as const;

function send(title: string, request: string, rest: Partial<Exchange> = {}): Exchange {
  return { title, request, ...rest };
}

const grantTypes = [
  'foo',
  '',
  ' ',
  'implicit',
  'IMPLICIT',
  'Password',
  'PASSWORD',
  'password ',
  'passwordx',
  'client_credentials ',
  'CLIENT_CREDENTIALS',
  'authorization_code',
  'refresh_token',
  'user_token',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
  '<b>bold</b>',
  'a"b',
  'gr\u00fc\u00df',
  'client_credentials,password',
];

const accepts = [
  '*/*',
  'text/html',
  'application/xml',
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/*',
  'image/png',
  'text/html,application/json;q=0.5',
  'foo',
  'application/json;charset=UTF-8',
  '',
];

compareWithRecordings('token-requests', [
  adminToken,
  ...createUser('rq'),
  createClient('all', {
    authorized_grant_types: [
      'client_credentials',
      'password',
      'refresh_token',
      'authorization_code',
    ],
    scope: ['openid', 'uaa.user'],
    authorities: ['uaa.resource'],
    redirect_uri: ['https://example.com/cb'],
  }),
  createClient('ccOnly', {
    authorized_grant_types: ['client_credentials'],
    authorities: ['uaa.resource'],
  }),
  createClient('noScope', { authorized_grant_types: ['password', 'refresh_token'], scope: [] }),
  createClient('implicitOnly', {
    authorized_grant_types: ['implicit'],
    scope: ['openid'],
    redirect_uri: ['https://example.com/cb'],
  }),
  ...grantTypes.map((type) =>
    requestToken(`the grant type "${type}" of a client with four grants`, 'all', {
      grant_type: type,
    }),
  ),
  ...grantTypes.map((type) =>
    requestToken(`the grant type "${type}" of a client with one grant`, 'ccOnly', {
      grant_type: type,
    }),
  ),
  requestToken('no grant type', 'all', {}),
  requestToken('no grant type but a scope', 'all', { scope: 'openid' }),
  requestToken('no grant type but a scope that the client lacks', 'all', { scope: 'foo' }),
  requestToken('an unknown grant type with a scope that the client lacks', 'all', {
    grant_type: 'foo',
    scope: 'bar',
  }),
  requestToken('client credentials of a client without scopes', 'noScope', {
    grant_type: 'client_credentials',
  }),
  requestToken('a password grant of a client without scopes', 'noScope', {
    grant_type: 'password',
    username: 'rq<run>',
    password: 'rq-password',
  }),
  requestToken('a refresh of a client without scopes', 'noScope', {
    grant_type: 'refresh_token',
    refresh_token: 'x',
  }),
  requestToken('client credentials of an implicit client', 'implicitOnly', grant),
  requestToken('the implicit grant of an implicit client', 'implicitOnly', {
    grant_type: 'implicit',
  }),
  ...['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'].flatMap((method) => [
    send(`${method} with the client in the query`, `${method} /oauth/token?${query}`),
    send(
      `${method} with Basic credentials`,
      `${method} /oauth/token?${new URLSearchParams(grant).toString()}`,
      { basic },
    ),
    send(`${method} with the client in the form`, `${method} /oauth/token`, {
      form: { ...grant, ...admin },
    }),
    send(`${method} without anything`, `${method} /oauth/token`),
    send(`${method} without Accept`, `${method} /oauth/token`, {
      basic,
      headers: { accept: null },
    }),
  ]),
  send(
    'GET of a password grant in the query',
    'GET /oauth/token?grant_type=password&username=rq<run>&password=rq-password',
    { basic: ['all<run>', 'all-secret'] },
  ),
  send(
    'HEAD of a password grant in the query',
    'HEAD /oauth/token?grant_type=password&username=rq<run>&password=rq-password',
    { basic: ['all<run>', 'all-secret'] },
  ),
  send(
    'PUT of a password grant in the query',
    'PUT /oauth/token?grant_type=password&username=rq<run>&password=rq-password',
    { basic: ['all<run>', 'all-secret'] },
  ),
  send(
    'PUT of a password grant with a wrong password in the query',
    'PUT /oauth/token?grant_type=password&username=rq<run>&password=wrong',
    { basic: ['all<run>', 'all-secret'] },
  ),
  send('PUT with an unknown grant type', 'PUT /oauth/token?grant_type=foo', { basic }),
  send('DELETE with wrong credentials', 'DELETE /oauth/token', { basic: ['admin', 'wrong'] }),
  ...[
    '/oauth/token/',
    '/oauth/token/foo',
    '/oauth/token/alias/foo',
    '/oauth/token/foo/bar',
    '/oauth/token//',
    '/oauth/tokens',
    '/oauth/tokenx',
    '/oauth/token.json',
    '/oauth/token/.json',
    '/OAuth/token',
    '/oauth//token',
    '//oauth/token',
    '/uaa/oauth/token',
    '/oauth/token;a=b',
    '/oauth/./token',
    '/oauth/foo/../token',
  ].flatMap((path) => [
    send(`POST ${path} with a valid form`, `POST ${path}`, { form: { ...grant, ...admin } }),
    send(`GET ${path} with Basic credentials`, `GET ${path}?grant_type=client_credentials`, {
      basic,
    }),
  ]),
  send('PUT /oauth/token/foo', 'PUT /oauth/token/foo', { basic }),
  send('POST /oauth/token/foo without credentials', 'POST /oauth/token/foo', { form: grant }),
  ...accepts.flatMap((accept) => {
    const name = accept === '' ? 'an empty Accept' : `Accept ${accept}`;
    return [
      send(`a token for ${name}`, 'POST /oauth/token', {
        form: { ...grant, ...admin },
        headers: { accept },
      }),
      send(`a wrong secret for ${name}`, 'POST /oauth/token', {
        form: { ...grant, ...admin, client_secret: 'wrong' },
        headers: { accept },
      }),
      send(`an unknown grant type for ${name}`, 'POST /oauth/token', {
        form: { ...admin, grant_type: 'foo' },
        headers: { accept },
      }),
      send(`a wrong method for ${name}`, 'PUT /oauth/token', { basic, headers: { accept } }),
      send(`an invalid scope for ${name}`, 'POST /oauth/token', {
        form: { ...grant, ...admin, scope: 'foo' },
        headers: { accept },
      }),
    ];
  }),
  send('a token without Accept', 'POST /oauth/token', {
    form: { ...grant, ...admin },
    headers: { accept: null },
  }),
  send('a wrong secret without Accept', 'POST /oauth/token', {
    form: { ...grant, ...admin, client_secret: 'wrong' },
    headers: { accept: null },
  }),
  send('an unknown zone', 'POST /oauth/token', {
    form: { ...grant, ...admin },
    headers: { 'x-identity-zone-id': 'nowhere' },
  }),
  send('the zone uaa', 'POST /oauth/token', {
    form: { ...grant, ...admin },
    headers: { 'x-identity-zone-id': 'uaa' },
  }),
  send('an empty zone', 'POST /oauth/token', {
    form: { ...grant, ...admin },
    headers: { 'x-identity-zone-id': '' },
  }),
  send('an unknown zone subdomain', 'POST /oauth/token', {
    form: { ...grant, ...admin },
    headers: { 'x-identity-zone-subdomain': 'nowhere' },
  }),
  send('an Origin header', 'POST /oauth/token', {
    form: { ...grant, ...admin },
    headers: { origin: 'https://example.com' },
  }),
  send('a preflight request', 'OPTIONS /oauth/token', {
    headers: { origin: 'https://example.com', 'access-control-request-method': 'POST' },
  }),
  send('a preflight request with headers', 'OPTIONS /oauth/token', {
    headers: {
      origin: 'https://example.com',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  }),
  send('a method override header', 'POST /oauth/token', {
    form: { ...grant, ...admin },
    headers: { 'x-http-method-override': 'PUT' },
  }),
  send('a method override field', 'POST /oauth/token', {
    form: { ...grant, ...admin, _method: 'PUT' },
  }),
]);
