import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { createGroup } from './list-steps.js';
import { adminToken, createUser, limitedToken } from './steps.js';

const patch = (
  title: string,
  json: unknown,
  headers: Readonly<Record<string, string | null>> = { 'if-match': '*' },
  extra: Partial<Exchange> = {},
): Exchange => ({
  title,
  request: 'PATCH /Groups/<gp-a-id>',
  as: 'admin',
  headers,
  json,
  ...extra,
});

const get = (title: string): Exchange => ({ title, request: 'GET /Groups/<gp-a-id>', as: 'admin' });

compareWithRecordings('groups-patch', [
  adminToken,
  limitedToken('reader', 'scim.read'),
  ...createUser('gp-user'),
  ...createUser('gp-other'),
  createGroup('gp-a', { description: 'first', members: [{ value: '<gp-user-id>' }] }),
  createGroup('gp-b'),
  patch('a PATCH without fields', {}),
  patch('a PATCH of the description', { description: 'second' }),
  patch('a PATCH of the description in upper case', { DESCRIPTION: 'third' }),
  patch('a PATCH of an empty description', { description: '' }),
  patch('a PATCH of a null description', { description: null }),
  patch('a PATCH of the name', { displayName: 'gp-c<run>' }),
  patch('a PATCH of the name of another group', { displayName: 'gp-b<run>' }),
  patch('a PATCH of the first name', { displayName: 'gp-a<run>' }),
  patch('a PATCH of a long name', { displayName: 'g'.repeat(256) }),
  patch('a PATCH of id and zone', { id: 'x', zoneId: 'x', externalId: 'x' }),
  patch('a PATCH without If-Match', { description: 'x' }, {}),
  patch('a PATCH without If-Match and an invalid body', [], {}),
  patch('a PATCH with an old version', { description: 'x' }, { 'if-match': '1' }),
  get('the group after a PATCH with an old version'),
  patch('a PATCH with a text as version', { description: 'x' }, { 'if-match': 'x' }),
  patch('a PATCH with an empty If-Match', { description: 'x' }, { 'if-match': '' }),
  patch('a PATCH that removes the description', { meta: { attributes: ['description'] } }),
  patch('a PATCH that removes the DESCRIPTION', { meta: { attributes: ['DESCRIPTION'] } }),
  patch('a PATCH that removes and sets the description', {
    meta: { attributes: ['description'] },
    description: 'new',
  }),
  patch('a PATCH that removes the name', { meta: { attributes: ['displayName'] } }),
  patch('a PATCH that removes and sets the name', {
    meta: { attributes: ['displayname'] },
    displayName: 'gp-a<run>',
  }),
  patch('a PATCH that removes the id', { meta: { attributes: ['id'] } }),
  patch('a PATCH that removes the zone', { meta: { attributes: ['zoneId'] } }),
  patch('a PATCH that removes an unknown attribute', { meta: { attributes: ['unknown'] } }),
  patch('a PATCH that removes an empty attribute', { meta: { attributes: [''] } }),
  patch('a PATCH that removes a null attribute', { meta: { attributes: [null] } }),
  patch('a PATCH that removes a number', { meta: { attributes: [5] } }),
  patch('a PATCH that removes an unknown attribute and the id', {
    meta: { attributes: ['id', 'unknown'] },
  }),
  patch('a PATCH that removes a member field', { meta: { attributes: ['members.value'] } }),
  patch('a PATCH that removes nothing', { meta: { attributes: [] } }),
  patch('a PATCH with null attributes', { meta: { attributes: null } }),
  patch('a PATCH with null meta', { meta: null }),
  patch('a PATCH with a version', { meta: { version: 1000 } }),
  patch('a PATCH of a new member', { members: [{ value: '<gp-other-id>' }] }),
  patch('a PATCH of an existing member', { members: [{ value: '<gp-other-id>', type: 'USER' }] }),
  patch('a PATCH of an existing member with another origin', {
    members: [{ value: '<gp-other-id>', type: 'USER', origin: 'ldap' }],
  }),
  patch('a PATCH of an existing member without a type', {
    members: [{ value: '<gp-user-id>' }],
  }),
  patch('a PATCH that deletes a member', {
    members: [{ value: '<gp-user-id>', operation: 'delete' }],
  }),
  patch('a PATCH that deletes a member again', {
    members: [{ value: '<gp-user-id>', operation: 'delete' }],
  }),
  patch('a PATCH that deletes an unknown member', {
    members: [{ value: 'unknown', operation: 'delete' }],
  }),
  patch('a PATCH that adds a member with an operation', {
    members: [{ value: '<gp-user-id>', operation: 'add' }],
  }),
  patch('a PATCH that DELETEs a member', {
    members: [{ value: '<gp-user-id>', operation: 'DELETE' }],
  }),
  patch('a PATCH with an operation in upper case', {
    members: [{ value: '<gp-user-id>', OPERATION: 'delete' }],
  }),
  patch('a PATCH with a null operation', {
    members: [{ value: '<gp-user-id>', operation: null }],
  }),
  patch('a PATCH with an operation with spaces', {
    members: [{ value: '<gp-user-id>', type: 'USER', operation: ' delete ' }],
  }),
  patch('a PATCH that deletes and adds a member', {
    members: [
      { value: '<gp-user-id>', operation: 'delete' },
      { value: '<gp-user-id>', type: 'USER' },
    ],
  }),
  patch('a PATCH that deletes the members', { meta: { attributes: ['members'] } }),
  patch('a PATCH that replaces the members', {
    meta: { attributes: ['MEMBERS'] },
    members: [{ value: '<gp-other-id>', type: 'USER' }],
  }),
  patch('a PATCH of an unknown member', { members: [{ value: 'unknown' }] }),
  get('the group after a PATCH of an unknown member'),
  patch('a PATCH of a member without a value', { members: [{ type: 'USER' }] }),
  patch('a PATCH of null members', { members: null }),
  patch('a PATCH of a null member', { members: [null] }),
  patch('a PATCH of empty members', { members: [] }),
  patch('a PATCH of a member with a lower-case type', {
    members: [{ value: '<gp-user-id>', type: 'user' }],
  }),
  patch('a PATCH of a nested group', { members: [{ value: '<gp-b-id>', type: 'GROUP' }] }),
  patch('a PATCH of itself as member', { members: [{ value: '<gp-a-id>', type: 'GROUP' }] }),
  get('the group after a PATCH of itself as member'),
  patch('a PATCH of a group as user', { members: [{ value: '<gp-b-id>', type: 'USER' }] }),
  patch('a PATCH of repeated members', {
    members: [
      { value: '<gp-other-id>', type: 'USER' },
      { value: '<gp-other-id>', type: 'USER' },
    ],
  }),
  get('the group after a PATCH of repeated members'),
  patch('a SCIM 2 PATCH', {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'add', path: 'members', value: [{ value: '<gp-user-id>' }] }],
  }),
  patch('a SCIM 2 PATCH without schemas', {
    Operations: [{ op: 'replace', path: 'description', value: 'x' }],
  }),
  patch(
    'a PATCH of an unknown group',
    {},
    { 'if-match': '*' },
    { request: 'PATCH /Groups/unknown' },
  ),
  patch(
    'a PATCH of an unknown group with a version',
    {},
    { 'if-match': '5' },
    {
      request: 'PATCH /Groups/unknown',
    },
  ),
  patch('a PATCH of all groups', {}, { 'if-match': '*' }, { request: 'PATCH /Groups' }),
  patch('a PATCH without write scopes', {}, { 'if-match': '*' }, { as: 'reader' }),
  patch(
    'a PATCH of the members route',
    {},
    { 'if-match': '*' },
    {
      request: 'PATCH /Groups/<gp-a-id>/members',
    },
  ),
  patch(
    'a PATCH without a body',
    undefined,
    {
      'if-match': '*',
      'content-type': 'application/json',
    },
    { body: '' },
  ),
  patch(
    'a JSON patch',
    undefined,
    {
      'if-match': '*',
      'content-type': 'application/json-patch+json',
    },
    { body: '[]' },
  ),
  patch(
    'a POST with a method override',
    {},
    { 'if-match': '*', 'x-http-method-override': 'PATCH' },
    {
      request: 'POST /Groups/<gp-a-id>',
    },
  ),
]);
