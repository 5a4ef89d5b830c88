import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken } from './steps.js';

const paths: Readonly<Record<string, string | undefined>> = {
  '/oauth/token': 'grant_type=client_credentials',
  '/check_token': 'token=x',
  '/introspect': 'token=x',
  '/clientinfo': '',
  '/token_keys': undefined,
  '/healthz': undefined,
};

const credentials: Readonly<Record<string, Partial<Exchange>>> = {
  'no credentials': {},
  'a client': { basic: ['admin', 'adminsecret'] },
  'a client that checks tokens': { basic: ['resource<run>', 'secret'] },
  'wrong credentials': { basic: ['admin', 'wrong'] },
  'invalid credentials': { headers: { authorization: 'Basic !' } },
  'a token': { as: 'admin' },
};

/** These show whether the client or the zone is checked first. */
const inZones = ['uaa', 'unknown'].flatMap((zone) =>
  Object.entries(paths).flatMap(([path, form]) =>
    Object.entries(credentials).map(([name, { headers, ...options }]): Exchange => {
      const title = `${path} in the zone ${zone} with ${name}`;
      const request = `${form === undefined ? 'GET' : 'POST'} ${path}`;
      const all = { 'x-identity-zone-id': zone, ...headers };
      return { title, request, ...options, ...(form !== undefined && { form }), headers: all };
    }),
  ),
);

const slashes = [
  ...['square-logo.png', 'favicon.ico', 'email_sent', 'accounts/email_sent', 'invalid_request'],
  ...['saml_error', 'oauth_error', 'session', 'session_management'],
].map((path): Exchange => ({ title: `/${path}/`, request: `GET /${path}/` }));

const authenticate = ['GET', 'PUT', 'POST'].flatMap((method): readonly Exchange[] => [
  {
    title: `${method} /authenticate with a token`,
    request: `${method} /authenticate`,
    as: 'admin',
  },
  {
    title: `${method} /authenticate with an invalid token`,
    request: `${method} /authenticate`,
    headers: { authorization: 'Bearer x' },
  },
]);

const origin = 'http://other.test';

compareWithRecordings('errors-zones', [
  adminToken,
  {
    title: 'a client that checks tokens is created',
    request: 'POST /oauth/clients',
    as: 'admin',
    json: {
      client_id: 'resource<run>',
      client_secret: 'secret',
      authorized_grant_types: ['client_credentials'],
      authorities: ['uaa.resource'],
    },
  },
  ...inZones,
  {
    title: 'a token in the zone uaa with a client in the form',
    request: 'POST /oauth/token',
    form: { grant_type: 'client_credentials', client_id: 'admin', client_secret: 'adminsecret' },
    headers: { 'x-identity-zone-id': 'uaa' },
  },
  {
    title: 'the audience is checked before the zone',
    request: 'PUT /Users/x/password',
    as: 'admin',
    json: {},
    headers: { 'x-identity-zone-id': 'unknown' },
  },
  ...slashes,
  ...authenticate,
  {
    title: '/token_keys.json with invalid credentials',
    request: 'PATCH /token_keys.json',
    headers: { authorization: 'Basic !' },
  },
  {
    title: 'an error page for another origin',
    request: 'POST /oauth/token/',
    form: 'grant_type=none',
    headers: { accept: 'text/html', origin },
  },
  {
    title: 'a client as XML for another origin',
    request: 'POST /oauth/clients',
    as: 'admin',
    json: { client_id: 'c<run>' },
    headers: { accept: 'text/xml', origin },
  },
  {
    title: 'a user as HTML',
    request: 'POST /Users',
    as: 'admin',
    json: { userName: 'html<run>', emails: [{ value: 'a@example.com' }] },
    headers: { accept: 'text/html' },
  },
  {
    title: 'a provider that does not start like JSON',
    request: 'POST /identity-providers',
    as: 'admin',
    body: 'a=b',
    headers: { 'content-type': 'application/json' },
  },
]);
