import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../src/secret.js';
import { createUsers } from '../../../src/uaa/users.js';
import { fakeSend, query } from './fake-send.js';

const uaa = 'https://uaa.example.com';
const cody = { id: 'c-1', userName: 'cody', origin: 'uaa', custom: [1, { two: 3 }] };

function sendUsers(...resources: readonly object[]) {
  return fakeSend(() => ({ resources, totalResults: resources.length }));
}

describe('a user', () => {
  test('is found with one request and has every field of the response', async () => {
    const { send, requests } = sendUsers(cody);
    expect(await createUsers(send, uaa).get({ name: 'CODY' })).toEqual(cody);
    expect(requests.map(query)).toEqual([
      { filter: 'userName eq "CODY"', startIndex: '1', count: '500' },
    ]);
  });

  test('with another name is not returned, even if the server returns it', async () => {
    const { send } = sendUsers(cody);
    await expect(createUsers(send, uaa).get({ name: 'cod_' })).rejects.toMatchObject({
      kind: 'notFound',
    });
  });

  test('with another origin is not returned', async () => {
    const { send } = sendUsers(cody);
    await expect(
      createUsers(send, uaa).get({ name: 'cody', origin: 'ldap' }),
    ).rejects.toMatchObject({
      kind: 'notFound',
      message: 'User cody of origin ldap not found',
    });
  });

  test('is deleted by id without a lookup', async () => {
    const { send, requests } = fakeSend(() => cody);
    await createUsers(send, uaa).remove({ id: 'c 1?x' });
    expect(requests).toMatchObject([
      { method: 'DELETE', url: 'https://uaa.example.com/Users/c%201%3Fx' },
    ]);
  });

  test('is not deleted if the name is ambiguous', async () => {
    const { send, requests } = sendUsers(cody, { ...cody, id: 'c-2', origin: "o'ldap" });
    await expect(createUsers(send, uaa).remove({ name: 'cody' })).rejects.toMatchObject({
      message: 'User cody exists in several origins',
      hint: `choose one of:\n  --origin 'o'\\''ldap'\n  --origin uaa`,
    });
    expect(requests.map(({ method }) => method)).toEqual(['GET']);
  });

  test('is created with only the given values', async () => {
    const { send, requests } = fakeSend(() => cody);
    await createUsers(send, uaa).add({
      userName: 'cody',
      password: new Secret('a "quoted" word'),
      emails: ['cody@example.com'],
      phoneNumbers: [],
    });
    expect(requests).toMatchObject([
      { method: 'POST', url: `${uaa}/Users`, headers: { 'content-type': 'application/json' } },
    ]);
    expect(JSON.parse(String(requests[0]?.body))).toEqual({
      userName: 'cody',
      password: 'a "quoted" word',
      name: {},
      emails: [{ value: 'cody@example.com' }],
      phoneNumbers: [],
    });
  });

  test('that is invalid is rejected', async () => {
    const { send } = fakeSend(() => ({ id: 1 }));
    await expect(
      createUsers(send, uaa).add({ userName: 'x', emails: [], phoneNumbers: [] }),
    ).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('returned an invalid user (id: '),
    });
  });
});

describe('identify', () => {
  test('looks up fifty names per request', async () => {
    const { send, requests } = sendUsers();
    const names = Array.from({ length: 101 }, (_, index) => `user-${index}`);
    const found = await createUsers(send, uaa).identify(names, 'ldap');
    expect(found).toHaveLength(101);
    expect(requests).toHaveLength(3);
    const last = requests[2];
    expect(last && query(last)).toMatchObject({
      filter: '(userName eq "user-100") and origin eq "ldap"',
      attributes: 'id,userName,origin',
    });
  });

  test('sends no request for no names', async () => {
    const { send, requests } = sendUsers();
    expect(await createUsers(send, uaa).identify([])).toEqual([]);
    expect(requests).toEqual([]);
  });
});
