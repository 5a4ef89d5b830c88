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
  futureField: { kept: true },
};

const conflict = () =>
  new TpksError('conflict', 'wrong version', { status: 409, oauthError: 'scim_resource_conflict' });

/** @param refusals - how often a write is refused because another came first. */
function service(stored: object = cody, refusals = 0) {
  const reads: unknown[] = [];
  const requests: HttpRequest[] = [];
  const pauses: number[] = [];
  let left = refusals;
  const { send } = fakeSend((request) => {
    const { method, body } = request;
    if (method === 'GET') {
      reads.push(query(request)['filter']);
      const version = cody.meta.version + reads.length - 1;
      const user = { ...stored, meta: { ...cody.meta, version } };
      return { resources: [user], totalResults: 1 };
    }
    requests.push(request);
    if (left > 0) {
      left -= 1;
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
    [
      'a given name keeps the family name',
      { givenName: 'C.' },
      { name: { familyName: 'Example', givenName: 'C.' } },
    ],
    ['an e-mail', { emails: ['c@example.com'] }, { emails: [{ value: 'c@example.com' }] }],
    ['phone numbers', { phoneNumbers: ['2'] }, { phoneNumbers: [{ value: '2' }] }],
    ['whether it is active', { active: false }, { active: false }],
    [
      'a name that is taken away leaves the other',
      { remove: ['givenName'] },
      { name: { familyName: 'Example' } },
    ],
    ['all names', { remove: ['givenName', 'familyName'] }, { name: {} }],
    ['what is taken away at the top', { remove: ['phoneNumbers'] }, { phoneNumbers: undefined }],
    ['the external id', { remove: ['externalId'] }, { externalId: undefined }],
  ])('%s: goes out whole, with all that was not named', async (_what, change, difference) => {
    const { updates, requests } = service();
    const { isChanged } = await updates.update({ name: 'cody' }, change);
    expect(isChanged).toBe(true);
    expect(requests).toMatchObject([
      { method: 'PUT', url: `${uaa}/Users/c%2F1`, headers: { 'if-match': '7' } },
    ]);
    const body = JSON.parse(JSON.stringify({ ...cody, ...difference })) as object;
    expect(requests.map(sent)).toEqual([body]);
  });

  test('of what is so already sends nothing', async () => {
    const { updates, requests } = service();
    const change = {
      givenName: 'Cody',
      emails: ['cody@example.com'],
      phoneNumbers: ['1'],
      active: true,
    };
    const { isChanged, user } = await updates.update({ name: 'cody' }, change);
    expect([isChanged, user.userName, requests]).toEqual([false, 'cody', []]);
  });

  test('of a user without a name sends an empty one, which UAA needs', async () => {
    const { updates, requests } = service({ ...cody, name: undefined });
    await updates.update({ id: 'c/1' }, { active: false });
    expect(requests.map(sent)).toMatchObject([{ name: {}, active: false }]);
  });
});

describe('a change that another one came before', () => {
  const byId = 'id eq "c/1"';

  test('is made anew from what stands then', async () => {
    const { updates, requests, reads, pauses } = service(cody, 2);
    await updates.update({ name: 'cody', origin: 'uaa' }, { givenName: 'C.' });
    expect(requests.map(({ headers }) => headers?.['if-match'])).toEqual(['7', '8', '9']);
    expect(pauses).toHaveLength(2);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(100);
    // A user who is renamed meanwhile stays the same user.
    expect(reads).toEqual(['(userName eq "cody") and origin eq "uaa"', byId, byId]);
  });

  test('is given up after a while, with a word about who won', async () => {
    const { updates, requests } = service(cody, 1000);
    await expect(updates.update({ name: 'cody' }, { givenName: 'C.' })).rejects.toMatchObject({
      kind: 'conflict',
      status: 409,
      message:
        'User cody was not updated: another client changed it during each attempt (last change: ' +
        '2026-11-25T01:02:03.000Z)',
    });
    expect(requests).toHaveLength(12);
  });

  test('is not tried again for any other failure', async () => {
    const { updates, reads } = service({ ...cody, id: 1 });
    await expect(updates.update({ name: 'cody' }, { active: false })).rejects.toMatchObject({
      kind: 'unavailable',
    });
    expect(reads).toHaveLength(1);
  });
});
