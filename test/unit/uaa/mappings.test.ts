import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import type { HttpRequest } from '../../../src/http/send.js';
import { createMappings, type Mapping } from '../../../src/uaa/mappings.js';
import { fakeSend, query } from './fake-send.js';

const uaa = 'https://uaa.example.com';
const mapping = (externalGroup: string, more: Partial<Mapping> = {}): Mapping => ({
  groupId: 'g/1',
  displayName: 'team',
  externalGroup,
  origin: 'ldap',
  ...more,
});
const teamMapping = { group: { name: 'team' }, externalGroup: 'cn=dev', origin: 'ldap' };
const throwError = (status: number, message = 'Unexpected error') => {
  throw new TpksError(status === 404 ? 'notFound' : 'unavailable', message, { status });
};

/** @returns `requests` without those that look up the group, which are in `lookups`. */
function createTestMappings(respond: (request: HttpRequest) => unknown) {
  const requests: HttpRequest[] = [];
  const lookups: unknown[] = [];
  const { send } = fakeSend((request) => {
    if (new URL(request.url).pathname !== '/Groups') {
      requests.push(request);
      return respond(request);
    }
    lookups.push(query(request)['filter']);
    return { resources: [{ id: 'g/1', displayName: 'team' }], totalResults: 1 };
  });
  return { mappings: createMappings(send, uaa), requests, lookups };
}
const page = (...resources: readonly Mapping[]) => ({ resources, totalResults: resources.length });

describe('a list', () => {
  test('is read page by page, from the route that is not deprecated', async () => {
    const { mappings, requests } = createTestMappings((request) =>
      query(request)['startIndex'] === '1'
        ? { resources: [mapping('a')], totalResults: 2 }
        : { resources: [mapping('b')], totalResults: 2 },
    );
    const found = await mappings.list();
    expect(found.map(({ externalGroup }) => externalGroup)).toEqual(['a', 'b']);
    expect(requests.map(({ url }) => url)).toEqual([
      `${uaa}/Groups/External?startIndex=1&count=500`,
      `${uaa}/Groups/External?startIndex=2&count=500`,
    ]);
  });

  test('of one external group is requested in lower case, as the UAA stores it', async () => {
    const { mappings, requests } = createTestMappings(() => page());
    await mappings.list({ origin: 'Okta', externalGroup: ' CN=Dev ' });
    expect(requests.map(query)).toMatchObject([{ origin: 'Okta', externalGroup: 'cn=dev' }]);
  });
});

