import { beforeAll, describe, expect, test } from '@jest/globals';
import { createHarness, type HarnessResponse, type Harness } from '../harness.js';

let uaa: Harness;
let token: string;
beforeAll(async () => {
  uaa = await createHarness();
  token = await uaa.clientToken('admin', 'adminsecret', 'scim.userids');
  const admin = await uaa.clientToken();
  const json = { userName: 'cody', origin: 'ldap', emails: [{ value: 'c@example.com' }] };
  await uaa.call('POST', '/Users', { token: admin, json });
});

const ids = (query: Record<string, string>): Promise<HarnessResponse> =>
  uaa.call('GET', `/ids/Users?${new URLSearchParams(query).toString()}`, { token });
const names = async (query: Record<string, string>): Promise<unknown> =>
  ((await ids(query)).json['resources'] as { userName: string; origin: string }[]).map(
    ({ userName, origin }) => `${userName} from ${origin}`,
  );

test('returns only id, name and origin, regardless of the requested attributes', async () => {
  const { status, json } = await ids({ filter: 'userName eq "CODY"', attributes: 'emails' });
  expect(status).toBe(200);
  expect(json).toEqual({
    resources: [{ origin: 'uaa', id: expect.any(String), userName: 'cody' }],
    startIndex: 1,
    itemsPerPage: 100,
    totalResults: 1,
    schemas: ['urn:scim:schemas:core:1.0'],
  });
});

test.each([
  [{ filter: 'userName eq "dana" or userName eq "alana"' }, ['alana from uaa', 'dana from uaa']],
  [
    { filter: '(userName eq "dana" or userName eq "alana") and origin eq "uaa"', count: '1' },
    ['alana from uaa'],
  ],
  [
    { filter: 'userName eq "dana" or userName eq "alana"', sortOrder: 'descending', count: '1' },
    ['dana from uaa'],
  ],
  [{ filter: 'userName eq "cod_"' }, []],
  [{ filter: 'id eq 1' }, []],
])('with %j returns %j', async (query, expected) => {
  expect(await names(query)).toEqual(expected);
});

test('includes users of inactive identity providers only with includeInactive', async () => {
  const filter = 'userName eq "cody"';
  expect(await names({ filter })).toEqual(['cody from uaa']);
  expect(await names({ filter, includeInactive: 'true' })).toEqual(
    expect.arrayContaining(['cody from uaa', 'cody from ldap']),
  );
});

test.each([
  ['', "a 'filter' parameter is required"],
  ['x', "Invalid filter 'x'"],
  ["userName eq 'cody'", "Invalid filter 'userName eq 'cody''"],
  ['userName co "co"', 'Wildcards are not allowed in filter.'],
  ['userName eq "cody" or id pr', 'Wildcards are not allowed in filter.'],
  ['email eq "x"', 'Invalid filter attribute.'],
  ['active eq true', 'Invalid filter attribute.'],
  ['userName gt "a"', 'Invalid operator.'],
])(
  'rejects a filter that could match users other than the named ones: %s',
  async (filter, message) => {
    expect(await ids({ filter })).toMatchObject({
      status: 400,
      json: { error: 'scim', message },
    });
  },
);

describe('without the scope', () => {
  test('even an administrator is rejected', async () => {
    const admin = await uaa.clientToken('admin', 'adminsecret', 'uaa.admin');
    expect(await uaa.call('GET', '/ids/Users', { token: admin })).toMatchObject({
      status: 403,
      json: { error: 'insufficient_scope', scope: 'scim.userids' },
    });
  });

  test('a request without a token is rejected', async () => {
    expect((await uaa.call('GET', '/ids/Users')).status).toBe(401);
  });
});
