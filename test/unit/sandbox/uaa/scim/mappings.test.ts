import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHarness, type HarnessResponse, type Harness } from '../harness.js';

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
// This also deletes the mappings of the group.
afterEach(() => uaa.call('DELETE', `/Groups/${groupId}`, { token }));

const map = (body: object): Promise<HarnessResponse> =>
  uaa.call('POST', '/Groups/External', { token, json: body });
const unmap = (path: string): Promise<HarnessResponse> =>
  uaa.call('DELETE', `/Groups/External/${path}`, { token });
const list = (query: Record<string, string> = {}): Promise<HarnessResponse> =>
  uaa.call('GET', `/Groups/External?${new URLSearchParams(query).toString()}`, { token });
const names = async (query: Record<string, string> = {}): Promise<unknown> => {
  const { resources } = (await list(query)).json as {
    resources: { externalGroup: string; origin: string }[];
  };
  return resources.map(({ externalGroup, origin }) => `${externalGroup} from ${origin}`);
};

describe('creating a mapping', () => {
  test('trims the name and converts it to lower case, but not the origin', async () => {
    const response = await map({
      displayName: 'team.a',
      externalGroup: '  CN=Dev ',
      origin: 'Okta',
    });
    expect(response.status).toBe(201);
    expect(response.json).toEqual({
      meta: { version: 0, created: expect.any(String), lastModified: expect.any(String) },
      groupId,
      displayName: 'team.a',
      externalGroup: 'cn=dev',
      origin: 'Okta',
      schemas: ['urn:scim:schemas:core:1.0'],
    });
  });

  test('uses ldap as the default origin and prefers the group id to the name', async () => {
    await map({ groupId, displayName: 'openid', externalGroup: 'x', origin: '' });
    await map({ groupId, externalGroup: 'y' });
    expect(await names()).toEqual(['x from ldap', 'y from ldap']);
    expect((await list()).json).toMatchObject({ resources: [{ displayName: 'team.a' }, {}] });
  });

  test('succeeds for an existing mapping without a duplicate', async () => {
    expect((await map({ groupId, externalGroup: 'x' })).status).toBe(201);
    expect((await map({ groupId, externalGroup: 'X' })).status).toBe(201);
    expect(await names()).toEqual(['x from ldap']);
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
  ])('rejects %j', async (body, status, error, message) => {
    expect(await map(body)).toMatchObject({ status, json: { error, message } });
    expect(await names()).toEqual([]);
  });

  test.each([
    [{ externalGroup: 'x'.repeat(256) }, 'EXTERNAL_GROUP'],
    [{ externalGroup: 'x', origin: 'o'.repeat(37) }, 'ORIGIN'],
  ])('rejects values that are too long for the column: %j', async (body, column) => {
    const { status, json } = await map({ groupId, ...body });
    expect(status).toBe(400);
    expect(json['message']).toContain(`column: ${column}`);
  });

  test('stores the mapping even if the response fails because an underscore matches another name', async () => {
    await map({ groupId, externalGroup: 'devxops' });
    expect(await map({ groupId, externalGroup: 'dev_ops' })).toMatchObject({
      status: 500,
      json: { error: 'scim', message: 'Unexpected error' },
    });
    expect(await names()).toEqual(['devxops from ldap', 'dev_ops from ldap']);
  });
});