describe('map', () => {
  test.each([
    [{ name: 'team' }, { displayName: 'team' }],
    [{ id: 'g-1' }, { groupId: 'g-1' }],
  ])('sends one request for the group %j', async (group, groupFields) => {
    const { mappings, requests, lookups } = createTestMappings(() => mapping('cn=dev'));
    await mappings.map({ ...teamMapping, group });
    expect(requests).toMatchObject([{ method: 'POST', url: `${uaa}/Groups/External` }]);
    expect(JSON.parse(String(requests[0]?.body))).toEqual({
      ...groupFields,
      externalGroup: 'cn=dev',
      origin: 'ldap',
      schemas: ['urn:scim:schemas:core:1.0'],
    });
    expect(lookups).toEqual([]);
  });

  test.each([
    ['cn=a/b', 'a slash'],
    ['cn=doe\\, john', 'a backslash'],
    ['50%', 'a percent sign'],
    ['a;b', 'a semicolon'],
    ['a\0b', 'a null byte'],
    ['a\nb', 'a line break'],
    ['a\u2028b', 'a line break'],
    ['\ud800', 'an incomplete Unicode character'],
    ['..', 'only dots'],
  ])(
    'rejects the name %j, which could not be unmapped, and sends nothing',
    async (name, problem) => {
      const { mappings, requests } = createTestMappings(() => mapping(name));
      await expect(mappings.map({ ...teamMapping, externalGroup: name })).rejects.toMatchObject({
        kind: 'usage',
        message: `The name contains ${problem}: the UAA could map it but not unmap it later`,
      });
      await expect(mappings.unmap({ ...teamMapping, externalGroup: name })).rejects.toMatchObject({
        kind: 'usage',
      });
      expect(requests).toEqual([]);
      await mappings.map({ ...teamMapping, externalGroup: name }, { allowPermanent: true });
      expect(requests).toHaveLength(1);
    },
  );

  test('rejects an origin that a path cannot contain', async () => {
    const { mappings } = createTestMappings(() => mapping('x'));
    await expect(mappings.map({ ...teamMapping, origin: 'a/b' })).rejects.toMatchObject({
      kind: 'usage',
    });
  });

  test.each([
    ['externalGroup', 'x'.repeat(256), 'The name of the external group is longer than 255'],
    ['origin', 'x'.repeat(37), 'The origin is longer than 36'],
  ])(
    'rejects a value for %s that is longer than its database column',
    async (field, value, message) => {
      const { mappings, requests } = createTestMappings(() => mapping('x'));
      await expect(
        mappings.map({ ...teamMapping, [field]: value }, { allowPermanent: true }),
      ).rejects.toMatchObject({ kind: 'usage', message: `${message} characters` });
      expect(requests).toEqual([]);
    },
  );

  test('names an unknown group', async () => {
    const { mappings } = createTestMappings(() => throwError(404, 'Group not found:team'));
    await expect(mappings.map(teamMapping)).rejects.toMatchObject({
      kind: 'notFound',
      message: 'Group team not found',
      hint: 'tpks uaa groups',
    });
  });

  test('succeeds if the UAA created the mapping but reported an error', async () => {
    const { mappings } = createTestMappings(({ method }) =>
      method === 'POST'
        ? throwError(500)
        : page(mapping('dev_ops', { groupId: 'g-2', displayName: 'other' }), mapping('dev_ops')),
    );
    expect(await mappings.map({ ...teamMapping, externalGroup: 'Dev_Ops' })).toEqual(
      mapping('dev_ops'),
    );
  });

  test('fails if the UAA reported an error and created no mapping', async () => {
    const { mappings } = createTestMappings(({ method }) =>
      method === 'POST' ? throwError(500) : page(),
    );
    const mapResult = mappings.map({ ...teamMapping, externalGroup: 'dev_ops' });
    await expect(mapResult).rejects.toMatchObject({ status: 500 });
    await expect(mappings.map(teamMapping)).rejects.toMatchObject({ status: 500 });
  });
});

describe('unmap', () => {
  test('sends one request with an encoded path', async () => {
    const { mappings, requests, lookups } = createTestMappings(() => mapping('cn=dev ops?,ou=ä'));
    await mappings.unmap({ ...teamMapping, externalGroup: 'cn=dev ops?,ou=ä', origin: 'my idp' });
    expect(lookups).toEqual(['displayName eq "team"']);
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `DELETE ${uaa}/Groups/External/groupId/g%2F1/externalGroup/` +
        'cn%3Ddev%20ops%3F%2Cou%3D%C3%A4/origin/my%20idp',
    ]);
  });

  test('reports a group that is not mapped', async () => {
    const { mappings } = createTestMappings(() => throwError(404, 'No group mappings deleted.'));
    await expect(mappings.unmap(teamMapping)).rejects.toMatchObject({
      kind: 'notFound',
      message: 'cn=dev is not mapped to team for origin ldap',
      hint: 'tpks uaa group mappings',
    });
  });

  test('explains that the UAA cannot distinguish a name with a wildcard from others', async () => {
    const { mappings } = createTestMappings(() => throwError(500));
    const unmapResult = mappings.unmap({ ...teamMapping, externalGroup: 'Dev_Ops' });
    await expect(unmapResult).rejects.toMatchObject({
      kind: 'failed',
      status: 500,
      message: 'The UAA cannot distinguish Dev_Ops from other mappings',
      hint: expect.stringContaining('tpks uaa group mappings'),
    });
  });
});
