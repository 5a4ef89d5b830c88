import { beforeAll, describe, expect, test } from '@jest/globals';
import { createHarness, type Call, type Harness } from '../harness.js';

let uaa: Harness;
let token: string;
let dana: string;
beforeAll(async () => {
  uaa = await createHarness();
  token = await uaa.clientToken();
  dana = await findId('Users', 'userName eq "dana"');
});

const admin = (method: string, target: string, options: Call = {}) =>
  uaa.call(method, target, { token, ...options });

async function findId(resource: string, filter: string): Promise<string> {
  const { body } = await admin(
    'GET',
    `/${resource}?filter=${encodeURIComponent(filter)}&attributes=id`,
  );
  return /"id":"([^"]+)"/.exec(body)?.[1] ?? '';
}

const create = async (displayName: string, more: Record<string, unknown> = {}) =>
  String((await admin('POST', '/Groups', { json: { displayName, ...more } })).json['id']);

const member = (value: string, type = 'USER') => ({ value, type, origin: 'uaa' });
const anyVersion = { 'if-match': '*' };

describe('a group', () => {
  test('is created with members and returned', async () => {
    const json = { displayName: 'g.new', description: 'd', members: [{ value: dana }] };
    const response = await admin('POST', '/Groups', { json });
    expect(response).toMatchObject({
      status: 201,
      headers: { etag: '"0"' },
      json: {
        displayName: 'g.new',
        description: 'd',
        zoneId: 'uaa',
        members: [member(dana)],
        meta: { version: 0 },
        schemas: ['urn:scim:schemas:core:1.0'],
      },
    });
  });

  test('with a name that exists is rejected, but names are case-sensitive', async () => {
    await create('g.same');
    expect(await admin('POST', '/Groups', { json: { displayName: 'g.same' } })).toMatchObject({
      status: 409,
      json: {
        error: 'scim_resource_already_exists',
        message: 'A group with displayName: g.same already exists.',
      },
    });
    expect((await admin('POST', '/Groups', { json: { displayName: 'G.same' } })).status).toBe(201);
  });

  test('is not created with an unknown member', async () => {
    const json = { displayName: 'g.bad', members: [{ value: 'unknown-user' }] };
    expect(await admin('POST', '/Groups', { json })).toMatchObject({
      status: 400,
      json: { error: 'invalid_scim_resource', message: 'Invalid group member: unknown-user' },
    });
    expect(await findId('Groups', 'displayName eq "g.bad"')).toBe('');
  });

  test('loses all members with a PUT without members', async () => {
    const id = await create('g.put', { members: [{ value: dana }] });
    const put = (json: unknown, headers: Record<string, string> = anyVersion) =>
      admin('PUT', `/Groups/${id}`, { json, headers });
    expect(await put({ displayName: 'g.put' }, {})).toMatchObject({
      status: 400,
      json: { message: 'Missing If-Match for PUT' },
    });
    expect(await put({ displayName: 'g.put' })).toMatchObject({
      status: 200,
      headers: { etag: '"1"' },
      json: { members: [] },
    });
    expect(await put({ displayName: 'openid' })).toMatchObject({
      status: 400,
      json: { message: 'A group with displayName: openid already exists' },
    });
    expect(await put({ displayName: 'g.put' }, { 'if-match': '7' })).toMatchObject({
      status: 409,
      headers: { etag: '"1"' },
      json: { error: 'scim', message: 'Incorrect result size: expected 1, actual 0' },
    });
    expect((await admin('GET', `/Groups/${id}`)).json).toMatchObject({ meta: { version: 2 } });
    expect(await put({ displayName: 'g.put', members: [{ value: 'unknown-user' }] })).toMatchObject(
      {
        status: 400,
        json: { error: 'scim', message: 'User unknown-user does not exist' },
      },
    );
  });

  test('adds and removes single members with PATCH', async () => {
    const id = await create('g.patch');
    const patch = async (json: unknown) =>
      (await admin('PATCH', `/Groups/${id}`, { json, headers: anyVersion })).json;
    expect(await patch({ members: [{ value: dana }] })).toMatchObject({ members: [member(dana)] });
    expect(await patch({ description: 'x' })).toMatchObject({
      displayName: 'g.patch',
      description: 'x',
      members: [member(dana)],
    });
    expect(await patch({ members: [{ value: dana, operation: 'delete' }] })).toMatchObject({
      members: [],
    });
    expect(await patch({ meta: { attributes: ['description'] } })).not.toHaveProperty(
      'description',
    );
    expect(await patch({ meta: { attributes: ['id'] } })).toMatchObject({
      error: 'scim',
      message: 'Cannot delete or change ID',
    });
  });

  test('is removed from its parent groups when it is deleted', async () => {
    const inner = await create('g.inner');
    const outer = await create('g.outer', { members: [{ value: inner, type: 'GROUP' }] });
    const headers = { 'if-match': '9' };
    expect(await admin('DELETE', `/Groups/${inner}`, { headers })).toMatchObject({
      status: 409,
      json: { message: `error deleting group: ${inner}` },
    });
    expect((await admin('DELETE', `/Groups/${inner}`)).json).toMatchObject({
      displayName: 'g.inner',
    });
    expect((await admin('GET', `/Groups/${outer}`)).json).toMatchObject({ members: [] });
    expect(await admin('GET', `/Groups/${inner}`)).toMatchObject({
      status: 404,
      json: {
        error: 'scim_resource_not_found',
        message: `Group ${inner} does not exist`,
      },
    });
  });
});

