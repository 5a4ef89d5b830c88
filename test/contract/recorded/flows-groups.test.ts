import { compareWithRecordings } from './compare.js';
import { adminToken, createUser, limitedToken, userToken } from './steps.js';
import { clientToken, createClient } from './clients-steps.js';
import type { Exchange } from './exchange.js';

function scim(title: string, request: string, rest: Partial<Exchange> = {}): Exchange {
  return { title, request, as: 'admin', ...rest };
}
const any = { 'if-match': '*' };

compareWithRecordings('flows-groups', [
  adminToken,
  limitedToken('reader', 'scim.read'),
  limitedToken('writer', 'scim.write'),
  createClient('updater', { authorities: ['groups.update'] }),
  clientToken('updater'),
  createClient('zone', { authorities: ['scim.zones'] }),
  clientToken('zone'),
  {
    title: 'a zone is created',
    request: 'POST /identity-zones',
    as: 'admin',
    json: { id: 'zone<run>', subdomain: 'zone<run>', name: 'Zone' },
  },
  ...createUser('gia'),
  ...createUser('hal'),
  userToken('gia'),
  scim('a group of the documentation is created', 'POST /Groups', {
    as: 'writer',
    json: {
      displayName: 'Cooler Group Name for Create<run>',
      description: 'the cool group',
      members: [{ value: '<gia-id>', type: 'USER', origin: 'uaa' }],
    },
    save: { cool: 'id' },
  }),
  scim('a group with an id and metadata is created', 'POST /Groups', {
    json: {
      id: 'my-id',
      displayName: 'meta<run>',
      zoneId: 'other',
      meta: { version: 7, created: '2015-01-01T00:00:00.000Z' },
      schemas: ['urn:scim:schemas:core:1.0'],
    },
    save: { meta: 'id' },
  }),
  scim('a group with an unknown member is created', 'POST /Groups', {
    json: { displayName: 'unknown<run>', members: [{ value: 'nosuch', type: 'USER' }] },
  }),
  scim('a group with a member without a type is created', 'POST /Groups', {
    json: { displayName: 'untyped<run>', members: [{ value: '<gia-id>' }] },
  }),
  scim('a group with a member without a value is created', 'POST /Groups', {
    json: { displayName: 'novalue<run>', members: [{ type: 'USER' }] },
  }),
  scim('a group with a member of an unknown type is created', 'POST /Groups', {
    json: { displayName: 'badtype<run>', members: [{ value: '<gia-id>', type: 'ROBOT' }] },
  }),
  scim('a group with a member of a lower-case type is created', 'POST /Groups', {
    json: { displayName: 'lower<run>', members: [{ value: '<gia-id>', type: 'user' }] },
  }),
  scim('a group with a member with roles is created', 'POST /Groups', {
    json: {
      displayName: 'roles<run>',
      members: [{ value: '<gia-id>', type: 'USER', authorities: ['READ', 'WRITE'] }],
    },
  }),
  scim('a group with a nested group is created', 'POST /Groups', {
    json: { displayName: 'nested<run>', members: [{ value: '<cool>', type: 'GROUP' }] },
  }),
  scim('a group with a repeated member is created', 'POST /Groups', {
    json: {
      displayName: 'repeated<run>',
      members: [
        { value: '<gia-id>', type: 'USER' },
        { value: '<gia-id>', type: 'USER' },
      ],
    },
  }),
  scim('a group with an unknown attribute is created', 'POST /Groups', {
    json: { displayName: 'attr<run>', colour: 'red' },
  }),
  scim('a group with a long name is created', 'POST /Groups', {
    json: { displayName: `${'x'.repeat(255)}y` },
  }),
  scim('a group with an existing name in another case is created', 'POST /Groups', {
    json: { displayName: 'LOWER<run>' },
  }),
  scim('a group is created with scim.read', 'POST /Groups', {
    as: 'reader',
    json: { displayName: 'denied<run>' },
  }),
  scim('a group is created by a user', 'POST /Groups', {
    as: 'gia',
    json: { displayName: 'denied<run>' },
  }),
  scim('a group is created without a body', 'POST /Groups', {
    headers: { 'content-type': 'application/json' },
  }),
  scim('a group is created with XML', 'POST /Groups', {
    body: '<group/>',
    headers: { 'content-type': 'application/xml' },
  }),

  scim('a group is read', 'GET /Groups/<cool>', { as: 'reader' }),
  scim('a group is read with groups.update', 'GET /Groups/<cool>', { as: 'updater' }),
  scim('a group is read by a member', 'GET /Groups/<cool>', { as: 'gia' }),
  scim('a group is read without a token', 'GET /Groups/<cool>'),
  scim('an unknown group is read', 'GET /Groups/nosuch'),
  scim(
    'groups are listed by a filter of the documentation',
    'GET /Groups?filter=id+eq+%22<cool>%22+or+displayName+eq+%22meta<run>%22&sortBy=lastModified&count=50&sortOrder=descending&startIndex=1',
  ),
  scim(
    'a group is listed by the description',
    'GET /Groups?filter=description+eq+%22the+cool+group%22+and+id+eq+%22<cool>%22',
  ),
  scim('a group is listed by a member', 'GET /Groups?filter=members.value+eq+%22<gia-id>%22'),
  scim(
    'a group is listed with some attributes',
    'GET /Groups?attributes=displayName,meta.version,nosuch&filter=id+eq+%22<cool>%22',
  ),
  scim(
    'a group is listed with attributes of members',
    'GET /Groups?attributes=members.value,id&filter=id+eq+%22<cool>%22',
  ),
  scim(
    'groups are listed with a filter that is not valid',
    'GET /Groups?filter=blabla+eq+%22test%22',
  ),
  scim('groups are listed with a broken filter', 'GET /Groups?filter=displayName'),
  scim(
    'groups are listed with an unknown sortBy',
    'GET /Groups?sortBy=nosuch&filter=id+eq+%22<cool>%22',
  ),
  scim(
    'groups are listed with a negative start',
    'GET /Groups?startIndex=-1&filter=id+eq+%22<cool>%22',
  ),
  scim('groups are listed with a word as a count', 'GET /Groups?count=ten'),
  scim('groups are listed by a user', 'GET /Groups', { as: 'gia' }),
  scim('groups are listed with groups.update', 'GET /Groups?filter=id+eq+%22<cool>%22', {
    as: 'updater',
  }),

  scim('a group is replaced', 'PUT /Groups/<cool>', {
    headers: { 'if-match': '0' },
    json: {
      displayName: 'cool<run>',
      description: 'new',
      members: [{ value: '<hal-id>', type: 'USER', origin: 'uaa' }],
    },
  }),
  scim('a group is replaced with an old version', 'PUT /Groups/<cool>', {
    headers: { 'if-match': '0' },
    json: { displayName: 'cool<run>' },
  }),
  scim('a group is replaced without If-Match', 'PUT /Groups/<cool>', {
    json: { displayName: 'cool<run>' },
  }),
  scim('a group is replaced with a word as a version', 'PUT /Groups/<cool>', {
    headers: { 'if-match': 'x' },
    json: { displayName: 'cool<run>' },
  }),
  scim('a group is replaced with groups.update', 'PUT /Groups/<cool>', {
    as: 'updater',
    headers: any,
    json: {
      displayName: 'cool<run>',
      members: [
        { value: '<gia-id>', type: 'USER' },
        { value: '<meta>', type: 'GROUP' },
      ],
    },
  }),
  scim('a group is replaced without a name', 'PUT /Groups/<cool>', {
    headers: any,
    json: { description: 'x' },
  }),
  scim('a group is replaced with a name in use', 'PUT /Groups/<cool>', {
    headers: any,
    json: { displayName: 'meta<run>' },
  }),
  scim('a group is replaced with an unknown member', 'PUT /Groups/<cool>', {
    headers: any,
    json: { displayName: 'cool<run>', members: [{ value: 'nosuch', type: 'USER' }] },
  }),
  scim('an unknown group is replaced', 'PUT /Groups/nosuch', {
    headers: any,
    json: { displayName: 'x' },
  }),
  scim('a group is replaced by a member', 'PUT /Groups/<cool>', {
    as: 'gia',
    headers: any,
    json: { displayName: 'cool<run>' },
  }),
  scim('a group is patched as in the documentation', 'PATCH /Groups/<cool>', {
    headers: any,
    json: {
      displayName: 'cool2<run>',
      description: 'patched',
      meta: { attributes: ['description'] },
      members: [
        { operation: 'delete', value: '<gia-id>' },
        { value: '<hal-id>', type: 'USER' },
      ],
    },
  }),
  scim('all members are removed by a patch', 'PATCH /Groups/<cool>', {
    headers: any,
    json: { meta: { attributes: ['members'] } },
  }),
  scim('an unknown attribute is removed by a patch', 'PATCH /Groups/<cool>', {
    headers: any,
    json: { meta: { attributes: ['nosuch'] } },
  }),
  scim('an unknown member is removed by a patch', 'PATCH /Groups/<cool>', {
    headers: any,
    json: { members: [{ operation: 'delete', value: 'nosuch' }] },
  }),
  scim('the name is removed by a patch', 'PATCH /Groups/<cool>', {
    headers: any,
    json: { meta: { attributes: ['displayName'] } },
  }),
  scim('an empty patch', 'PATCH /Groups/<cool>', { headers: any, json: {} }),
  scim('a patch without If-Match', 'PATCH /Groups/<cool>', { json: {} }),
  scim('a patch of an unknown group', 'PATCH /Groups/nosuch', { headers: any, json: {} }),
  scim('a patch with scim.read', 'PATCH /Groups/<cool>', { as: 'reader', headers: any, json: {} }),

  scim('a member is added with scim.write', 'POST /Groups/<cool>/members', {
    as: 'writer',
    json: { value: '<gia-id>', type: 'USER', origin: 'uaa' },
  }),
  scim('a member is added without a type', 'POST /Groups/<cool>/members', {
    json: { value: '<hal-id>' },
  }),
  scim('a member without a value is added', 'POST /Groups/<cool>/members', {
    json: { type: 'USER' },
  }),
  scim('an unknown member is added', 'POST /Groups/<cool>/members', {
    json: { value: 'nosuch', type: 'USER' },
  }),
  scim('a member of an unknown type is added', 'POST /Groups/<cool>/members', {
    json: { value: '<hal-id>', type: 'x' },
  }),
  scim('a member is added to an unknown group', 'POST /Groups/nosuch/members', {
    json: { value: '<hal-id>', type: 'USER' },
  }),
  scim('a group is added as a user', 'POST /Groups/<cool>/members', {
    json: { value: '<meta>', type: 'USER' },
  }),
  scim('a group is added as a member', 'POST /Groups/<cool>/members', {
    json: { value: '<meta>', type: 'GROUP', origin: 'ldap' },
  }),
  scim('members of a user are added', 'POST /Groups/<cool>/members', {
    as: 'gia',
    json: { value: '<hal-id>', type: 'USER' },
  }),
  scim('members are listed', 'GET /Groups/<cool>/members', { as: 'reader' }),
  scim('members are listed with entities', 'GET /Groups/<meta>/members?returnEntities=true', {
    as: 'reader',
  }),
  scim('members are listed with a filter', 'GET /Groups/<cool>/members?filter=origin+eq+%22uaa%22'),
  scim('members of an unknown group are listed', 'GET /Groups/nosuch/members'),
  scim('members are replaced', 'PUT /Groups/<cool>/members', {
    json: [{ value: '<hal-id>', type: 'USER' }],
  }),
  scim('one member is read by a user', 'GET /Groups/<cool>/members/<gia-id>', { as: 'gia' }),
  scim('one member is read', 'GET /Groups/<cool>/members/<gia-id>'),
  scim('one member of an unknown group is read', 'GET /Groups/nosuch/members/<gia-id>'),
  scim('one member is removed', 'DELETE /Groups/<cool>/members/<gia-id>', { as: 'writer' }),
  scim('one member of an unknown group is removed', 'DELETE /Groups/nosuch/members/<gia-id>'),
  scim('an unknown member is removed', 'DELETE /Groups/<cool>/members/nosuch'),

  scim('a zone group is created', 'POST /Groups/zones', {
    as: 'zone',
    json: {
      displayName: 'zones.zone<run>.admin',
      members: [{ value: '<gia-id>', type: 'USER', origin: 'uaa' }],
    },
  }),
  scim('a zone group with an unknown name is created', 'POST /Groups/zones', {
    as: 'zone',
    json: { displayName: 'zones.zone<run>.nosuch', members: [{ value: '<gia-id>' }] },
  }),
  scim('a zone group is created by the client admin', 'POST /Groups/zones', {
    json: { displayName: 'zones.nosuch<run>.admin', members: [{ value: '<gia-id>' }] },
  }),
  scim('a zone group without members is created', 'POST /Groups/zones', {
    as: 'zone',
    json: { displayName: 'zones.zone<run>.admin' },
  }),
  scim('a member of a zone group is removed', 'DELETE /Groups/zones/<gia-id>/zone<run>/admin', {
    as: 'zone',
  }),
  scim(
    'a member of a zone group with a scope is removed',
    'DELETE /Groups/zones/<gia-id>/zone<run>/clients/read',
    { as: 'zone' },
  ),

  scim('a mapping by id is created', 'POST /Groups/External', {
    as: 'writer',
    json: { groupId: '<cool>', externalGroup: 'External Group<run>', origin: 'ldap' },
  }),
  scim('a mapping by name is created', 'POST /Groups/External', {
    json: { displayName: 'meta<run>', externalGroup: 'second<run>', origin: 'uaa' },
  }),
  scim('a mapping without a group is created', 'POST /Groups/External', {
    json: { externalGroup: 'x', origin: 'ldap' },
  }),
  scim('a mapping without an external group is created', 'POST /Groups/External', {
    json: { groupId: '<cool>', origin: 'ldap' },
  }),
  scim('a mapping with an empty external group is created', 'POST /Groups/External', {
    json: { groupId: '<cool>', externalGroup: '', origin: 'ldap' },
  }),
  scim('a mapping of an unknown id is created', 'POST /Groups/External', {
    json: { groupId: 'nosuch', externalGroup: 'x', origin: 'ldap' },
  }),
  scim('a mapping with both names is created', 'POST /Groups/External', {
    json: {
      groupId: '<cool>',
      displayName: 'meta<run>',
      externalGroup: 'both<run>',
      origin: 'ldap',
    },
  }),
  scim('a mapping with scim.read is created', 'POST /Groups/External', {
    as: 'reader',
    json: { groupId: '<cool>', externalGroup: 'x' },
  }),
  scim('a mapping with an unknown attribute is created', 'POST /Groups/External', {
    json: { groupId: '<cool>', externalGroup: 'x', colour: 'red' },
  }),
  scim(
    'mappings are listed by a filter',
    'GET /Groups/External?startIndex=1&count=50&filter=group_id+eq+%22<cool>%22+or+externalGroup+eq+%22second<run>%22',
  ),
  scim(
    'mappings are listed by the group name',
    'GET /Groups/External?filter=displayName+eq+%22meta<run>%22',
    { as: 'reader' },
  ),
  scim(
    'mappings are listed by an external group',
    'GET /Groups/External?externalGroup=second<run>',
  ),
  scim(
    'mappings are listed by an origin and an external group',
    'GET /Groups/External?origin=uaa&externalGroup=second<run>',
  ),
  scim('mappings are listed with a broken filter', 'GET /Groups/External?filter=nosuch+eq+%22x%22'),
  scim('mappings are listed by a user', 'GET /Groups/External', { as: 'gia' }),
  scim(
    'a mapping is removed by id',
    'DELETE /Groups/External/groupId/<cool>/externalGroup/External%20Group<run>/origin/ldap',
  ),
  scim(
    'a mapping is removed by id with the deprecated path',
    'DELETE /Groups/External/id/<cool>/both<run>',
  ),
  scim(
    'a mapping is removed by name with the deprecated path',
    'DELETE /Groups/External/meta<run>/second<run>',
  ),
  scim(
    'a mapping is removed by name',
    'DELETE /Groups/External/displayName/meta<run>/externalGroup/second<run>/origin/uaa',
  ),
  scim(
    'a mapping of an unknown name is removed',
    'DELETE /Groups/External/displayName/nosuch<run>/externalGroup/second<run>/origin/uaa',
  ),
  scim(
    'a mapping is removed with scim.read',
    'DELETE /Groups/External/displayName/meta<run>/externalGroup/second<run>/origin/uaa',
    { as: 'reader' },
  ),

  scim('a group is removed with an old version', 'DELETE /Groups/<meta>', {
    headers: { 'if-match': '12' },
  }),
  scim('a group is removed with a word as a version', 'DELETE /Groups/<meta>', {
    headers: { 'if-match': 'abc' },
  }),
  scim('a group is removed with groups.update', 'DELETE /Groups/<meta>', {
    as: 'updater',
    headers: any,
  }),
  scim('a group is removed', 'DELETE /Groups/<meta>', { headers: any }),
  scim('a group is removed without If-Match', 'DELETE /Groups/<cool>'),
  scim('an unknown group is removed', 'DELETE /Groups/nosuch'),
]);
