import { expect, test } from '@jest/globals';
import type { Collection } from '../../../../../src/sandbox/storage/collection.js';
import { createMemoryStorage, type Storage } from '../../../../../src/sandbox/storage/storage.js';
import { createHarness, type Answer, type Harness } from '../harness.js';

/** A storage that counts the rows that its collections return. */
function countingStorage(): Storage & { readonly touched: () => number } {
  const storage = createMemoryStorage();
  let touched = 0;
  const count = <Rows extends readonly unknown[]>(rows: Rows): Rows => {
    touched += rows.length;
    return rows;
  };
  const counting = <Row>(rows: Collection<Row>): Collection<Row> => ({
    ...rows,
    get(key) {
      touched += 1;
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
          touched += rows.size();
          return order.filter(fits);
        },
      };
    },
  });
  return {
    ...storage,
    collection: (declaration) => counting(storage.collection(declaration)),
    touched: () => touched,
  };
}

const user = (name: string) => ({
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
  readonly touched: () => number;
}

/** A UAA with `count` users, all in one group. */
async function filledUaa(count: number): Promise<Uaa> {
  const storage = countingStorage();
  const harness = await createHarness({ storage });
  const token = await harness.clientToken();
  const userIds: string[] = [];
  const create = async (path: string, json: unknown): Promise<Answer> => {
    const answer = await harness.call('POST', path, { token, json });
    expect(answer.status).toBe(201);
    return answer;
  };
  const group = String((await create('/Groups', { displayName: 'team' })).json['id']);
  for (let at = 0; at < count; at += 1) {
    const id = String((await create('/Users', user(`user-${String(at)}`))).json['id']);
    userIds.push(id);
    await create(`/Groups/${group}/members`, { value: id, type: 'USER', origin: 'uaa' });
  }
  return { harness, token, group, userIds, touched: storage.touched };
}

type Step = (uaa: Uaa) => Promise<Answer>;

const get =
  (path: string): Step =>
  ({ harness, token }) =>
    harness.call('GET', path, { token });

const steps: readonly (readonly [name: string, status: number, step: Step])[] = [
  [
    'creating a user',
    201,
    ({ harness, token }) => harness.call('POST', '/Users', { token, json: user('new') }),
  ],
  ['a page of 10 users', 200, get('/Users?startIndex=5&count=10')],
  ['a page of 10 users by name', 200, get('/Users?sortBy=userName&startIndex=5&count=10')],
  ['looking a user up by name', 200, get('/Users?filter=userName+eq+"user-7"')],
  [
    'looking three users up at once',
    200,
    get('/Users?filter=userName+eq+"user-1"+or+userName+eq+"user-2"+or+userName+eq+"user-3"'),
  ],
  [
    'looking an id up',
    200,
    ({ userIds, ...uaa }) => get(`/Users/${userIds[3] ?? ''}`)({ userIds, ...uaa }),
  ],
  ['looking a group up by name', 200, get('/Groups?filter=displayName+eq+"openid"')],
  ['a token for a user', 200, ({ harness }) => harness.login('user-9', { client_id: 'cf' })],
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

test('a request touches as many rows among 400 users as among 40', async () => {
  const touchedBy = async (count: number): Promise<Record<string, number>> => {
    const uaa = await filledUaa(count);
    const result: Record<string, number> = {};
    for (const [name, status, step] of steps) {
      const before = uaa.touched();
      expect([name, (await step(uaa)).status]).toEqual([name, status]);
      result[name] = uaa.touched() - before;
    }
    return result;
  };
  const few = await touchedBy(40);
  expect(Object.values(few).every((touched) => touched > 0)).toBe(true);
  expect(await touchedBy(400)).toEqual(few);
});
