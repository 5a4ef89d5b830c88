import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, limitedToken } from './steps.js';

const paths = [
  'GET /identity-zones/',
  'POST /identity-zones/',
  'GET /identity-zones/uaa/',
  'PUT /identity-zones/unknown/',
  'DELETE /identity-zones/unknown/',
  'POST /identity-zones/unknown/clients/',
  'DELETE /identity-zones/unknown/clients/x/',
  'POST /saml/service-providers/',
  'GET /saml/service-providers/unknown/',
  'PUT /saml/service-providers/unknown/',
  'DELETE /saml/service-providers/unknown/',
  'POST /invite_users/',
];

/** The administrator does not list zones, because the list contains zones of other tests. */
const findCallers = (request: string) => [
  ...[undefined, 'limited'],
  ...(request === 'GET /identity-zones/' ? [] : ['admin']),
];

/** The filters and the routes of the real server do not match the same paths with a final slash. */
compareWithRecordings('errors-trailing-slashes', [
  adminToken,
  limitedToken('limited', 'scim.read'),
  ...paths.flatMap((request) =>
    findCallers(request).map((as): Exchange => ({
      title: `${request} ${as === undefined ? 'without a token' : `as ${as}`}`,
      request,
      ...(as !== undefined && { as }),
      ...(/^P/.test(request) && { json: { name: 'x' } }),
    })),
  ),
]);
