import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { createGroup, filterRequests, listRequests } from './list-steps.js';
import { adminToken } from './steps.js';

const map = (title: string, json: unknown): Exchange => ({
  title: `a group is mapped: ${title}`,
  request: 'POST /Groups/External',
  as: 'admin',
  json,
});

const remove = (title: string, path: string): Exchange => ({
  title: `a mapping is removed ${title}`,
  request: `DELETE /Groups/External/${path}`,
  as: 'admin',
});

const group = { groupId: '<gx-a-id>' };
const origin = 'gx-<run>';
const own = `/Groups/External?origin=${origin}`;
const filter = `filter=origin+eq+%22${origin}%22`;

compareWithRecordings('mappings', [
  adminToken,
  createGroup('gx-a'),
  createGroup('gx-b'),
  map('by its id', { ...group, externalGroup: 'CN=Admins', origin }),
  map('again', { ...group, externalGroup: 'cn=admins', origin }),
  map('by its name', { displayName: 'gx-a<run>', externalGroup: 'cn=b', origin }),
  map('by its name in upper case', { displayName: 'GX-A<run>', externalGroup: 'cn=c', origin }),
  map('by its id and another name', {
    ...{ ...group, displayName: 'x', externalGroup: 'cn=d', origin },
  }),
  map('without an origin', { ...group, externalGroup: 'cn=gx<run>' }),
  map('with an empty origin', { ...group, externalGroup: 'cn=gz<run>', origin: '' }),
  map('with spaces', { ...group, externalGroup: '  cn=e  ', origin }),
  map('without an external group', group),
  map('with an empty external group', { ...group, externalGroup: '' }),
  map('with an object as the external group', { ...group, externalGroup: {} }),
  map('with an external group that is too long', { ...group, externalGroup: 'x'.repeat(256) }),
  map('by an unknown id', { groupId: 'unknown', externalGroup: 'x' }),
  map('by an unknown name', { displayName: 'unknown', externalGroup: 'x' }),
  map('without a group', { externalGroup: 'x' }),
  map('with a wildcard', { ...group, externalGroup: 'gx<run>_', origin }),
  map('with a name that the wildcard matches', { ...group, externalGroup: 'gx<run>a', origin }),
  map('with a slash', { ...group, externalGroup: 'a/b', origin }),
  ...listRequests([
    ['the mappings of an origin', own],
    ['the mappings of an origin in upper case', '/Groups/External?origin=GX-<run>'],
    ['the mappings of an external group', '/Groups/External?externalGroup=cn=gx<run>'],
    ['the mappings of an external group in upper case', '/Groups/External?externalGroup=CN=X'],
    ['the mappings of an origin and an external group', `${own}&externalGroup=cn=b`],
    ['a count of 0', `${own}&count=0`],
    ['a negative count', `${own}&count=-1`],
    ['a count that is text', `${own}&count=x`],
    ['a startIndex of 0', `${own}&startIndex=0`],
    ['a startIndex after the end', `${own}&startIndex=20`],
    ['a filter and an origin', `${own}&${filter}`],
    ['the old list path', `/Groups/External/list?${filter}`],
  ]),
  ...filterRequests('/Groups/External?', [
    `origin eq "${origin}"`,
    `externalGroup eq "cn=b" and origin eq "${origin}"`,
    `origin eq "${origin}" or externalGroup eq "cn=b"`,
    'origin sw "gx-"',
    'origin pr',
    'displayName eq "gx-a<run>"',
    'x',
  ]),
  remove('by id and origin', `groupId/<gx-a-id>/externalGroup/cn=admins/origin/${origin}`),
  remove('again', `groupId/<gx-a-id>/externalGroup/cn=admins/origin/${origin}`),
  remove('by name and origin', `displayName/gx-a<run>/externalGroup/CN=B/origin/${origin}`),
  remove('by id', 'groupId/<gx-a-id>/externalGroup/cn=gx<run>'),
  remove('by an old path', 'id/<gx-a-id>/cn=gz<run>'),
  remove('of another group', `groupId/<gx-b-id>/externalGroup/cn=d/origin/${origin}`),
  remove('of another origin', 'groupId/<gx-a-id>/externalGroup/cn=d/origin/ldap'),
  remove('with encoded spaces', `groupId/<gx-a-id>/externalGroup/%20cn=d%20/origin/${origin}`),
  remove('of an unknown group', 'groupId/unknown/externalGroup/x/origin/y'),
  remove('of an unknown name', 'displayName/unknown/externalGroup/x/origin/y'),
  remove('with a wildcard', `groupId/<gx-a-id>/externalGroup/gx<run>_/origin/${origin}`),
  ...listRequests([['the remaining mappings', own]]),
]);
