import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { createGroup } from './list-steps.js';
import { adminToken, createUser } from './steps.js';

const send = (title: string, request: string, extra: Partial<Exchange> = {}): Exchange => ({
  title,
  request,
  as: 'admin',
  ...extra,
});

const create = (title: string, json: unknown): Exchange =>
  send(`a group is created with ${title}`, 'POST /Groups', { json });

/** Replaces the group of the updates. */
const put = (title: string, json: unknown, ifMatch: string | null = '*'): Exchange =>
  send(`a group is replaced with ${title}`, 'PUT /Groups/<gu-a-id>', {
    headers: { 'if-match': ifMatch },
    json,
  });

/** Changes the group of the patches. */
const patch = (title: string, json: unknown, ifMatch: string | null = '*'): Exchange =>
  send(`a group is patched: ${title}`, 'PATCH /Groups/<gp-a-id>', {
    headers: { 'if-match': ifMatch },
    json,
  });

const add = (title: string, json: unknown, group = '<gm-a-id>'): Exchange =>
  send(`a member is added: ${title}`, `POST /Groups/${group}/members`, { json });

const user = { value: '<user-id>', type: 'USER' };
const other = { value: '<other-id>', type: 'USER' };
const name = { displayName: 'gu-a<run>' };
const clear = (...attributes: readonly string[]) => ({ meta: { attributes } });

