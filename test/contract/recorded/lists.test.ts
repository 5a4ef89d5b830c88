import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { createGroup, encodeFilter, filterRequests, listRequests } from './list-steps.js';
import { adminToken, createUser, limitedToken } from './steps.js';

const users = `/Users?attributes=userName&filter=${encodeFilter('userName co "<run>"')}`;
const alpha = 'userName eq "lu-alpha<run>"';
const groups = `/Groups?attributes=displayName&filter=${encodeFilter('displayName co "<run>"')}`;
const groupB = 'displayName eq "lg-b<run>"';
const ids = `/ids/Users?filter=${encodeFilter('id eq "<lu-alpha-id>" or userName eq "lu-beta<run>"')}`;

/** Requests to which each list responds differently. */
const paging: readonly (readonly [title: string, query: string])[] = [
  ['a count of 1', 'count=1'],
  ['a count of 0', 'count=0'],
  ['a count above the maximum', 'count=1000'],
  ['a count that is text', 'count=x'],
  ['the second page', 'startIndex=2&count=1'],
  ['a page after the end', 'startIndex=10'],
  ['a startIndex of 0', 'startIndex=0'],
  ['a startIndex that is text', 'startIndex=x'],
];

const pages = (list: string, path: string) =>
  listRequests(paging.map(([title, query]) => [`${list}: ${title}`, `${path}&${query}`] as const));

const post = (title: string, request: string, extra: Partial<Exchange> = {}): Exchange => ({
  title,
  request,
  as: 'admin',
  ...extra,
});

compareWithRecordings('lists', [
  adminToken,
  limitedToken('ids', 'scim.userids'),
  ...createUser('lu-alpha'),
  ...createUser('lu-beta'),
  ...createUser('lu-gamma'),
  createGroup('lg-a', { description: 'first' }),
  createGroup('lg-b', { description: 'second', members: [{ value: '<lu-alpha-id>' }] }),
  ...pages('users', users),
  ...listRequests([
    ['whole users', `/Users?filter=${encodeFilter(alpha)}`],
    ...['userName', 'created', 'email', 'familyName', 'origin', 'unknown', 'meta.created'].map(
      (column) => [`users sorted by ${column}`, `${users}&sortBy=${column}`] as const,
    ),
    ['users in descending order', `${users}&sortBy=userName&sortOrder=descending&count=1`],
    ['users with an invalid filter', '/Users?filter=x'],
    ...[
      ...['id,userName', 'id,%20userName', 'emails.value', 'name.givenName', 'familyName'],
      ...['groups', 'meta.version', 'active,verified,origin,zoneId,externalId', 'unknown'],
    ].map(
      (attributes) =>
        [
          `users with the attributes ${attributes}`,
          `/Users?filter=${encodeFilter(alpha)}&attributes=${attributes}`,
        ] as const,
    ),
  ]),
  ...filterRequests('/Users?attributes=userName&', [
    'userName eq "LU-ALPHA<run>"',
    "userName eq 'lu-alpha<run>'",
    'userName sw "lu-" and userName co "<run>"',
    'id eq "<lu-alpha-id>" or id eq "<lu-beta-id>"',
    `userName eq "x" or (${alpha} and active eq true)`,
    'emails.value eq "lu-alpha<run>@example.com"',
    'email co "lu-alpha<run>"',
    `familyName eq "FAMILY" and ${alpha}`,
    `givenName sw "Gi" and ${alpha}`,
    'name.familyName eq "Family"',
    `active eq false and ${alpha}`,
    `active eq "true" and ${alpha}`,
    `verified eq true and ${alpha}`,
    `origin eq "ldap" and ${alpha}`,
    'externalId eq "x"',
    'external_id eq "lu-x<run>"',
    `meta.version eq 0 and ${alpha}`,
    `meta.created gt "2018-01-01T00:00:00.000Z" and ${alpha}`,
    `lastModified lt "2018-01-01T00:00:00.000Z" and ${alpha}`,
    'created gt "2018"',
    'displayName eq "x"',
    `id pr and ${alpha}`,
    `${alpha} and`,
    `(${alpha}`,
    'userName ne "x"',
  ]),
  ...pages('groups', groups),
  ...listRequests([
    ['whole groups', `/Groups?filter=${encodeFilter(groupB)}`],
    ...['displayName', 'description', 'lastModified', 'unknown'].map(
      (column) => [`groups sorted by ${column}`, `${groups}&sortBy=${column}`] as const,
    ),
    ['groups in DESCENDING order', `${groups}&sortBy=displayName&sortOrder=DESCENDING&count=1`],
    ['groups with members', `/Groups?filter=${encodeFilter(groupB)}&attributes=id,members`],
    ['groups with invalid attributes', '/Groups?attributes=a+b'],
  ]),
  ...filterRequests('/Groups?attributes=displayName&', [
    'displayName eq "LG-B<run>"',
    `description co "SEC" and ${groupB}`,
    'displayName sw "lg-" and displayName co "<run>"',
    `version eq 0 and ${groupB}`,
    'members.value eq "<lu-alpha-id>"',
    'displayName',
  ]),
  ...pages('ids', ids),
  ...listRequests([
    ['ids of two users', ids],
    ['ids in descending order', `${ids}&sortOrder=descending&count=1`],
    ['ids of inactive providers', `${ids}&includeInactive=true`],
    ['ids without a filter', '/ids/Users'],
  ]),
  ...filterRequests('/ids/Users?', [
    'USERNAME eq "LU-ALPHA<run>"',
    `${alpha} and origin eq "uaa"`,
    `origin eq "ldap" and ${alpha}`,
    'origin eq "uaa"',
    'email eq "x"',
    'userName co "x"',
    'userName pr',
    'userName gt "x"',
    'x',
  ]),
  post('ids by POST', `POST ${ids}`),
  post('ids with scim.userids only', `GET ${ids}`, { as: 'ids' }),
]);
