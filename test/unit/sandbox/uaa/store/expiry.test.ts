import { describe, expect, test } from '@jest/globals';
import { createMemoryStorage } from '../../../../../src/sandbox/storage/storage.js';
import { createApprovalStore } from '../../../../../src/sandbox/uaa/store/approvals.js';
import { createCodeStore } from '../../../../../src/sandbox/uaa/store/codes.js';
import { createExpiringMap } from '../../../../../src/sandbox/uaa/store/expiring-map.js';
import { createTokenStore, type StoredToken } from '../../../../../src/sandbox/uaa/store/tokens.js';

describe('createExpiringMap', () => {
  test('holds no more values than were set within their lifetime', () => {
    let now = 0;
    const map = createExpiringMap<number>(() => now, 100);
    for (; now < 10_000; now += 1) map.set(String(now), now);
    expect(map.size()).toBeLessThanOrEqual(101);
    expect(map.get('9950')).toEqual({ value: 9950, setAt: 9950 });
    expect(map.get('9000')).toBeUndefined();
  });

  test('keeps a value that is set again', () => {
    let now = 0;
    const map = createExpiringMap<string>(() => now, 100);
    map.set('a', 'first');
    map.set('b', 'other');
    now = 99;
    map.set('a', 'second');
    now = 150;
    map.set('c', 'new');
    expect([map.get('a')?.value, map.get('b'), map.size()]).toEqual(['second', undefined, 2]);
  });
});

test('expired tokens are deleted when another one is saved', () => {
  let now = 0;
  const storage = createMemoryStorage();
  let size = () => 0;
  const tokens = createTokenStore(() => now, {
    ...storage,
    collection(declaration) {
      const collection = storage.collection(declaration);
      size = collection.size;
      return collection;
    },
  });
  const token = (id: string): StoredToken => ({
    id,
    clientId: 'client',
    format: 'opaque',
    responseType: 'ACCESS_TOKEN',
    issuedAt: now,
    // The lifetimes differ.
    expiresAt: now + 50 + (now % 50),
    scope: [],
    value: 'jwt',
  });
  for (; now < 5000; now += 1) tokens.put(token(String(now)));
  expect(size()).toBeLessThanOrEqual(101);
  expect(tokens.get('4990')).toBeDefined();
  expect(
    tokens.findByOwner({ clientId: 'client' }).every(({ expiresAt }) => expiresAt >= now),
  ).toBe(true);
  expect(tokens.get('4000')).toBeUndefined();
});

test('an expired code is distinguished from an unknown one for a while, and then forgotten', () => {
  let now = 0;
  const codes = createCodeStore(() => now, 10);
  const authorized = {
    clientId: 'a',
    userId: 'b',
    scope: [],
    redirectUri: 'https://example.com',
    parameters: {},
  };
  const [early, late] = [codes.create(authorized), codes.create(authorized)];
  now = 300_000;
  codes.create(authorized);
  expect(codes.redeem(early)).toBe('expired');
  now = 600_000;
  codes.create(authorized);
  expect(codes.redeem(late)).toBeUndefined();
});

test('approvals are deleted with their user and with their client', () => {
  const approvals = createApprovalStore(() => 0, createMemoryStorage());
  const key = (userId: string, clientId: string) => ({ userId, clientId, scope: 'openid' });
  for (const userId of ['erin', 'frank']) {
    for (const clientId of ['one', 'two']) approvals.put(key(userId, clientId), true);
  }
  approvals.deleteByUser('erin');
  approvals.deleteByClient('two');
  expect(approvals.get(key('frank', 'one'))).toBe(true);
  expect(approvals.get(key('erin', 'one'))).toBeUndefined();
  expect(approvals.get(key('frank', 'two'))).toBeUndefined();
});
