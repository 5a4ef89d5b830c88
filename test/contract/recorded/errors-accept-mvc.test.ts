import { compareWithRecordings } from './compare.js';
import { acceptHeaders } from './accept-headers.js';
import type { Exchange } from './exchange.js';
import { adminToken } from './steps.js';

/** Requests whose responses Spring MVC renders, and one for each other renderer. */
const requests: readonly Exchange[] = [
  {
    title: 'a list of clients',
    request: 'GET /oauth/clients?filter=client_id+eq+%22pks_cli%22',
    as: 'admin',
  },
  {
    title: 'a token',
    request: 'POST /oauth/token',
    form: { grant_type: 'client_credentials', client_id: 'admin', client_secret: 'adminsecret' },
  },
  {
    title: 'a client without grant types',
    request: 'POST /oauth/clients',
    as: 'admin',
    json: { client_id: 'c<run>' },
  },
  {
    title: 'a token request with PUT',
    request: 'PUT /oauth/token?grant_type=client_credentials',
    basic: ['admin', 'adminsecret'],
  },
  {
    title: 'a check of an invalid token',
    request: 'POST /check_token',
    basic: ['check<run>', 'secret'],
    form: { token: 'foo' },
  },
  { title: 'info', request: 'GET /info' },
  { title: 'healthz', request: 'GET /healthz' },
  {
    title: 'a JSON route with a wrong type',
    request: 'POST /oauth/clients',
    as: 'admin',
    form: { a: 'b' },
  },
];

compareWithRecordings('errors-accept-mvc', [
  adminToken,
  {
    title: 'a client that checks tokens',
    request: 'POST /oauth/clients',
    as: 'admin',
    json: {
      client_id: 'check<run>',
      client_secret: 'secret',
      authorized_grant_types: ['client_credentials'],
      authorities: ['uaa.resource'],
    },
  },
  ...requests.flatMap((request) =>
    acceptHeaders.map(([name, accept]) => ({
      ...request,
      title: `${request.title}, with ${name}`,
      headers: { accept },
    })),
  ),
]);
