import { describe, expect, test } from '@jest/globals';
import { createMemoryStorage } from '../../../src/sandbox/storage.js';
import { createApprovalStore } from '../../../src/sandbox/uaa/store/approvals.js';
import { createCodeStore, createExpiringMap } from '../../../src/sandbox/uaa/store/expiring.js';
import { createGroupStore } from '../../../src/sandbox/uaa/store/groups.js';
import { createTokenStore, type StoredToken } from '../../../src/sandbox/uaa/store/tokens.js';

describe('createExpiringMap', () => {
  test('holds no more values than were set within their lifetime', () => {
    let now = 0;
    const map = createExpiringMap<number>(() => now, 100);
    for (; now < 1000; now += 1) map.set(String(now), now);
    expect(map.size()).toBeLessThanOrEqual(101);
    expect(map.get('950')).toBe(950);
    expect(map.get('800')).toBeUndefined();
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
    expect([map.get('a'), map.get('b'), map.size()]).toEqual(['second', undefined, 2]);
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
  for (; now < 500; now += 1) tokens.put(token(String(now)));
  expect(size()).toBeLessThanOrEqual(101);
  expect(tokens.get('490')).toBeDefined();
  expect(
    tokens.findByOwner({ clientId: 'client' }).every(({ expiresAt }) => expiresAt >= now),
  ).toBe(true);
  expect(tokens.get('400')).toBeUndefined();
});

test('an authorization code is valid for 300 seconds, and only once', () => {
  let now = 0;
  const codes = createCodeStore(() => now, 10);
  const authorization = {
    clientId: 'a',
    userId: 'b',
    scope: [],
    redirectUri: 'https://example.com',
    parameters: {},
  };
  const early = codes.create(authorization);
  const late = codes.create(authorization);
  now = 299_999;
  expect(codes.redeem(early)).toEqual(authorization);
  expect(codes.redeem(early)).toBeUndefined();
  now = 300_000;
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

test('a user of nested groups belongs to each of them once, even if they contain each other', () => {
  const groups = createGroupStore(new Set(['everyone']), createMemoryStorage());
  for (const id of ['everyone', 'inner', 'outer']) {
    groups.put({ id, displayName: id, version: 0, createdAt: 0, modifiedAt: 0 });
  }
  groups.addMember('inner', { value: 'user', type: 'USER', origin: 'uaa' });
  groups.addMember('outer', { value: 'inner', type: 'GROUP', origin: 'uaa' });
  groups.addMember('inner', { value: 'outer', type: 'GROUP', origin: 'uaa' });
  const found = groups.findUserGroups('user').map(({ group, kind }) => `${group.id} ${kind}`);
  expect(found).toEqual(['everyone DIRECT', 'inner DIRECT', 'outer INDIRECT']);
});

test('finds many groups that are nested in several ways', () => {
  const groups = createGroupStore(new Set(), createMemoryStorage());
  // Each level has two groups, and both contain both groups of the level below.
  const levels = Array.from({ length: 40 }, (_, level) => [
    `${String(level)}a`,
    `${String(level)}b`,
  ]);
  for (const [level, ids] of levels.entries()) {
    for (const id of ids) {
      groups.put({ id, displayName: id, version: 0, createdAt: 0, modifiedAt: 0 });
      for (const value of levels[level - 1] ?? []) {
        groups.addMember(id, { value, type: 'GROUP', origin: 'uaa' });
      }
    }
  }
  groups.addMember('0a', { value: 'user', type: 'USER', origin: 'uaa' });
  expect(groups.findUserGroups('user')).toHaveLength(79);
});
