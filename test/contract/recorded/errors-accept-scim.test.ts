import { compareWithRecordings } from './compare.js';
import { acceptHeaders } from './accept-headers.js';
import type { Exchange } from './exchange.js';
import { adminToken } from './steps.js';

/** Errors of the SCIM routes, and of the servlet container. */
const errors: readonly Exchange[] = [
  { title: 'an unknown user', request: 'GET /Users/none', as: 'admin' },
  { title: 'an invalid filter', request: 'GET /Groups?filter=foo', as: 'admin' },
  { title: 'an unknown client', request: 'GET /oauth/clients/none<run>', as: 'admin' },
  {
    title: 'a client without grant types',
    request: 'POST /oauth/clients',
    as: 'admin',
    json: { client_id: 'c<run>' },
  },
  { title: 'a wrong method', request: 'DELETE /Groups', as: 'admin' },
];

compareWithRecordings('errors-accept-scim', [
  adminToken,
  ...errors.flatMap((error) =>
    acceptHeaders.map(([name, accept]) => ({
      ...error,
      title: `${error.title}, with ${name}`,
      headers: { accept },
    })),
  ),
]);
