import { describe, expect, test } from '@jest/globals';
import { withStatusErrors } from '../../../../src/api/client/api-error.js';
import { measurePassword } from '../../../../src/api/uaa/password-strength.js';
import { createUsers } from '../../../../src/api/uaa/users.js';
import { TpksError } from '../../../../src/base/errors.js';
import { Secret } from '../../../../src/base/secret.js';
import type { HttpRequest } from '../../../../src/platform/http/send.js';
import { fakeSend as fakeResponses, type FakeResponse } from '../../../support/fakes/fake-send.js';
import { fakeSend, query } from './fake-send.js';

const uaa = 'https://uaa.example.com';
const cody = { id: 'c-1', userName: 'cody', origin: 'uaa', custom: [1, { two: 3 }] };

function sendUsers(...resources: readonly object[]) {
  return fakeSend(() => ({ resources, totalResults: resources.length }));
}

describe('a user', () => {
  test('is not deleted if the name is ambiguous', async () => {
    const { send, requests } = sendUsers(cody, { ...cody, id: 'c-2', origin: "o'ldap" });
    await expect(createUsers(send, uaa).remove({ name: 'cody' })).rejects.toMatchObject({
      message: 'User cody exists in several origins',
      hint: `choose one of:\n  --origin 'o'\\''ldap'\n  --origin uaa`,
    });
    expect(requests.map(({ method }) => method)).toEqual(['GET']);
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

describe('lookups without scim.read', () => {
  const cody = { id: 'c-1', userName: 'cody', origin: 'uaa' };

  function createTestUserIds(...resources: readonly object[]) {
    const { send, requests } = fakeSend(() => ({ resources, totalResults: resources.length }));
    return { ids: createUsers(send, uaa), requests };
  }

  test('looks up fifty names per request and returns each user once', async () => {
    const { ids, requests } = createTestUserIds(cody);
    const names = [...Array.from({ length: 100 }, (_, index) => `user-${index}`), 'cody'];
    expect(await ids.findIdentities({ names, ids: [] })).toEqual([cody]);
    expect(requests).toHaveLength(3);
  });

  test('suggests another command if the UAA has disabled the lookup', async () => {
    const { send } = fakeSend(() => {
      throw new TpksError('failed', 'Illegal operation.', { status: 400, oauthError: 'scim' });
    });
    const lookup = createUsers(send, uaa).findIdentities({ names: ['cody'], ids: [] });
    await expect(lookup).rejects.toMatchObject({
      message: 'Illegal operation.',
      hint: expect.stringContaining('tpks uaa users'),
    });
  });
});

describe('updates', () => {
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
    new TpksError('conflict', 'wrong version', {
      status: 409,
      oauthError: 'scim_resource_conflict',
    });

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
    const updates = createUsers(send, uaa, {
      sleep: async (milliseconds) => {
        pauses.push(milliseconds);
      },
    });
    return { updates, requests, reads, pauses };
  }

  const sent = ({ body }: HttpRequest): unknown => JSON.parse(String(body));

  describe('an update', () => {
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
  });
});

function measure(answer: FakeResponse) {
  const { send } = fakeResponses(answer);
  return measurePassword(withStatusErrors(send), uaa, new Secret('p&ss word'));
}

test.each([
  { status: 302, headers: { location: '/login?error=invalid_login_request' } },
  { status: 403, body: { error: 'Could not verify the provided CSRF token' } },
  { status: 404, body: {} },
  { status: 405, body: {} },
])('reports that the UAA no longer has this function if it responds with %j', async (answer) => {
  await expect(measure(answer)).rejects.toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('removed this feature'),
    hint: expect.stringContaining('tpks uaa idp get uaa'),
  });
});

test.each([
  [{ status: 503, body: {} }, 'unavailable'],
  [{ status: 304 }, 'unavailable'],
  [{ status: 429, body: {} }, 'unavailable'],
  [{ status: 302, headers: { location: 'https://elsewhere.example.com/' } }, 'untrusted'],
])('reports the response %j as %s', async (answer, kind) => {
  await expect(measure(answer)).rejects.toMatchObject({ kind });
});
