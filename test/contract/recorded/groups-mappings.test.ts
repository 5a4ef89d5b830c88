import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { createGroup } from './list-steps.js';
import { adminToken, limitedToken } from './steps.js';

const post = (title: string, json: unknown, extra: Partial<Exchange> = {}): Exchange => ({
  title,
  request: 'POST /Groups/External',
  as: 'admin',
  json,
  ...extra,
});

const remove = (title: string, path: string, extra: Partial<Exchange> = {}): Exchange => ({
  title,
  request: `DELETE /Groups/External/${path}`,
  as: 'admin',
  ...extra,
});

const send = (title: string, request: string, extra: Partial<Exchange> = {}): Exchange => ({
  title,
  request,
  as: 'admin',
  ...extra,
});

const group = { groupId: '<gx-a-id>' };

compareWithRecordings('groups-mappings', [
  adminToken,
  limitedToken('reader', 'scim.read'),
  limitedToken('writer', 'scim.write'),
  createGroup('gx-a'),
  createGroup('gx-b'),
  post('maps a group', { ...group, externalGroup: 'CN=Admins', origin: 'gx-<run>' }),
  post('maps a group again', { ...group, externalGroup: 'cn=admins', origin: 'gx-<run>' }),
  post('maps a group by its name', {
    displayName: 'gx-a<run>',
    externalGroup: 'cn=b',
    origin: 'gx-<run>',
  }),
  post('maps a group by its name in upper case', {
    displayName: 'GX-A<run>',
    externalGroup: 'cn=c',
    origin: 'gx-<run>',
  }),
  post('maps a group by id and another name', {
    ...group,
    displayName: 'x',
    externalGroup: 'cn=d',
    origin: 'gx-<run>',
  }),
  post('maps a group without an origin', { ...group, externalGroup: 'cn=gx<run>' }),
  post('maps a group with a null origin', { ...group, externalGroup: 'cn=gy<run>', origin: null }),
  post('maps a group with an empty origin', { ...group, externalGroup: 'cn=gz<run>', origin: '' }),
  post('maps a group with a blank origin', { ...group, externalGroup: 'cn=g1<run>', origin: ' ' }),
  post('maps a group with spaces in the origin', {
    ...group,
    externalGroup: 'cn=g2<run>',
    origin: ' gx-<run> ',
  }),
  post('maps a group with spaces around the external group', {
    ...group,
    externalGroup: '  cn=e  ',
    origin: 'gx-<run>',
  }),
  post('maps a group without an external group', group),
  post('maps a group with a null external group', { ...group, externalGroup: null }),
  post('maps a group with an empty external group', { ...group, externalGroup: '' }),
  post('maps a group with a blank external group', { ...group, externalGroup: ' ' }),
  post('maps a group with a number as external group', {
    ...group,
    externalGroup: 5,
    origin: 'gx-<run>',
  }),
  post('maps a group with an object as external group', { ...group, externalGroup: {} }),
  post('maps a group with a list as origin', { ...group, externalGroup: 'x', origin: [] }),
  post('maps a group with a long external group', { ...group, externalGroup: 'x'.repeat(256) }),
  post('maps a group with a long origin', { ...group, externalGroup: 'x', origin: 'o'.repeat(37) }),
  post('maps an unknown group', { groupId: 'unknown', externalGroup: 'x' }),
  post('maps an unknown group without an external group', { groupId: 'unknown' }),
  post('maps a group by an unknown name', { displayName: 'unknown', externalGroup: 'x' }),
  post('maps a group by an unknown name without an external group', { displayName: 'unknown' }),
  post('maps a group by an empty id and a name', {
    groupId: '',
    displayName: 'gx-b<run>',
    externalGroup: 'cn=f',
    origin: 'gx-<run>',
  }),
  post('maps a group by a blank id and a name', {
    groupId: ' ',
    displayName: 'gx-b<run>',
    externalGroup: 'cn=g',
    origin: 'gx-<run>',
  }),
  post('maps a group by a blank name', { displayName: ' ', externalGroup: 'x' }),
  post('maps a group by an empty name', { displayName: '', externalGroup: 'x' }),
  post('maps a group by a name with a quote', { displayName: 'a"b', externalGroup: 'x' }),
  post('maps a group by a name with a filter', {
    displayName: 'x" or displayName eq "gx-b<run>',
    externalGroup: 'cn=h',
    origin: 'gx-<run>',
  }),
  post('maps a group by a name with a backslash', { displayName: 'a\\b', externalGroup: 'x' }),
  post('maps a group without id and name', { externalGroup: 'x' }),
  post('maps nothing', {}),
  post('maps a group with an unknown field', { ...group, externalGroup: 'x', unknown: 1 }),
  post('maps a group with an upper-case field', { GROUPID: '<gx-a-id>', externalGroup: 'x' }),
  post('maps a group with meta', {
    ...group,
    externalGroup: 'cn=i',
    origin: 'gx-<run>',
    id: 'x',
    externalId: 'e',
    meta: { version: 5 },
  }),
  post('maps a group with schemas', {
    ...group,
    externalGroup: 'cn=j',
    origin: 'gx-<run>',
    schemas: ['urn:scim:schemas:core:1.0'],
  }),
  post('maps a group with an unsupported schema', {
    ...group,
    externalGroup: 'cn=k',
    schemas: ['x'],
  }),
  post('maps a group with invalid meta', { ...group, externalGroup: 'cn=k', meta: { x: 1 } }),
  post('maps a list', []),
  post('maps a text', 'x'),
  post('maps no body', undefined, { body: '', headers: { 'content-type': 'application/json' } }),
  post('maps invalid JSON', undefined, {
    body: '{',
    headers: { 'content-type': 'application/json' },
  }),
  post('maps a form', undefined, { form: { groupId: 'x' } }),
  post('maps a group without a write scope', { ...group, externalGroup: 'x' }, { as: 'reader' }),
  post('maps a group without a write scope and an invalid body', [], { as: 'reader' }),
  post('maps a group with a wildcard', {
    ...group,
    externalGroup: 'gx<run>_%',
    origin: 'gx-<run>',
  }),
  post('maps a group that the wildcard matches', {
    ...group,
    externalGroup: 'gx<run>ab',
    origin: 'gx-<run>',
  }),
  post('maps a group with a wildcard again', {
    ...group,
    externalGroup: 'gx<run>_%',
    origin: 'gx-<run>',
  }),
  post('maps a group with a slash', { ...group, externalGroup: 'a/b', origin: 'gx-<run>' }),
  post('maps a group with special characters', {
    ...group,
    externalGroup: '\u00c4\u20ac"\'',
    origin: 'gx-<run>',
  }),
  post('a PUT of a mapping', group, { request: 'PUT /Groups/External' }),
  post(
    'a PATCH of mappings',
    {},
    { request: 'PATCH /Groups/External', headers: { 'if-match': '*' } },
  ),
  post('a POST to the list of mappings', group, { request: 'POST /Groups/External/list' }),
  post('a PUT to the list of mappings', group, { request: 'PUT /Groups/External/list' }),
  send('a DELETE of all mappings', 'DELETE /Groups/External'),
  send('a DELETE of the list of mappings', 'DELETE /Groups/External/list'),
  send(
    'shows a mapping',
    'GET /Groups/External/groupId/<gx-a-id>/externalGroup/cn=b/origin/gx-<run>',
  ),
  send('shows an unknown path', 'GET /Groups/External/x'),
  send('heads the mappings', 'HEAD /Groups/External?origin=gx-<run>'),
  send('lists mappings of the origin', 'GET /Groups/External?origin=gx-<run>'),
  send('lists mappings without a read scope', 'GET /Groups/External', { as: 'writer' }),
  send('lists mappings at the list path without a read scope', 'GET /Groups/External/list', {
    as: 'writer',
  }),
  { title: 'lists mappings without a token', request: 'GET /Groups/External' },
  remove(
    'removes a mapping by id and origin',
    'groupId/<gx-a-id>/externalGroup/cn=admins/origin/gx-<run>',
  ),
  remove('removes a removed mapping', 'groupId/<gx-a-id>/externalGroup/cn=admins/origin/gx-<run>'),
  remove(
    'removes a mapping by name and origin',
    'displayName/gx-a<run>/externalGroup/CN=B/origin/gx-<run>',
  ),
  remove(
    'removes a mapping by name in upper case',
    'displayName/GX-A<run>/externalGroup/cn=c/origin/gx-<run>',
  ),
  remove('removes a mapping by id', 'groupId/<gx-a-id>/externalGroup/cn=gx<run>'),
  remove('removes a mapping by name', 'displayName/gx-a<run>/externalGroup/cn=gy<run>'),
  remove('removes a mapping by an old id path', 'id/<gx-a-id>/cn=gz<run>'),
  remove('removes a mapping by an old name path', 'gx-a<run>/cn=g1<run>'),
  remove(
    'removes a mapping of another group',
    'groupId/<gx-b-id>/externalGroup/cn=d/origin/gx-<run>',
  ),
  remove('removes a mapping of another origin', 'groupId/<gx-a-id>/externalGroup/cn=d/origin/ldap'),
  remove(
    'removes a mapping with encoded spaces',
    'groupId/<gx-a-id>/externalGroup/%20cn=d%20/origin/gx-<run>',
  ),
  remove(
    'removes a mapping with a blank origin',
    'groupId/<gx-a-id>/externalGroup/cn=e/origin/%20',
  ),
  remove(
    'removes a mapping with a blank external group',
    'groupId/<gx-a-id>/externalGroup/%20/origin/gx-<run>',
  ),
  remove('removes a mapping with a blank group', 'groupId/%20/externalGroup/x/origin/gx-<run>'),
  remove('removes a mapping with a blank name', 'displayName/%20/externalGroup/x/origin/gx-<run>'),
  remove('removes a mapping with an empty origin', 'groupId/<gx-a-id>/externalGroup/cn=e/origin/'),
  remove(
    'removes a mapping with an empty external group',
    'groupId/<gx-a-id>/externalGroup//origin/gx-<run>',
  ),
  remove('removes a mapping of an unknown group', 'groupId/unknown/externalGroup/x/origin/y'),
  remove('removes a mapping of an unknown name', 'displayName/unknown/externalGroup/x/origin/y'),
  remove('removes a mapping of a name with a quote', 'displayName/a%22b/externalGroup/x/origin/y'),
  remove(
    'removes a mapping with a plus sign',
    'groupId/<gx-a-id>/externalGroup/a+b/origin/gx-<run>',
  ),
  remove(
    'removes a mapping with an encoded slash',
    'groupId/<gx-a-id>/externalGroup/a%2Fb/origin/gx-<run>',
  ),
  remove('removes a mapping with a slash', 'groupId/<gx-a-id>/externalGroup/a/b/origin/gx-<run>'),
  remove(
    'removes a mapping with a wildcard',
    'groupId/<gx-a-id>/externalGroup/gx<run>_b/origin/gx-<run>',
  ),
  remove(
    'removes a mapping with an ambiguous wildcard',
    'groupId/<gx-a-id>/externalGroup/cn_/origin/gx-<run>',
  ),
  remove('removes a mapping of an incomplete path', 'groupId/<gx-a-id>/externalGroup'),
  remove('removes a mapping of a path with an id only', 'groupId/<gx-a-id>'),
  remove('removes a mapping of a path with a name only', 'gx-a<run>'),
  remove('removes a mapping of a path with an old id only', 'id/<gx-a-id>'),
  remove('removes a mapping of a long path', 'a/b/c/d/e/f/g/h'),
  remove('removes a mapping of a path with three parts', 'a/b/c'),
  remove('removes a mapping without a write scope', 'id/<gx-a-id>/x', { as: 'reader' }),
  remove('removes a mapping with a dot', 'groupId/<gx-a-id>/externalGroup/a.b/origin/gx.y'),
  send('lists the remaining mappings', 'GET /Groups/External/list?filter=origin+eq+%22gx-<run>%22'),
]);
