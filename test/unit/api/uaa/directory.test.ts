import { describe, expect, test } from '@jest/globals';
import { createDirectory } from '../../../../src/api/uaa/directory.js';
import type { HttpRequest, Send } from '../../../../src/platform/http/send.js';
import { fakeSend, ok, query } from './fake-send.js';

const uaa = 'https://uaa.example.com';
const page = (...resources: readonly object[]) => ({
  resources,
  totalResults: resources.length,
});
/** So many users that reading all of them takes longer than looking up names. */
const manyUsers = { resources: [], totalResults: 1_000_000 };
const isCount = ({ url }: HttpRequest) => new URL(url).searchParams.get('count') === '1';

/** @returns the names in a filter. */
const readNames = (filter = '') => [...filter.matchAll(/eq "([^"]*)"/g)].map(([, name]) => name);

describe('names', () => {
  test('are looked up with few requests, each short enough for servers', async () => {
    const names = Array.from(
      { length: 500 },
      (_, index) => `${'n'.repeat(index % 90)}-${String(index)}`,
    );
    const { send, requests } = fakeSend((request) => (isCount(request) ? manyUsers : page()));
    await createDirectory(send, uaa).findUsersByName(names);
    expect(requests.flatMap((request) => readNames(query(request)['filter']))).toEqual(names);
    expect(Math.max(...requests.map(({ url }) => url.length))).toBeLessThan(4096);
    expect(requests.length).toBeLessThan(20);
  });
});

describe('2,000 names', () => {
  const names = Array.from({ length: 2000 }, (_, index) => `User-${String(index)}`);
  const stored = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      id: `id-${String(index)}`,
      userName: `user-${String(index)}`,
      origin: 'uaa',
    }));

  /** A UAA that returns these users page by page. */
  function sendPages(users: readonly object[]) {
    return fakeSend((request) => {
      const { startIndex = '1', count = '100' } = query(request);
      const start = Number(startIndex) - 1;
      return { resources: users.slice(start, start + Number(count)), totalResults: users.length };
    });
  }

  test.each([
    [0, 2],
    [3, 2],
    [2000, 5],
  ])('in a UAA with %i users take %i requests', async (count, expected) => {
    const { send, requests } = sendPages(stored(count));
    const found = await createDirectory(send, uaa).findUsersByName(names);
    expect(found).toHaveLength(count);
    expect(requests).toHaveLength(expected);
  });

  test('are looked up 50 at a time when there are many more users, 16 requests in flight', async () => {
    let inFlight = 0;
    let maximumInFlight = 0;
    let lookups = 0;
    const send: Send = async (request) => {
      if (isCount(request)) return ok(JSON.stringify(manyUsers));
      lookups += 1;
      inFlight += 1;
      maximumInFlight = Math.max(maximumInFlight, inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
      return ok(JSON.stringify(page()));
    };
    await createDirectory(send, uaa).findUsersByName(names);
    expect({ lookups, maximumInFlight }).toEqual({ lookups: 40, maximumInFlight: 16 });
  });

  test('of groups never cause the whole list to be read, because its entries contain all members', async () => {
    const { send, requests } = fakeSend(() => page());
    await createDirectory(send, uaa).findGroupsByName(names);
    expect(requests.every((request) => query(request)['filter'] !== undefined)).toBe(true);
  });
});