compareWithRecordings('groups', [
  adminToken,
  ...createUser('user'),
  ...createUser('other'),
  createGroup('gc-a'),
  create('a name in use', { displayName: 'gc-a<run>' }),
  create('a name in upper case', { displayName: 'GC-A<run>' }),
  create('all members', {
    ...{ id: 'own-id', externalId: 'external', zoneId: 'other', displayName: 'gc-b<run>' },
    description: 'A description',
    meta: { version: 3, created: '2018-01-01T00:00:00.000Z', attributes: ['x'] },
    schemas: ['urn:scim:schemas:core:1.0'],
    members: [{ ...user, origin: 'uaa' }],
  }),
  create('an unknown member', { displayName: 'gc-d<run>', unknown: { a: 1 } }),
  create('no name', { description: 'x' }),
  create('a list as a name', { displayName: ['gc'] }),
  create('a name that is too long', { displayName: 'g'.repeat(256) }),
  create('a description that is too long', {
    ...{ displayName: 'gc-g<run>', description: 'g'.repeat(300) },
  }),
  create('a member that does not exist', {
    displayName: 'gc-w<run>',
    members: [{ value: 'unknown' }],
  }),
  create('a group as a user', { displayName: 'gc-w<run>', members: [{ value: '<gc-a-id>' }] }),
  create('a member of an unknown type', {
    ...{ displayName: 'gc-w<run>', members: [{ value: '<user-id>', type: 'ROBOT' }] },
  }),
  create('a repeated member', { displayName: 'gc-x<run>', members: [user, user] }),
  create('members that are ids', { displayName: 'gc-y<run>', members: ['<user-id>'] }),
  create('a nested group', {
    ...{ displayName: 'gc-z<run>', members: [{ value: '<gc-a-id>', type: 'GROUP' }] },
  }),
  create('another schema', { displayName: 'gc-1<run>', schemas: ['urn:other'] }),
  send('a group is created with a form', 'POST /Groups', { form: { displayName: 'x' } }),
  send('a group is created without a body', 'POST /Groups', {
    headers: { 'content-type': 'application/json' },
  }),
  send('an unknown group', 'GET /Groups/unknown'),

  createGroup('gu-a', { description: 'first', members: [{ value: '<user-id>' }] }),
  createGroup('gu-b'),
  put('a description', { ...name, description: 'second' }),
  put('no If-Match', name, null),
  put('the version', name, '1'),
  put('the version in quotes', name, '"2"'),
  put('a word as the version', name, 'abc'),
  put('no name', { description: 'x' }),
  put('the name of another group', { displayName: 'gu-b<run>' }),
  put('other members', { ...name, members: [other, { value: '<gu-b-id>', type: 'GROUP' }] }),
  put('another name', { displayName: 'gu-c<run>' }),
  put('an old version', name, '0'),
  put('an unknown member', { ...name, members: [{ value: 'unknown', type: 'USER' }] }),
  { ...put('an unknown id', name), request: 'PUT /Groups/unknown' },

  createGroup('gp-a', { description: 'first', members: [{ value: '<user-id>' }] }),
  patch('nothing', {}),
  patch('the description', { description: 'second' }),
  patch('the name of another group', { displayName: 'gc-a<run>' }),
  patch('no If-Match', { description: 'x' }, null),
  patch('the description is removed', clear('description')),
  patch('the description is removed and set', { ...clear('DESCRIPTION'), description: 'new' }),
  patch('the name is removed', clear('displayName')),
  patch('the id is removed', clear('id')),
  patch('a new member', { members: [other] }),
  patch('a member is deleted', { members: [{ ...user, operation: 'delete' }] }),
  patch('an unknown member is deleted', { members: [{ value: 'unknown', operation: 'delete' }] }),
  patch('the members are replaced', { ...clear('MEMBERS'), members: [user] }),
  patch('the members are removed', clear('members')),
  patch('an unknown member', { members: [{ value: 'unknown' }] }),
  patch('an old version', { description: 'x' }, '0'),
  { ...patch('an unknown id', {}), request: 'PATCH /Groups/unknown' },

  createGroup('gm-a'),
  createGroup('gm-b', { members: [{ value: '<other-id>' }] }),
  send(
    'a default group is found',
    'GET /Groups?filter=displayName+eq+%22uaa.user%22&attributes=id',
    {
      save: { 'default-id': 'resources.0.id' },
    },
  ),
  send('no members', 'GET /Groups/<gm-a-id>/members'),
  add('a user', { ...user, origin: 'uaa' }),
  add('the same user', { ...user, origin: 'uaa' }),
  add('a user without a type', { value: '<other-id>' }),
  add('a group', { value: '<gm-b-id>', type: 'GROUP', origin: 'uaa' }),
  add('the group itself', { value: '<gm-a-id>', type: 'GROUP' }),
  add('an unknown user', { value: 'unknown' }),
  add('an unknown group', { value: 'unknown', type: 'GROUP' }),
  add('an unknown group gets a user', user, 'unknown'),
  add('a default group gets a user', user, '<default-id>'),
  add('no value', { type: 'USER' }),
  add('an empty origin', { ...user, origin: '' }),
  add('an unknown type', { value: '<user-id>', type: 'CLIENT' }),
  add('a list', [user]),
  send('the members', 'GET /Groups/<gm-a-id>/members'),
  send('the members with entities', 'GET /Groups/<gm-a-id>/members?returnEntities=true'),
  send('the members of an unknown group', 'GET /Groups/unknown/members'),
  send('a member', 'GET /Groups/<gm-a-id>/members/<user-id>'),
  send('an unknown member', 'GET /Groups/<gm-a-id>/members/unknown'),
  send('a member is removed', 'DELETE /Groups/<gm-a-id>/members/<user-id>'),
  send('a member is removed again', 'DELETE /Groups/<gm-a-id>/members/<user-id>'),
  send('a member of a default group is removed', 'DELETE /Groups/<default-id>/members/<user-id>'),
  send('a nested group is deleted', 'DELETE /Groups/<gm-b-id>'),
  send('a member is deleted', 'DELETE /Users/<other-id>'),
  send('the members after the deletions', 'GET /Groups/<gm-a-id>/members'),
  send('a group is deleted with an old version', 'DELETE /Groups/<gm-a-id>', {
    headers: { 'if-match': '12' },
  }),
  send('a group is deleted with a word as the version', 'DELETE /Groups/<gm-a-id>', {
    headers: { 'if-match': 'abc' },
  }),
  send('a group is deleted', 'DELETE /Groups/<gm-a-id>'),
  send('a group is deleted again', 'DELETE /Groups/<gm-a-id>'),
]);