describe('a group member', () => {
  const add = (group: string, json: unknown) => admin('POST', `/Groups/${group}/members`, { json });

  test('can be added once, and gets the scope with the next token', async () => {
    const id = await findId('Groups', 'displayName eq "pks.clusters.manage"');
    expect((await uaa.login('dana')).json['scope']).toBe('openid');
    expect(await add(id, { value: dana })).toMatchObject({ status: 201, json: member(dana) });
    expect(
      String((await uaa.login('dana')).json['scope'])
        .split(' ')
        .sort(),
    ).toEqual(['openid', 'pks.clusters.manage']);
    expect(await add(id, { value: dana })).toMatchObject({
      status: 409,
      json: {
        error: 'member_already_exists',
        message: `${dana} is already part of the group: ${id}`,
      },
    });
  });

  test('can be removed once, and tokens with the scope become invalid', async () => {
    const id = await findId('Groups', 'displayName eq "pks.clusters.admin.read"');
    await add(id, { value: dana });
    const { json } = await uaa.login('dana');
    const path = `/Groups/${id}/members/${dana}`;
    expect(await admin('GET', path)).toMatchObject({ status: 200, json: member(dana) });
    expect(await admin('DELETE', path)).toMatchObject({ status: 200, json: member(dana) });
    expect(await admin('DELETE', path)).toMatchObject({
      status: 404,
      json: {
        error: 'member_not_found',
        message: `Member ${dana} does not exist in group ${id}`,
      },
    });
    const used = await uaa.call('GET', '/userinfo', { token: String(json['access_token']) });
    expect(used.json['error_description']).toBe(
      'Some required &quot;scope&quot; are missing: [pks.clusters.admin.read]',
    );
  });

  test('cannot be added to a default group, which includes all users', async () => {
    const id = await findId('Groups', 'displayName eq "openid"');
    expect(await add(id, { value: dana })).toMatchObject({
      status: 409,
      json: {
        error: 'member_already_exists',
        message: 'Trying to add member to default group',
      },
    });
    expect((await admin('GET', `/Groups/${id}/members`)).body).toBe('[]');
  });

  test.each<[string, () => Promise<unknown>, number, string]>([
    [
      'an unknown user',
      async () => ({ value: 'unknown-user' }),
      404,
      'User unknown-user does not exist',
    ],
    [
      'an unknown group',
      async () => ({ value: 'unknown-user', type: 'GROUP' }),
      404,
      'Group unknown-user does not exist',
    ],
    [
      'empty',
      async () => ({}),
      400,
      'group-id, member-id, origin and member-type must be non-empty',
    ],
    [
      'the group itself',
      async () => ({ value: await findId('Groups', 'displayName eq "scim.read"'), type: 'GROUP' }),
      400,
      'trying to nest group within itself, aborting',
    ],
  ])('that is %s is rejected', async (_case, json, status, message) => {
    const id = await findId('Groups', 'displayName eq "scim.read"');
    expect(await add(id, await json())).toMatchObject({ status, json: { message } });
  });

  test('of a nested group is in both groups, even if they contain each other', async () => {
    const inner = await create('n.inner', { members: [{ value: dana }] });
    const outer = await create('n.outer', { members: [{ value: inner, type: 'GROUP' }] });
    await add(inner, { value: outer, type: 'GROUP' });
    const { json } = await admin('GET', `/Users/${dana}`);
    expect(json['groups']).toEqual(
      expect.arrayContaining([
        { value: inner, display: 'n.inner', type: 'DIRECT' },
        { value: outer, display: 'n.outer', type: 'INDIRECT' },
      ]),
    );
  });

  test('is returned with its user if returnEntities is set', async () => {
    const id = await create('entities', { members: [{ value: dana }] });
    const { parsed } = await admin('GET', `/Groups/${id}/members?returnEntities=true`);
    expect(parsed).toMatchObject([{ value: dana, entity: { userName: 'dana' } }]);
    expect(parsed).not.toMatchObject([{ entity: { groups: [] } }]);
  });
});

test('other methods are rejected with 405', async () => {
  expect(await admin('PUT', '/Groups')).toMatchObject({
    status: 405,
    headers: { allow: 'POST, GET' },
    body: '{}',
  });
});
