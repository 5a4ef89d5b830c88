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
const joint = { group: { name: 'team' }, externalGroup: 'cn=dev', origin: 'ldap' };
const failed = (status: number, message = 'Unexpected error') => {
  throw new TpksError(status === 404 ? 'notFound' : 'unavailable', message, { status });
};

/** @returns `requests` without those that look up the group, which are in `lookups`. */
function serving(answer: (request: HttpRequest) => unknown) {
  const requests: HttpRequest[] = [];
  const lookups: unknown[] = [];
  const { send } = fakeSend((request) => {
    if (new URL(request.url).pathname !== '/Groups') {
      requests.push(request);
      return answer(request);
    }
    lookups.push(query(request)['filter']);
    return { resources: [{ id: 'g/1', displayName: 'team' }], totalResults: 1 };
  });
  return { mappings: createMappings(send, uaa), requests, lookups };
}
const page = (...resources: readonly Mapping[]) => ({ resources, totalResults: resources.length });

describe('a list', () => {
  test('comes from the route that is not deprecated, page by page', async () => {
    const { mappings, requests } = serving((request) =>
      query(request)['startIndex'] === '1'
        ? { resources: [mapping('a')], totalResults: 2 }
        : { resources: [mapping('b')], totalResults: 2 },
    );
    const found = [];
    for await (const { externalGroup } of mappings.list()) found.push(externalGroup);
    expect(found).toEqual(['a', 'b']);
    expect(requests.map(({ url }) => url)).toEqual([
      `${uaa}/Groups/External?startIndex=1&count=500`,
      `${uaa}/Groups/External?startIndex=2&count=500`,
    ]);
  });

  test('of one external group asks in lower case, as it is kept', async () => {
    const { mappings, requests } = serving(() => page());
    await mappings
      .list({ origin: 'Okta', externalGroup: ' CN=Dev ' })
      [Symbol.asyncIterator]()
      .next();
    expect(requests.map(query)).toMatchObject([{ origin: 'Okta', externalGroup: 'cn=dev' }]);
  });
});

describe('mapping', () => {
  test.each([
    [{ name: 'team' }, { displayName: 'team' }],
    [{ id: 'g-1' }, { groupId: 'g-1' }],
  ])('to %j is one request', async (group, which) => {
    const { mappings, requests, lookups } = serving(() => mapping('cn=dev'));
    await mappings.map({ ...joint, group });
    expect(requests).toMatchObject([{ method: 'POST', url: `${uaa}/Groups/External` }]);
    expect(JSON.parse(String(requests[0]?.body))).toEqual({
      ...which,
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
  ])('%j, which could never be unmapped, is refused before anything is sent', async (name, why) => {
    const { mappings, requests } = serving(() => mapping(name));
    await expect(mappings.map({ ...joint, externalGroup: name })).rejects.toMatchObject({
      kind: 'usage',
      message: `The name contains ${why}: the UAA could map it but not unmap it later`,
    });
    await expect(mappings.unmap({ ...joint, externalGroup: name })).rejects.toMatchObject({
      kind: 'usage',
    });
    expect(requests).toEqual([]);
    await mappings.map({ ...joint, externalGroup: name }, { allowPermanent: true });
    expect(requests).toHaveLength(1);
  });

  test('an origin that no path can carry is refused as well', async () => {
    const { mappings } = serving(() => mapping('x'));
    await expect(mappings.map({ ...joint, origin: 'a/b' })).rejects.toMatchObject({
      kind: 'usage',
    });
  });

  test.each([
    ['externalGroup', 'x'.repeat(256), 'The name of the external group is longer than 255'],
    ['origin', 'x'.repeat(37), 'The origin is longer than 36'],
  ])('a %s longer than its column is refused', async (field, value, message) => {
    const { mappings, requests } = serving(() => mapping('x'));
    await expect(
      mappings.map({ ...joint, [field]: value }, { allowPermanent: true }),
    ).rejects.toMatchObject({ kind: 'usage', message: `${message} characters` });
    expect(requests).toEqual([]);
  });

  test('an unknown group is named', async () => {
    const { mappings } = serving(() => failed(404, 'Group not found:team'));
    await expect(mappings.map(joint)).rejects.toMatchObject({
      kind: 'notFound',
      message: 'Group team not found',
      hint: 'tpks uaa groups',
    });
  });

  test('that was done although UAA failed, is done', async () => {
    const { mappings } = serving(({ method }) =>
      method === 'POST'
        ? failed(500)
        : page(mapping('dev_ops', { groupId: 'g-2', displayName: 'other' }), mapping('dev_ops')),
    );
    expect(await mappings.map({ ...joint, externalGroup: 'Dev_Ops' })).toEqual(mapping('dev_ops'));
  });

  test('that failed and was not done, has failed', async () => {
    const { mappings } = serving(({ method }) => (method === 'POST' ? failed(500) : page()));
    const mapped = mappings.map({ ...joint, externalGroup: 'dev_ops' });
    await expect(mapped).rejects.toMatchObject({ status: 500 });
    await expect(mappings.map(joint)).rejects.toMatchObject({ status: 500 });
  });
});

describe('unmapping', () => {
  test('is one request, in which everything is encoded', async () => {
    const { mappings, requests, lookups } = serving(() => mapping('cn=dev ops?,ou=ä'));
    await mappings.unmap({ ...joint, externalGroup: 'cn=dev ops?,ou=ä', origin: 'my idp' });
    expect(lookups).toEqual(['displayName eq "team"']);
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `DELETE ${uaa}/Groups/External/groupId/g%2F1/externalGroup/` +
        'cn%3Ddev%20ops%3F%2Cou%3D%C3%A4/origin/my%20idp',
    ]);
  });

  test('what is not mapped is said not to be', async () => {
    const { mappings } = serving(() => failed(404, 'No group mappings deleted.'));
    await expect(mappings.unmap(joint)).rejects.toMatchObject({
      kind: 'notFound',
      message: 'cn=dev is not mapped to team for origin ldap',
      hint: 'tpks uaa group mappings',
    });
  });

  test('what UAA confuses with other mappings of the group, names those', async () => {
    const others = [
      mapping('dev_ops'),
      mapping('devxops'),
      mapping('dev ops'),
      mapping('devxxops'),
      mapping('devyops', { groupId: 'g-2' }),
    ];
    const { mappings } = serving(({ method }) =>
      method === 'DELETE' ? failed(500) : page(...others),
    );
    const unmapped = mappings.unmap({ ...joint, externalGroup: 'Dev_Ops' });
    await expect(unmapped).rejects.toMatchObject({
      kind: 'failed',
      message: 'The UAA cannot distinguish Dev_Ops from other mappings',
      hint: expect.stringMatching(/: devxops 'dev ops'$/),
    });
  });
});
