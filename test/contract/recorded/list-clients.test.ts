import { compareWithRecordings } from './compare.js';
import { encodeFilter, filterRequests, listRequests } from './list-steps.js';
import { adminToken, limitedToken } from './steps.js';

const own = `/oauth/clients?attributes=name&filter=${encodeFilter('client_id sw "lc-" and client_id co "<run>"')}`;
const self = 'client_id eq "lc-b<run>"';

compareWithRecordings('list-clients', [
  adminToken,
  limitedToken('reader', 'clients.read'),
  limitedToken('writer', 'clients.write'),
  ...['a', 'b', 'C'].map((name) => ({
    title: `the client ${name} is created`,
    request: 'POST /oauth/clients',
    as: 'admin',
    json: {
      client_id: `lc-${name}<run>`,
      client_secret: 'secret',
      authorized_grant_types: ['client_credentials', 'password'],
      authorities: ['uaa.none'],
      scope: ['openid', 'uaa.user'],
      access_token_validity: 100,
      name: `Client ${name}`,
    },
  })),
  ...listRequests([
    ['lists clients', own],
    ['lists a whole client', `/oauth/clients?filter=${encodeFilter(self)}`],
    ['a count of 0', `${own}&count=0`],
    ['a count above the total', `${own}&count=1000`],
    ['a page after the end', `${own}&startIndex=10`],
    ['a startIndex of 0', `${own}&startIndex=0`],
    ['a startIndex that is text', `${own}&startIndex=x`],
    ['sorts by id in descending order', `${own}&sortBy=client_id&sortOrder=descending`],
    ...[...['access_token_validity', 'lastmodified', 'scope', 'name']].map(
      (column) =>
        [`sorts by ${column}`, `${own.replace('name&', 'scope&')}&sortBy=${column}`] as const,
    ),

    ['an invalid filter', '/oauth/clients?filter=x'],
  ]),
  {
    title: 'lists clients with clients.read',
    request: `GET ${own}`,
    as: 'reader',
  },
  {
    title: 'lists clients with clients.write',
    request: `GET ${own}`,
    as: 'writer',
  },
  ...filterRequests('/oauth/clients?attributes=name&', [
    self,
    `client_id co "c-B<run>"`,
    `name eq "Client b"`,
    `scope co "openid" and ${self}`,
    `authorities co "uaa" and ${self}`,
    `authorized_grant_types co "password" and ${self}`,
    `access_token_validity eq 100 and ${self}`,
    `access_token_validity gt 50.5 and ${self}`,
    `created_by pr and ${self}`,
    `lastmodified gt "2018-01-01T00:00:00.000Z" and ${self}`,
    `(${self} or client_id eq "x") and scope pr`,
  ]),
]);
