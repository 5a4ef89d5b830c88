import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHarness, type Answer, type Harness } from '../harness.js';

let uaa: Harness;
let token: string;
let groupId: string;
beforeAll(async () => {
  uaa = await createHarness();
  token = await uaa.clientToken();
});
beforeEach(async () => {
  const group = await uaa.call('POST', '/Groups', { token, json: { displayName: 'team.a' } });
  groupId = String(group.json['id']);
});
// Its mappings go with it.
afterEach(() => uaa.call('DELETE', `/Groups/${groupId}`, { token }));

const map = (body: object): Promise<Answer> =>
  uaa.call('POST', '/Groups/External', { token, json: body });
const unmap = (path: string): Promise<Answer> =>
  uaa.call('DELETE', `/Groups/External/${path}`, { token });
const list = (query: Record<string, string> = {}): Promise<Answer> =>
  uaa.call('GET', `/Groups/External?${new URLSearchParams(query).toString()}`, { token });
const names = async (query: Record<string, string> = {}): Promise<unknown> => {
  const { resources } = (await list(query)).json as {
    resources: { externalGroup: string; origin: string }[];
  };
  return resources.map(({ externalGroup, origin }) => `${externalGroup} of ${origin}`);
};

describe('mapping', () => {
  test('keeps the name in lower case and without blanks around it, and the origin as it is', async () => {
    const answer = await map({ displayName: 'team.a', externalGroup: '  CN=Dev ', origin: 'Okta' });
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({
      meta: { version: 0, created: expect.any(String), lastModified: expect.any(String) },
      groupId,
      displayName: 'team.a',
      externalGroup: 'cn=dev',
      origin: 'Okta',
      schemas: ['urn:scim:schemas:core:1.0'],
    });
  });

  test('is of ldap where no origin is named, and the id wins over the name', async () => {
    await map({ groupId, displayName: 'openid', externalGroup: 'x', origin: '' });
    await map({ groupId, externalGroup: 'y' });
    expect(await names()).toEqual(['x of ldap', 'y of ldap']);
    expect((await list()).json).toMatchObject({ resources: [{ displayName: 'team.a' }, {}] });
  });

  test('twice is one mapping and no failure', async () => {
    expect((await map({ groupId, externalGroup: 'x' })).status).toBe(201);
    expect((await map({ groupId, externalGroup: 'X' })).status).toBe(201);
    expect(await names()).toEqual(['x of ldap']);
  });

  test.each([
    [{ displayName: 'nope', externalGroup: 'x' }, 404, 'scim', 'Group not found:nope'],
    [{ groupId: 'nope', externalGroup: 'x' }, 404, 'scim', 'Group nope does not exist'],
    [{ externalGroup: 'x' }, 404, 'scim', 'Group not found, not name provided'],
    [
      { displayName: 'team.a', externalGroup: ' ' },
      412,
      'scim_resource_constraint_failed',
      'external group must not be null when mapping an external group',
    ],
    [
      { displayName: 'team.a' },
      412,
      'scim_resource_constraint_failed',
      'external group must not be null when mapping an external group',
    ],
  ])('refuses %j', async (body, status, error, message) => {
    expect(await map(body)).toMatchObject({ status, json: { error, message } });
    expect(await names()).toEqual([]);
  });

  test.each([
    [{ externalGroup: 'x'.repeat(256) }, 'EXTERNAL_GROUP'],
    [{ externalGroup: 'x', origin: 'o'.repeat(37) }, 'ORIGIN'],
  ])('has no room for what is too long', async (body, column) => {
    const { status, json } = await map({ groupId, ...body });
    expect(status).toBe(400);
    expect(json['message']).toContain(`column: ${column}`);
  });

  test('is written even where looking at it fails: an underscore fits another name', async () => {
    await map({ groupId, externalGroup: 'devxops' });
    expect(await map({ groupId, externalGroup: 'dev_ops' })).toMatchObject({
      status: 500,
      json: { error: 'scim', message: 'Unexpected error' },
    });
    expect(await names()).toEqual(['devxops of ldap', 'dev_ops of ldap']);
  });
});

