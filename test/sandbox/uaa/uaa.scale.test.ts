import { expect, test } from '@jest/globals';
import {
  createMemoryStorage,
  type Collection,
  type Storage,
} from '../../../src/sandbox/storage.js';
import { createHarness, type Harness, type HarnessResponse } from './uaa-harness.js';

/** Creates a storage that counts the rows that its collections return. */
function createCountingStorage(): Storage & { readonly readCount: () => number } {
  const storage = createMemoryStorage();
  let readRows = 0;
  const count = <Rows extends readonly unknown[]>(rows: Rows): Rows => {
    readRows += rows.length;
    return rows;
  };
  const withCount = <Row>(rows: Collection<Row>): Collection<Row> => ({
    ...rows,
    get(key) {
      readRows += 1;
      return rows.get(key);
    },
    all: () => count(rows.all()),
    sort: (...args) => count(rows.sort(...args)),
    getIndex(...args) {
      const index = rows.getIndex(...args);
      return (value) => count(index(value));
    },
    getOrder(...args) {
      const order = rows.getOrder(...args);
      return {
        slice: (start, end) => count(order.slice(start, end)),
        takeWhile: (fits) => count(order.takeWhile(fits)),
        filter(fits) {
          readRows += rows.size();
          return order.filter(fits);
        },
      };
    },
  });
  return {
    ...storage,
    collection: (declaration) => withCount(storage.collection(declaration)),
    readCount: () => readRows,
  };
}

const userBody = (name: string) => ({
  userName: name,
  name: { givenName: 'Erin', familyName: 'Example' },
  emails: [{ value: `${name}@example.com` }],
  password: `${name}-password`,
});

interface Uaa {
  readonly harness: Harness;
  readonly token: string;
  readonly group: string;
  readonly userIds: readonly string[];
  readonly readCount: () => number;
}

/** Creates a UAA with `count` users who are all in one group. */
async function createFilledUaa(count: number): Promise<Uaa> {
  const storage = createCountingStorage();
  const harness = await createHarness({ storage });
  const token = await harness.clientToken();
  const userIds: string[] = [];
  const create = async (path: string, json: unknown): Promise<HarnessResponse> => {
    const response = await harness.call('POST', path, { token, json });
    expect(response.status).toBe(201);
    return response;
  };
  const group = String((await create('/Groups', { displayName: 'team' })).json['id']);
  for (let index = 0; index < count; index += 1) {
    const id = String((await create('/Users', userBody(`user-${String(index)}`))).json['id']);
    userIds.push(id);
    await create(`/Groups/${group}/members`, { value: id, type: 'USER', origin: 'uaa' });
  }
  return { harness, token, group, userIds, readCount: storage.readCount };
}

type Step = (uaa: Uaa) => Promise<HarnessResponse>;

const get =
  (path: string): Step =>
  ({ harness, token }) =>
    harness.call('GET', path, { token });

const steps: readonly (readonly [name: string, status: number, step: Step])[] = [
  [
    'creating a user',
    201,
    ({ harness, token }) => harness.call('POST', '/Users', { token, json: userBody('new') }),
  ],
  ['listing 10 users', 200, get('/Users?startIndex=5&count=10')],
  ['listing 10 users by name', 200, get('/Users?sortBy=userName&startIndex=5&count=10')],
  ['finding a user by name', 200, get('/Users?filter=userName+eq+"user-7"')],
  [
    'finding three users by name',
    200,
    get('/Users?filter=userName+eq+"user-1"+or+userName+eq+"user-2"+or+userName+eq+"user-3"'),
  ],
  [
    'showing a user by id',
    200,
    ({ userIds, ...uaa }) => get(`/Users/${userIds[3] ?? ''}`)({ userIds, ...uaa }),
  ],
  ['finding a group by name', 200, get('/Groups?filter=displayName+eq+"openid"')],
  [
    'issuing a token for a user',
    200,
    ({ harness }) => harness.login('user-9', { client_id: 'cf' }),
  ],
  [
    'removing a member',
    200,
    ({ harness, token, group, userIds }) =>
      harness.call('DELETE', `/Groups/${group}/members/${userIds[4] ?? ''}`, { token }),
  ],
  [
    'adding a member',
    201,
    ({ harness, token, group, userIds }) =>
      harness.call('POST', `/Groups/${group}/members`, {
        token,
        json: { value: userIds[4], type: 'USER', origin: 'uaa' },
      }),
  ],
  [
    'deleting a user',
    200,
    ({ harness, token, userIds }) =>
      harness.call('DELETE', `/Users/${userIds[5] ?? ''}`, { token }),
  ],
];

test('a request reads as many rows with 60 users as with 12', async () => {
  const countReads = async (count: number): Promise<Record<string, number>> => {
    const uaa = await createFilledUaa(count);
    const result: Record<string, number> = {};
    for (const [name, status, step] of steps) {
      const before = uaa.readCount();
      expect([name, (await step(uaa)).status]).toEqual([name, status]);
      result[name] = uaa.readCount() - before;
    }
    return result;
  };
  const expected = await countReads(12);
  expect(Object.values(expected).every((count) => count > 0)).toBe(true);
  expect(await countReads(60)).toEqual(expected);
});
