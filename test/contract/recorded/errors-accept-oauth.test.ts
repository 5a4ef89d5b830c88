import { compareWithRecordings } from './compare.js';
import { acceptHeaders } from './accept-headers.js';
import type { Exchange } from './exchange.js';
import { adminToken, limitedToken } from './steps.js';

/** Errors that Spring Security OAuth renders, in the security filters and at the token endpoint. */
const errors: readonly Exchange[] = [
  { title: 'a bearer route without a token', request: 'GET /Users' },
  {
    title: 'a wrong client secret',
    request: 'POST /oauth/token',
    form: { grant_type: 'client_credentials', client_id: 'admin', client_secret: 'wrong' },
  },
  {
    title: 'an unknown grant type',
    request: 'POST /oauth/token',
    form: { grant_type: 'foo&bar', client_id: 'admin', client_secret: 'adminsecret' },
  },
  { title: 'a token without the scope', request: 'GET /Groups', as: 'limited' },
];

compareWithRecordings('errors-accept-oauth', [
  adminToken,
  limitedToken('limited', 'clients.read'),
  ...errors.flatMap((error) =>
    acceptHeaders.map(([name, accept]) => ({
      ...error,
      title: `${error.title}, with ${name}`,
      headers: { accept },
    })),
  ),
]);
