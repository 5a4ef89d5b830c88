import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import type { HttpRequest } from '../../../src/http/send.js';
import { createUserUpdates, type UserChange } from '../../../src/uaa/user-updates.js';
import { fakeSend, query } from './fake-send.js';

const uaa = 'https://uaa.example.com';

const cody = {
  id: 'c/1',
  meta: { version: 7, created: 'then', lastModified: '2026-11-25T01:02:03.000Z' },
  userName: 'cody',
  name: { familyName: 'Example', givenName: 'Cody' },
  emails: [{ value: 'cody@example.com', primary: false }],
  phoneNumbers: [{ value: '1' }],
  groups: [{ value: 'g-1', display: 'openid', type: 'DIRECT' }],
  active: true,
  verified: false,
  origin: 'uaa',
  salt: 's',
  externalId: 'e',
  futureField: { a: true },
};

const conflict = () =>
  new TpksError('conflict', 'wrong version', { status: 409, oauthError: 'scim_resource_conflict' });

/** @param conflicts - number of writes that are rejected because of another change. */
function createTestUpdates(stored: object = cody, conflicts = 0) {
  const reads: unknown[] = [];
  const requests: HttpRequest[] = [];
  const pauses: number[] = [];
  let remainingConflicts = conflicts;
  const { send } = fakeSend((request) => {
    const { method, body } = request;
    if (method === 'GET') {
      reads.push(query(request)['filter']);
      const version = cody.meta.version + reads.length - 1;
      const user = { ...stored, meta: { ...cody.meta, version } };
      return { resources: [user], totalResults: 1 };
    }
    requests.push(request);
    if (remainingConflicts > 0) {
      remainingConflicts -= 1;
      throw conflict();
    }
    return JSON.parse(String(body)) as unknown;
  });
  const updates = createUserUpdates(send, uaa, {
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
    },
  });
  return { updates, requests, reads, pauses };
}

const sent = ({ body }: HttpRequest): unknown => JSON.parse(String(body));

describe('an update', () => {
  test.each<[string, UserChange, object]>([
    ['the given name', { givenName: 'C.' }, { name: { familyName: 'Example', givenName: 'C.' } }],
    ['the e-mail address', { emails: ['c@example.com'] }, { emails: [{ value: 'c@example.com' }] }],
    ['the phone numbers', { phoneNumbers: ['2'] }, { phoneNumbers: [{ value: '2' }] }],
    ['the active flag', { active: false }, { active: false }],
    [
      'the given name by removing it',
      { remove: ['givenName'] },
      { name: { familyName: 'Example' } },
    ],
    ['both names by removing them', { remove: ['givenName', 'familyName'] }, { name: {} }],
    [
      'the phone numbers by removing them',
      { remove: ['phoneNumbers'] },
      { phoneNumbers: undefined },
    ],
    ['the external id by removing it', { remove: ['externalId'] }, { externalId: undefined }],
  ])('of %s sends the whole user with all other fields', async (_name, change, difference) => {
    const { updates, requests } = createTestUpdates();
    const { isChanged } = await updates.update({ name: 'cody' }, change);
    expect(isChanged).toBe(true);
    expect(requests).toMatchObject([
      { method: 'PUT', url: `${uaa}/Users/c%2F1`, headers: { 'if-match': '7' } },
    ]);
    const body = JSON.parse(JSON.stringify({ ...cody, ...difference })) as object;
    expect(requests.map(sent)).toEqual([body]);
  });

  test('to the existing values sends nothing', async () => {
    const { updates, requests } = createTestUpdates();
    const change = {
      givenName: 'Cody',
      emails: ['cody@example.com'],
      phoneNumbers: ['1'],
      active: true,
    };
    const { isChanged, user } = await updates.update({ name: 'cody' }, change);
    expect([isChanged, user.userName, requests]).toEqual([false, 'cody', []]);
  });

  test('of a user without a name sends an empty name, which the UAA requires', async () => {
    const { updates, requests } = createTestUpdates({ ...cody, name: undefined });
    await updates.update({ id: 'c/1' }, { active: false });
    expect(requests.map(sent)).toMatchObject([{ name: {}, active: false }]);
  });
});

describe('an update that conflicts with another change', () => {
  const byId = 'id eq "c/1"';

  test('is repeated with the current user', async () => {
    const { updates, requests, reads, pauses } = createTestUpdates(cody, 2);
    await updates.update({ name: 'cody', origin: 'uaa' }, { givenName: 'C.' });
    expect(requests.map(({ headers }) => headers?.['if-match'])).toEqual(['7', '8', '9']);
    expect(pauses).toHaveLength(2);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(100);
    // Later reads use the id, because the user could have been renamed.
    expect(reads).toEqual(['(userName eq "cody") and origin eq "uaa"', byId, byId]);
  });

  test('fails after some attempts', async () => {
    const { updates, requests } = createTestUpdates(cody, 1000);
    await expect(updates.update({ name: 'cody' }, { givenName: 'C.' })).rejects.toMatchObject({
      kind: 'conflict',
      status: 409,
      message: 'The user was not updated: another client changed it during each attempt',
    });
    expect(requests).toHaveLength(12);
  });

  test('is not repeated after any other error', async () => {
    const { updates, reads } = createTestUpdates({ ...cody, id: 1 });
    await expect(updates.update({ name: 'cody' }, { active: false })).rejects.toMatchObject({
      kind: 'unavailable',
    });
    expect(reads).toHaveLength(1);
  });
});