describe('unmapping', () => {
  beforeEach(async () => {
    await map({ groupId, externalGroup: 'cn=dev ops' });
    await map({ groupId, externalGroup: 'cn=dev ops', origin: 'saml' });
  });
  const dn = encodeURIComponent('CN=Dev Ops');

  test.each([
    () => `groupId/${groupId}/externalGroup/${dn}/origin/ldap`,
    () => `displayName/team.a/externalGroup/${dn}/origin/ldap`,
    () => `groupId/${groupId}/externalGroup/${dn}`,
    () => `displayName/team.a/externalGroup/${dn}`,
    () => `id/${groupId}/${dn}`,
    () => `team.a/${dn}`,
  ])('takes out one, in any case, by %s', async (path) => {
    expect(await unmap(path())).toMatchObject({
      status: 200,
      json: { groupId, externalGroup: 'cn=dev ops', origin: 'ldap' },
    });
    expect(await names()).toEqual(['cn=dev ops of saml']);
  });

  test.each([
    [() => `groupId/${groupId}/externalGroup/Nope/origin/ldap`, /external group Nope does not/],
    [() => `groupId/${groupId}/externalGroup/${dn}/origin/LDAP`, /does not exist$/],
    [() => `groupId/nope/externalGroup/${dn}/origin/ldap`, /^Group nope does not exist$/],
    [() => `displayName/nope/externalGroup/${dn}/origin/ldap`, /^Group not found:nope$/],
    [() => `groupId/${groupId}/externalGroup/cn=dev_ops/origin/ldap`, /^No group mappings deleted/],
  ])('finds nothing at %s', async (path, message) => {
    const { status, json } = await unmap(path());
    expect([status, json['error']]).toEqual([404, 'scim']);
    expect(json['message']).toMatch(message);
    expect(await names()).toHaveLength(2);
  });

  test('fails where an underscore fits several', async () => {
    await map({ groupId, externalGroup: 'cn=dev_ops' });
    const answer = await unmap(`groupId/${groupId}/externalGroup/cn=dev_ops/origin/ldap`);
    expect(answer.status).toBe(500);
    expect(await names()).toHaveLength(3);
  });

  test('has no route for a line break', async () => {
    const answer = await unmap(`groupId/${groupId}/externalGroup/a%0Ab/origin/ldap`);
    expect(answer.status).toBe(405);
  });

  test('goes with the group', async () => {
    await uaa.call('DELETE', `/Groups/${groupId}`, { token });
    expect(await names()).toEqual([]);
  });
});

describe('a list', () => {
  beforeEach(async () => {
    for (const externalGroup of ['a', 'b']) await map({ groupId, externalGroup });
    await map({ groupId, externalGroup: 'a', origin: 'saml' });
  });

  test.each([
    [{ origin: 'ldap' }, ['a of ldap', 'b of ldap']],
    [{ origin: 'LDAP' }, []],
    [{ externalGroup: 'a' }, ['a of ldap', 'a of saml']],
    [{ externalGroup: 'A' }, []],
    [{ externalGroup: 'a', origin: 'saml' }, ['a of saml']],
    [{ filter: 'externalGroup eq "a" and origin eq "ldap"' }, ['a of ldap']],
    [{ filter: 'externalgroup eq "a"' }, ['a of ldap', 'b of ldap', 'a of saml']],
    [{ startIndex: '2', count: '1' }, ['b of ldap']],
    [{ startIndex: '-5', count: '1' }, ['a of ldap']],
    [{ count: '-1' }, []],
  ])('of %j', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  test('says as size of the page what is on it', async () => {
    expect((await list({ count: '2' })).json).toMatchObject({
      startIndex: 1,
      itemsPerPage: 2,
      totalResults: 3,
    });
    expect((await list({ startIndex: '9' })).json).toMatchObject({
      startIndex: 9,
      itemsPerPage: 0,
      totalResults: 3,
    });
  });

  test('has an old name', async () => {
    const old = await uaa.call('GET', '/Groups/External/list?origin=saml', { token });
    expect(old.json).toEqual((await list({ origin: 'saml' })).json);
  });

  test.each([
    [{ filter: 'displayName co "x"' }, 400, /^Filter not supported/],
    [{ filter: 'origin eq "x" or origin eq "y"' }, 400, /^Filter not supported/],
    [{ filter: 'origin eq "x"', origin: 'y' }, 400, /^Deprecated filter parameter/],
    [{ count: 'abc' }, 500, /^Unexpected error$/],
  ])('refuses %j', async (query, status, message) => {
    const answer = await list(query);
    expect(answer.status).toBe(status);
    expect(answer.json['message']).toMatch(message);
  });

  test('tells the groups by their names of now', async () => {
    const version = String(
      (await uaa.call('GET', `/Groups/${groupId}`, { token })).headers['etag'],
    );
    const headers = { 'if-match': version };
    const json = { displayName: 'team.z' };
    await uaa.call('PUT', `/Groups/${groupId}`, { token, headers, json });
    expect((await list({ count: '1' })).json['resources']).toEqual([
      { displayName: 'team.z', externalGroup: 'a', groupId, origin: 'ldap' },
    ]);
  });
});

test.each([
  ['GET', '/Groups/External', 'scim.write', 'uaa.admin scim.read zones.uaa.admin'],
  ['POST', '/Groups/External', 'scim.read', 'uaa.admin scim.write zones.uaa.admin'],
  ['DELETE', '/Groups/External/a/b', 'scim.read', 'uaa.admin scim.write zones.uaa.admin'],
])('%s %s is not for a token with %s', async (method, path, scope, tried) => {
  const weak = await uaa.clientToken('admin', 'adminsecret', scope);
  expect(await uaa.call(method, path, { token: weak, json: {} })).toMatchObject({
    status: 403,
    json: { error: 'insufficient_scope', scope: tried },
  });
});

test('other routes of groups are what they were', async () => {
  const put = await uaa.call('PUT', '/Groups/External', { token, json: {} });
  expect(put.json['message']).toBe('Missing If-Match for PUT');
  expect((await uaa.call('GET', '/Groups/External/x', { token })).status).toBe(404);
  expect((await uaa.call('POST', '/Groups/External/list', { token, json: {} })).status).toBe(405);
});
