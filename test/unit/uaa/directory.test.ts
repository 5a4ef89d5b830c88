import { describe, expect, test } from '@jest/globals';
import { createDirectory } from '../../../src/uaa/directory.js';
import { fakeSend, query } from './fake-send.js';

const uaa = 'https://uaa.example.com';
const page = (...resources: readonly object[]) => ({
  resources,
  totalResults: resources.length,
});

/** The names that a filter asks for. */
const asked = (filter = '') => [...filter.matchAll(/eq "([^"]*)"/g)].map(([, name]) => name);

describe('many names', () => {
  test('are asked for in few requests, each of a length that servers take', async () => {
    const names = Array.from(
      { length: 500 },
      (_, index) => `${'n'.repeat(index % 90)}-${String(index)}`,
    );
    const { send, requests } = fakeSend(() => page());
    await createDirectory(send, uaa).usersNamed(names);
    expect(requests.flatMap((request) => asked(query(request)['filter']))).toEqual(names);
    expect(Math.max(...requests.map(({ url }) => url.length))).toBeLessThan(4096);
    expect(requests.length).toBeLessThan(20);
  });

  test('of the longest are asked for one by one', async () => {
    const names = ['ü'.repeat(255), 'ö'.repeat(255), 'ä'.repeat(255)];
    const { send, requests } = fakeSend(() => page());
    await createDirectory(send, uaa).groupsNamed(names);
    expect(requests.map((request) => asked(query(request)['filter']).length)).toEqual([1, 1, 1]);
  });

  test('are each asked for once; no name asks for nothing', async () => {
    const { send, requests } = fakeSend(() => page());
    const directory = createDirectory(send, uaa);
    await directory.usersNamed(['cody', 'erin', 'cody']);
    await directory.clientsWithIds([]);
    expect(requests.map((request) => asked(query(request)['filter']))).toEqual([['cody', 'erin']]);
  });

  test('cannot end the text that they stand in', async () => {
    const { send, requests } = fakeSend(() => page());
    await createDirectory(send, uaa).usersNamed(['x" or id pr', "it's"]);
    expect(query(requests[0]!)['filter']).toBe(
      'userName eq "x\\" or id pr" or userName eq "it\\u0027s"',
    );
  });
});

test('only what is needed is asked for, in an order without gaps', async () => {
  const { send, requests } = fakeSend(() => page());
  const directory = createDirectory(send, uaa);
  await directory.allUsers();
  await directory.allGroups();
  await directory.groupNamesWithIds(['g-1']);
  await directory.allClients();
  expect(requests.map((request) => [new URL(request.url).pathname, query(request)])).toMatchObject([
    ['/Users', { attributes: 'id,userName,origin,name,emails,phoneNumbers', sortBy: 'id' }],
    ['/Groups', { attributes: 'id,displayName,description,members', sortBy: 'id' }],
    ['/Groups', { attributes: 'id,displayName', filter: 'id eq "g-1"' }],
    ['/oauth/clients', { sortBy: 'client_id' }],
  ]);
});

test('an answer that is no list of users is told', async () => {
  const { send } = fakeSend(() => page({ id: 'u-1', userName: 5, origin: 'uaa' }));
  await expect(createDirectory(send, uaa).allUsers()).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringContaining('userName'),
  });
});
