import { clientToken, createClient } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken } from './steps.js';
import { encodeBasic } from './token-steps.js';

const get = (title: string, more: Partial<Exchange> = {}): Exchange => ({
  title,
  request: 'GET /clientinfo',
  ...more,
});
const authorization = (value: string) => ({ headers: { authorization: value } });
const encode = (text: string) => `Basic ${encodeBasic(text)}`;

compareWithRecordings('clients-info', [
  adminToken,
  createClient('n-plain'),
  createClient('n-full', {
    authorized_grant_types: ['authorization_code', 'client_credentials'],
    scope: ['openid', 'a.b'],
    authorities: ['uaa.resource'],
    redirect_uri: ['https://a.example.com'],
    autoapprove: ['openid'],
    access_token_validity: 60,
    refresh_token_validity: 0,
    allowedproviders: ['uaa'],
    required_user_groups: ['g'],
    name: 'Full',
  }),
  createClient('n-auto', { autoapprove: true }),
  createClient('n-empty', {
    authorized_grant_types: ['password'],
    client_secret: '',
    scope: ['x'],
  }),
  createClient('n-none', { authorized_grant_types: ['password'], client_secret: undefined }),
  createClient('n-lists', { scope: [''], redirect_uri: 'https://x.example.com' }),
  clientToken('n-plain'),
  get('a plain client', { basic: ['n-plain<run>', 'secret'] }),
  get('a client with all fields', { basic: ['n-full<run>', 'secret'] }),
  get('a client that approves all scopes', { basic: ['n-auto<run>', 'secret'] }),
  get('a client with an empty secret', { basic: ['n-empty<run>', ''] }),
  get('a client without a secret', { basic: ['n-none<run>', ''] }),
  get('a client with an empty scope', { basic: ['n-lists<run>', 'secret'] }),
  get('the client pks_cli', { basic: ['pks_cli', ''] }),
  get('a wrong secret', { basic: ['n-plain<run>', 'wrong'] }),
  get('an empty secret', { basic: ['n-plain<run>', ''] }),
  get('a wrong secret for a client without one', { basic: ['n-none<run>', 'x'] }),
  get('an unknown client', { basic: ['n-unknown<run>', 'secret'] }),
  get('an id in upper case', { basic: ['N-PLAIN<run>', 'secret'] }),
  get('no credentials'),
  get('a bearer token', { as: 'admin' }),
  get('a bearer token of the client', { as: 'n-plain' }),
  get('credentials in the query', {
    request: 'GET /clientinfo?client_id=n-plain<run>&client_secret=secret',
  }),
  get('credentials in a form', {
    request: 'POST /clientinfo',
    form: { client_id: 'n-plain<run>', client_secret: 'secret' },
  }),
  get('credentials in a form and another content type', {
    request: 'POST /clientinfo',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  }),
  get('basic in lower case', authorization(encode('admin:adminsecret').replace('Basic', 'basic'))),
  get('BASIC in upper case', authorization(encode('admin:adminsecret').replace('Basic', 'BASIC'))),
  get('Basic alone', authorization('Basic')),
  get('Basic with a space', authorization('Basic ')),
  get('Basic with text that is not base64', authorization('Basic !!!')),
  get('Basic without a colon', authorization(encode('admin'))),
  get('Basic with only a colon', authorization(encode(':'))),
  get('Basic with an empty id', authorization(encode(':adminsecret'))),
  get('Basic without a secret', authorization(encode('admin:'))),
  get('Basic with two spaces', authorization(encode('admin:adminsecret').replace(' ', '  '))),
  get('Basic with a second colon', authorization(encode('admin:adminsecret:'))),
  get('Basic with percent-encoded values', authorization(encode('%61dmin:adminsecret'))),
  get('Basic without padding', authorization(encode('admin:adminsecret').replace(/=+$/, ''))),
  get('another scheme', authorization('Digest x')),
  get('an empty header', authorization('')),
  ...['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].map((method) =>
    get(`the method ${method}`, {
      request: `${method} /clientinfo`,
      basic: ['n-plain<run>', 'secret'],
    }),
  ),
  ...['POST', 'PUT', 'HEAD', 'OPTIONS'].map((method) =>
    get(`the method ${method} without credentials`, { request: `${method} /clientinfo` }),
  ),
  ...['text/html', 'application/xml', '*/*', 'text/plain', 'application/vnd.x+json', null].flatMap(
    (accept) => [
      get(`Accept ${String(accept)}`, {
        basic: ['n-plain<run>', 'secret'],
        headers: { accept },
      }),
      get(`Accept ${String(accept)} without credentials`, { headers: { accept } }),
    ],
  ),
  get('a suffix', { request: 'GET /clientinfo.json', basic: ['n-plain<run>', 'secret'] }),
  get('a longer path', { request: 'GET /clientinfo/x', basic: ['n-plain<run>', 'secret'] }),
  get('a query', { request: 'GET /clientinfo?x=y', basic: ['n-plain<run>', 'secret'] }),
  get('the zone uaa', {
    basic: ['n-plain<run>', 'secret'],
    headers: { 'x-identity-zone-id': 'uaa' },
  }),
  get('an unknown zone', {
    basic: ['n-plain<run>', 'secret'],
    headers: { 'x-identity-zone-id': 'none' },
  }),
]);
