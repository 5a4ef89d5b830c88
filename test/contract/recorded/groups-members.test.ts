import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { createGroup } from './list-steps.js';
import { adminToken, createUser, limitedToken } from './steps.js';

const members = '/Groups/<gm-a-id>/members';

const post = (title: string, json: unknown, extra: Partial<Exchange> = {}): Exchange => ({
  title,
  request: `POST ${members}`,
  as: 'admin',
  json,
  ...extra,
});

const send = (title: string, request: string, extra: Partial<Exchange> = {}): Exchange => ({
  title,
  request,
  as: 'admin',
  ...extra,
});

compareWithRecordings('groups-members', [
  adminToken,
  limitedToken('reader', 'scim.read'),
  limitedToken('writer', 'scim.write'),
  ...createUser('gm-user'),
  ...createUser('gm-other'),
  createGroup('gm-a'),
  createGroup('gm-b', { members: [{ value: '<gm-other-id>' }] }),
  send(
    'the id of uaa.user is found',
    'GET /Groups?filter=displayName+eq+%22uaa.user%22&attributes=id',
    {
      save: { 'uaa-user-id': 'resources.0.id' },
    },
  ),
  send('lists no members', `GET ${members}`),
  post('adds a user', { value: '<gm-user-id>', type: 'USER', origin: 'uaa' }),
  post('adds the same user', { value: '<gm-user-id>', type: 'USER', origin: 'uaa' }),
  post('adds the same user with another origin', { value: '<gm-user-id>', origin: 'ldap' }),
  post('adds the same id as a group', { value: '<gm-user-id>', type: 'GROUP' }),
  post('adds a user with a default type', { value: '<gm-other-id>' }),
  send('lists two members', `GET ${members}`),
  send('lists members and entities', `GET ${members}?returnEntities=true`),
  send('lists members with returnEntities=false', `GET ${members}?returnEntities=false`),
  send('lists members with returnEntities=TRUE', `GET ${members}?returnEntities=TRUE`),
  send('lists members with returnEntities=1', `GET ${members}?returnEntities=1`),
  send('lists members with returnEntities=yes', `GET ${members}?returnEntities=yes`),
  send('lists members with returnEntities=off', `GET ${members}?returnEntities=off`),
  send('lists members with returnEntities=x', `GET ${members}?returnEntities=x`),
  send('lists members with an empty returnEntities', `GET ${members}?returnEntities=`),
  send(
    'lists members with a repeated returnEntities',
    `GET ${members}?returnEntities=true&returnEntities=false`,
  ),
  send('lists members with a filter', `GET ${members}?filter=origin+eq+%22ldap%22`),
  send('lists members with an invalid filter', `GET ${members}?filter=x`),
  send('lists members with a count', `GET ${members}?count=1&startIndex=1`),
  send('lists members of an unknown group', 'GET /Groups/unknown/members'),
  send(
    'lists members of an unknown group with invalid parameters',
    'GET /Groups/unknown/members?returnEntities=x',
  ),
  send('lists members with a trailing slash', `GET ${members}/`),
  send('lists members without a read scope', `GET ${members}`, { as: 'writer' }),
  send('shows a member', `GET ${members}/<gm-user-id>`),
  send('shows a member with entities', `GET ${members}/<gm-user-id>?returnEntities=true`),
  send('shows an unknown member', `GET ${members}/unknown`),
  send('shows a member of an unknown group', 'GET /Groups/unknown/members/<gm-user-id>'),
  send('shows a member with a dot', `GET ${members}/a.b`),
  send('shows a member with a trailing slash', `GET ${members}/<gm-user-id>/`),
  send('shows a part of a member', `GET ${members}/<gm-user-id>/x`),
  post('puts a member', { value: 'x' }, { request: `PUT ${members}/<gm-user-id>` }),
  post('posts a member', { value: 'x' }, { request: `POST ${members}/<gm-user-id>` }),
  post('patches a member', { value: 'x' }, { request: `PATCH ${members}/<gm-user-id>` }),
  post('puts an unknown member', { value: 'x' }, { request: `PUT ${members}/unknown` }),
  post(
    'puts a member without write scopes',
    { value: 'x' },
    {
      request: `PUT ${members}/<gm-user-id>`,
      as: 'reader',
    },
  ),
  post('puts the members', [], { request: `PUT ${members}` }),
  post('patches the members', [], { request: `PATCH ${members}` }),
  send('deletes all members', `DELETE ${members}`),
  post('adds a nested group', { value: '<gm-b-id>', type: 'GROUP', origin: 'uaa' }),
  send('lists entities of groups', `GET ${members}?returnEntities=true`),
  post('adds the group to itself', { value: '<gm-a-id>', type: 'GROUP', origin: 'uaa' }),
  post('adds the group to itself as a user', { value: '<gm-a-id>' }),
  post(
    'adds the group to the nested one',
    { value: '<gm-a-id>', type: 'GROUP' },
    {
      request: 'POST /Groups/<gm-b-id>/members',
    },
  ),
  post('adds an unknown user', { value: 'unknown' }),
  post('adds an unknown group', { value: 'unknown', type: 'GROUP' }),
  post(
    'adds a user to an unknown group',
    { value: '<gm-user-id>' },
    {
      request: 'POST /Groups/unknown/members',
    },
  ),
  post(
    'adds an unknown user to an unknown group',
    { value: 'unknown' },
    {
      request: 'POST /Groups/unknown/members',
    },
  ),
  post(
    'adds the id of an unknown group to it',
    { value: 'unknown' },
    {
      request: 'POST /Groups/unknown/members',
    },
  ),
  post(
    'adds a user to a default group',
    { value: '<gm-user-id>' },
    {
      request: 'POST /Groups/<uaa-user-id>/members',
    },
  ),
  post(
    'adds an unknown user to a default group',
    { value: 'unknown' },
    {
      request: 'POST /Groups/<uaa-user-id>/members',
    },
  ),
  post('adds a member without a value', { type: 'USER' }),
  post('adds a member with an empty value', { value: '' }),
  post('adds a member with a blank value', { value: '  ' }),
  post('adds a member with a null value', { value: null }),
  post('adds a member with an empty origin', { value: '<gm-user-id>', origin: '' }),
  post('adds a member with a blank origin', { value: '<gm-user-id>', origin: ' ' }),
  post('adds a member with a null origin', { value: '<gm-user-id>', origin: null }),
  post('adds a member with a lower-case type', { value: '<gm-user-id>', type: 'user' }),
  post('adds a member with an unknown type', { value: '<gm-user-id>', type: 'CLIENT' }),
  post('adds a member with an object as type', { value: '<gm-user-id>', type: {} }),
  post('adds a member with a list as value', { value: ['<gm-user-id>'] }),
  post('adds a member with an unknown field', { value: '<gm-user-id>', unknown: 1 }),
  post('adds a member with an upper-case field', { Value: '<gm-user-id>' }),
  post('adds a member with an operation', { value: '<gm-user-id>', operation: 'delete' }),
  post('adds an empty member', {}),
  post('adds a list of members', [{ value: '<gm-user-id>' }]),
  post('adds a text', 'x'),
  post('adds null', null),
  post('adds an empty text', ''),
  post('adds no body', undefined, { body: '', headers: { 'content-type': 'application/json' } }),
  post('adds no body and no type', undefined),
  post('adds text', undefined, { body: 'x', headers: { 'content-type': 'text/plain' } }),
  post('adds invalid JSON', undefined, {
    body: '{',
    headers: { 'content-type': 'application/json' },
  }),
  post('adds a member without a write scope', { value: '<gm-other-id>' }, { as: 'reader' }),
  send('deletes a member without a write scope', `DELETE ${members}/<gm-user-id>`, {
    as: 'reader',
  }),
  send('deletes a member', `DELETE ${members}/<gm-user-id>`),
  send('deletes a deleted member', `DELETE ${members}/<gm-user-id>`),
  send('deletes an unknown member', `DELETE ${members}/unknown`),
  send('deletes a member of an unknown group', 'DELETE /Groups/unknown/members/unknown'),
  send('deletes a member of a default group', 'DELETE /Groups/<uaa-user-id>/members/<gm-user-id>'),
  send('deletes a member with a body', `DELETE ${members}/<gm-other-id>`, { json: { a: 1 } }),
  send('deletes a nested group', 'DELETE /Groups/<gm-b-id>'),
  send('lists members after the deletion', `GET ${members}`),
  send('deletes a user', 'DELETE /Users/<gm-other-id>'),
  send('heads the members', `HEAD ${members}`),
  send('OPTIONS of the members', `OPTIONS ${members}`),
]);