describe('deleting a mapping', () => {
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
  ])('deletes one mapping, regardless of case, by %s', async (path) => {
    expect(await unmap(path())).toMatchObject({
      status: 200,
      json: { groupId, externalGroup: 'cn=dev ops', origin: 'ldap' },
    });
    expect(await names()).toEqual(['cn=dev ops from saml']);
  });

  test.each([
    [() => `groupId/${groupId}/externalGroup/Nope/origin/ldap`, /external group Nope does not/],
    [() => `groupId/${groupId}/externalGroup/${dn}/origin/LDAP`, /does not exist$/],
    [() => `groupId/nope/externalGroup/${dn}/origin/ldap`, /^Group nope does not exist$/],
    [() => `displayName/nope/externalGroup/${dn}/origin/ldap`, /^Group not found:nope$/],
    [() => `groupId/${groupId}/externalGroup/cn=dev_ops/origin/ldap`, /^No group mappings deleted/],
  ])('finds no mapping for %s', async (path, message) => {
    const { status, json } = await unmap(path());
    expect([status, json['error']]).toEqual([404, 'scim']);
    expect(json['message']).toMatch(message);
    expect(await names()).toHaveLength(2);
  });

  test('fails if an underscore matches several mappings', async () => {
    await map({ groupId, externalGroup: 'cn=dev_ops' });
    const response = await unmap(`groupId/${groupId}/externalGroup/cn=dev_ops/origin/ldap`);
    expect(response.status).toBe(500);
    expect(await names()).toHaveLength(3);
  });

  test('returns 405 for a line break in the name', async () => {
    const response = await unmap(`groupId/${groupId}/externalGroup/a%0Ab/origin/ldap`);
    expect(response.status).toBe(405);
  });

  test('happens when its group is deleted', async () => {
    await uaa.call('DELETE', `/Groups/${groupId}`, { token });
    expect(await names()).toEqual([]);
  });
});

describe('listing mappings', () => {
  beforeEach(async () => {
    for (const externalGroup of ['a', 'b']) await map({ groupId, externalGroup });
    await map({ groupId, externalGroup: 'a', origin: 'saml' });
  });

  test.each([
    [{ origin: 'ldap' }, ['a from ldap', 'b from ldap']],
    [{ origin: 'LDAP' }, []],
    [{ externalGroup: 'a' }, ['a from ldap', 'a from saml']],
    [{ externalGroup: 'A' }, []],
    [{ externalGroup: 'a', origin: 'saml' }, ['a from saml']],
    [{ filter: 'externalGroup eq "a" and origin eq "ldap"' }, ['a from ldap']],
    [{ filter: 'externalgroup eq "a"' }, ['a from ldap', 'b from ldap', 'a from saml']],
    [{ startIndex: '2', count: '1' }, ['b from ldap']],
    [{ startIndex: '-5', count: '1' }, ['a from ldap']],
    [{ count: '-1' }, []],
  ])('with %j returns %j', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  test('returns the number of rows on the page as itemsPerPage', async () => {
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

  test('is also available under its old path, which supports only filter', async () => {
    const path = `/Groups/External/list?origin=x&filter=${encodeURIComponent('origin eq "saml"')}`;
    const old = await uaa.call('GET', path, { token });
    expect(old.json).toEqual((await list({ origin: 'saml' })).json);
  });

  test.each([
    [{ filter: 'displayName co "x"' }, 400, /^Filter not supported/],
    [{ filter: 'origin eq "x" or origin eq "y"' }, 400, /^Filter not supported/],
    [{ filter: 'origin eq "x"', origin: 'y' }, 400, /^Deprecated filter parameter/],
    [{ count: 'abc' }, 500, /^Unexpected error$/],
  ])('rejects %j', async (query, status, message) => {
    const response = await list(query);
    expect(response.status).toBe(status);
    expect(response.json['message']).toMatch(message);
  });

  test('returns the current names of the groups', async () => {
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
])('%s %s rejects a token with only %s', async (method, path, scope, requiredScopes) => {
  const weakToken = await uaa.clientToken('admin', 'adminsecret', scope);
  expect(await uaa.call(method, path, { token: weakToken, json: {} })).toMatchObject({
    status: 403,
    json: { error: 'insufficient_scope', scope: requiredScopes },
  });
});

test('the mapping routes do not affect the other group routes', async () => {
  const put = await uaa.call('PUT', '/Groups/External', { token, json: {} });
  expect(put.json['message']).toBe('Missing If-Match for PUT');
  expect((await uaa.call('GET', '/Groups/External/x', { token })).status).toBe(404);
  expect((await uaa.call('POST', '/Groups/External/list', { token, json: {} })).status).toBe(405);
});
