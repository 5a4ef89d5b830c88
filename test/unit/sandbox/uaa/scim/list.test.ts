import { beforeAll, describe, expect, test } from '@jest/globals';
import { createHarness, type Harness } from '../harness.js';

let uaa: Harness;
let token: string;
beforeAll(async () => {
  uaa = await createHarness();
  token = await uaa.clientToken('admin', 'adminsecret', 'scim.read');
});

const list = (resource: string, query: Record<string, string>) =>
  uaa.call('GET', `/${resource}?${new URLSearchParams(query).toString()}`, { token });

const names = async (query: Record<string, string>): Promise<unknown> =>
  (await list('Users', { attributes: 'userName', ...query })).json['resources'];

describe('listing users', () => {
  test('returns the start index, the page size and the total', async () => {
    const { json } = await list('Users', {});
    expect(json).toMatchObject({
      startIndex: 1,
      itemsPerPage: 100,
      totalResults: 4,
      schemas: ['urn:scim:schemas:core:1.0'],
    });
    expect(json['resources']).toHaveLength(4);
  });

  test('supports pages', async () => {
    const page = { sortBy: 'userName', count: '3', startIndex: '4' };
    expect(await names(page)).toEqual([{ userName: 'naomi' }]);
    expect((await list('Users', page)).json).toMatchObject({
      startIndex: 4,
      itemsPerPage: 3,
      totalResults: 4,
    });
    expect(await names({ startIndex: '9' })).toEqual([]);
    expect((await list('Users', { startIndex: '0' })).json).toMatchObject({ startIndex: 1 });
    expect((await list('Users', { count: '1000' })).json).toMatchObject({ itemsPerPage: 500 });
    expect((await list('Users', { count: '0' })).json).toMatchObject({ resources: [] });
  });

  test('sorts in descending order for any sortOrder except ascending', async () => {
    const first = (query: Record<string, string>) =>
      names({ sortBy: 'userName', count: '1', ...query });
    expect(await first({})).toEqual([{ userName: 'alana' }]);
    expect(await first({ sortOrder: 'descending' })).toEqual([{ userName: 'naomi' }]);
    expect(await first({ sortOrder: 'Ascending' })).toEqual([{ userName: 'naomi' }]);
  });

  test('returns only the requested attributes', async () => {
    const attributes =
      'userName,emails.value,familyName,meta.version,externalId,name.givenName,constructor';
    const { json } = await list('Users', { filter: 'userName eq "cody"', attributes });
    expect(json['resources']).toEqual([
      {
        userName: 'cody',
        'emails.value': ['cody@example.com'],
        familyName: 'Example',
        'meta.version': 0,
        externalId: null,
        'name.givenName': null,
        constructor: null,
      },
    ]);
    expect(await list('Users', { attributes: 'id, userName' })).toMatchObject({
      status: 400,
      json: { error: 'scim', message: 'Invalid attributes: [id, userName]' },
    });
  });

  test.each([
    [{ filter: 'userName' }, '[userName] [created]'],
    [{ filter: 'foo eq "x"', sortBy: 'id' }, '[foo eq "x"] [id]'],
    [{ filter: 'displayName pr' }, '[displayName pr] [created]'],
    [{ filter: 'constructor pr' }, '[constructor pr] [created]'],
    [{ filter: 'id pr', sortBy: '__proto__' }, '[id pr] [__proto__]'],
    [{ filter: 'id pr', sortBy: 'foo' }, '[id pr] [foo]'],
  ])('rejects %j', async (query, details) => {
    expect(await list('Users', query)).toMatchObject({
      status: 400,
      json: { error: 'scim', message: `Invalid filter expression: ${details}` },
    });
  });

  test.each([{ count: 'abc' }, { count: '-1', attributes: 'id' }, { startIndex: 'x' }])(
    'fails for %j',
    async (query) => {
      expect(await list('Users', query)).toMatchObject({
        status: 500,
        json: { error: 'scim', message: 'Unexpected error' },
      });
    },
  );
});

describe('listing groups', () => {
  test('finds groups by name and returns their members', async () => {
    const { json } = await list('Groups', { filter: "displayName eq 'PKS.clusters.manage'" });
    expect(json).toMatchObject({
      totalResults: 1,
      resources: [{ displayName: 'pks.clusters.manage', members: [{ type: 'USER' }] }],
    });
  });

  test('has other error messages and accepts sortOrder in any case', async () => {
    expect((await list('Groups', { filter: 'x' })).json['message']).toBe(
      'Invalid filter expression: [x]',
    );
    expect((await list('Groups', { startIndex: '0' })).status).toBe(500);
    const query = { filter: 'displayName sw "pks"', sortBy: 'displayName', sortOrder: 'ASCENDING' };
    expect(
      (await list('Groups', { ...query, attributes: 'displayName' })).json['resources'],
    ).toEqual([
      { displayName: 'pks.clusters.admin' },
      { displayName: 'pks.clusters.admin.read' },
      { displayName: 'pks.clusters.manage' },
    ]);
  });
});
