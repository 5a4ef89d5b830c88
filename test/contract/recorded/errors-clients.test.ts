import { compareWithRecordings } from './compare.js';
import { adminToken } from './steps.js';

/** Requests to the routes that require the credentials of a client. */
const requests = [
  ...['POST /check_token', 'PUT /check_token', 'PATCH /check_token'],
  ...['DELETE /check_token', 'OPTIONS /check_token', 'GET /introspect'],
  ...['POST /introspect', 'PUT /introspect', 'OPTIONS /introspect', 'HEAD /introspect'],
  ...['PUT /oauth/token', 'DELETE /oauth/token', 'PATCH /oauth/token', 'OPTIONS /oauth/token'],
  ...['GET /oauth/token', 'POST /oauth/token', 'GET /oauth/token/none'],
  ...['POST /oauth/token/', 'DELETE /oauth/token/none', 'POST /token_key'],
  ...['OPTIONS /token_keys', 'PATCH /token_keys', 'OPTIONS /clientinfo'],
  ...['GET /oauth/token/none/other', 'PUT /oauth/token/', 'POST /check_token?token=foo'],
  ...['POST /introspect?token=foo'],
];

const callers = [
  ['without credentials', {}],
  ['with wrong credentials', { basic: ['admin', 'wrong'] }],
  ['with a client', { basic: ['admin', 'adminsecret'] }],
  ['with a resource server', { basic: ['errors-check<run>', 'secret'] }],
  ['with a token', { as: 'admin' }],
  ['with invalid credentials', { headers: { authorization: 'Basic !' } }],
  ['with HTML accepted', { headers: { accept: 'text/html' } }],
] as const;

compareWithRecordings('errors-clients', [
  adminToken,
  {
    title: 'a client that checks tokens is created',
    request: 'POST /oauth/clients',
    as: 'admin',
    json: {
      client_id: 'errors-check<run>',
      client_secret: 'secret',
      authorized_grant_types: ['client_credentials'],
      authorities: ['uaa.resource'],
    },
  },
  ...requests.flatMap((request) =>
    callers
      // Bearer tokens at the token endpoint have their own tests.
      .filter(([name]) => name !== 'with a token' || !request.includes('/oauth/token'))
      .map(([name, caller]) => ({ title: `${request} ${name}`, request, ...caller })),
  ),
]);
