import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { createGroup } from './list-steps.js';
import { adminToken, createUser, limitedToken } from './steps.js';

const put = (
  title: string,
  ifMatch: string | null,
  json: unknown,
  extra: Partial<Exchange> = {},
): Exchange => ({
  title,
  request: 'PUT /Groups/<gu-a-id>',
  as: 'admin',
  headers: { 'if-match': ifMatch },
  json,
  ...extra,
});

const get = (title: string, path = '/Groups/<gu-a-id>'): Exchange => ({
  title,
  request: `GET ${path}`,
  as: 'admin',
});

const name = { displayName: 'gu-a<run>' };

compareWithRecordings('groups-update', [
  adminToken,
  limitedToken('reader', 'scim.read'),
  ...createUser('gu-user'),
  ...createUser('gu-other'),
  createGroup('gu-a', { description: 'first', members: [{ value: '<gu-user-id>' }] }),
  createGroup('gu-b'),
  put('a PUT of a description', '*', { ...name, description: 'second' }),
  put('a PUT without If-Match', null, name),
  put('a PUT without If-Match and an invalid body', null, []),
  put('a PUT with an empty If-Match', '', name),
  put('a PUT with a blank If-Match', ' ', name),
  put('a PUT with the version', '1', name),
  put('a PUT with the version in quotes', '"2"', name),
  put('a PUT with a version in many quotes', '"""3""', name),
  put('a PUT with an open quote', '"4', name),
  put('a PUT with a quote at the end', '5"', name),
  put('a PUT with spaces', '  6  ', name),
  put('a PUT with spaces in quotes', '" 7 "', name),
  put('a PUT with a plus sign', '+7', name),
  put('a PUT with a quoted wildcard', '"*"', name),
  put('a PUT with two wildcards', '**', name),
  put('a PUT with a weak version', 'W/"9"', name),
  put('a PUT with two versions', '"8", "9"', name),
  put('a PUT with a text as version', 'abc', name),
  put('a PUT with a fraction as version', '9.0', name),
  put('a PUT with a version that is too large', '99999999999', name),
  put('a PUT with an old version', '1', name),
  get('the group after a PUT with an old version'),
  put('a PUT with a future version', '1000', name),
  put('a PUT with a negative version', '-1', name),
  get('the group after the PUTs'),
  put('a PUT of a missing name', '*', { description: 'x' }),
  put('a PUT of a null name', '*', { displayName: null }),
  put('a PUT of another name', '*', { displayName: 'gu-c<run>' }),
  put('a PUT of a name in another case', '*', { displayName: 'GU-A<run>' }),
  put('a PUT of the name of another group', '*', { displayName: 'gu-b<run>' }),
  put('a PUT of the name of another group in upper case', '*', { displayName: 'GU-B<run>' }),
  put('a PUT of the name of another group with an old version', '1', { displayName: 'gu-b<run>' }),
  put('a PUT of a long name', '*', { displayName: 'g'.repeat(256) }),
  put('a PUT of a long description', '*', { ...name, description: 'g'.repeat(256) }),
  put('a PUT of the first name', '*', name),
  put('a PUT of fields in upper case', '*', { DISPLAYNAME: 'gu-a<run>', DESCRIPTION: 'x' }),
  put('a PUT of an id, a zone and a version', '*', {
    ...{ ...name, id: 'x', zoneId: 'x', externalId: 'x' },
    meta: { version: 1000, created: '2018-01-01T00:00:00.000Z' },
  }),
  put('a PUT of meta attributes', '*', { ...name, meta: { attributes: ['description'] } }),
  put('a PUT of an unsupported schema', '*', { ...name, schemas: ['x'] }),
  put('a PUT of null meta', '*', { ...name, meta: null }),
  put('a PUT of a member', '*', { ...name, members: [{ value: '<gu-user-id>' }] }),
  put('a PUT of the same member', '*', { ...name, members: [{ value: '<gu-user-id>' }] }),
  put('a PUT of the same member with a type', '*', {
    ...name,
    members: [{ value: '<gu-user-id>', type: 'USER' }],
  }),
  put('a PUT of the same member with another origin', '*', {
    ...name,
    members: [{ value: '<gu-user-id>', type: 'USER', origin: 'ldap' }],
  }),
  put('a PUT of two members', '*', {
    ...name,
    members: [
      { value: '<gu-user-id>', type: 'USER' },
      { value: '<gu-other-id>', type: 'USER' },
    ],
  }),
  put('a PUT of a repeated new member', '*', {
    ...name,
    members: [
      { value: '<gu-b-id>', type: 'GROUP' },
      { value: '<gu-b-id>', type: 'GROUP' },
    ],
  }),
  get('the group after a PUT of a repeated member'),
  put('a PUT of an unknown member', '*', {
    ...name,
    members: [{ value: '<gu-user-id>', type: 'USER' }, { value: 'unknown' }],
  }),
  get('the group after a PUT of an unknown member'),
  put('a PUT of an unknown group as member', '*', {
    ...name,
    members: [{ value: 'unknown', type: 'GROUP' }],
  }),
  put('a PUT of the group as its own member', '*', {
    ...name,
    members: [{ value: '<gu-a-id>', type: 'GROUP' }],
  }),
  get('the group after a PUT of itself as member'),
  put('a PUT of a member without a value', '*', { ...name, members: [{}] }),
  put('a PUT of a member with an empty origin', '*', {
    ...name,
    members: [{ value: '<gu-other-id>', origin: '' }],
  }),
  put('a PUT of a null member', '*', { ...name, members: [null] }),
  put('a PUT of a member with the operation delete', '*', {
    ...name,
    members: [{ value: '<gu-user-id>', operation: 'delete' }],
  }),
  put('a PUT of null members', '*', { ...name, members: null }),
  get('the group after a PUT of null members'),
  put('a PUT of empty members', '*', { ...name, members: [] }),
  put('a PUT to an unknown group', '*', name, { request: 'PUT /Groups/unknown' }),
  put('a PUT to an unknown group with a version', '1', name, { request: 'PUT /Groups/unknown' }),
  put('a PUT to an unknown group without If-Match', null, name, { request: 'PUT /Groups/unknown' }),
  put('a PUT to an unknown group with an invalid If-Match', 'x', name, {
    request: 'PUT /Groups/unknown',
  }),
  put('a PUT to an unknown group with an invalid body', '*', [], {
    request: 'PUT /Groups/unknown',
  }),
  put('a PUT without write scopes', '*', name, { as: 'reader' }),
  put('a PUT to all groups', '*', name, { request: 'PUT /Groups' }),
  put('a PUT without a body', '*', undefined, { body: '' }),
  put('a PUT of text', '*', undefined, {
    body: 'x',
    headers: { 'content-type': 'text/plain', 'if-match': '*' },
  }),
  put('a PUT to a default group', '*', { displayName: 'x' }, { request: 'PUT /Groups/uaa.user' }),
]);
