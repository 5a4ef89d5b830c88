import { expect, test } from '@jest/globals';
import { createMemoryStorage } from '../../../../../src/sandbox/storage/storage.js';
import { createGroupStore } from '../../../../../src/sandbox/uaa/store/groups.js';

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
