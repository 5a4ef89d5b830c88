import { describe, expect, test } from '@jest/globals';
import { externalKey, memberKey, userKey, type Access } from '../../../src/access/model.js';
import { compareAccess } from '../../../src/access/difference.js';
import { dice, randomAccess } from './random-access.js';
import { afterAllOf } from './simulated-uaa.js';

const seeds = Array.from({ length: 400 }, (_, seed) => seed);
function pair(seed: number): { readonly actual: Access; readonly wanted: Access } {
  const roll = dice(seed);
  const actual = randomAccess(roll, { whole: true });
  return { actual, wanted: randomAccess(roll, { whole: false, known: actual }) };
}

const bothWays = [{ prune: false }, { prune: true }];

describe.each(bothWays)('of random access, %j', ({ prune }) => {
  test('after the changes nothing is left to do', () => {
    for (const seed of seeds) {
      const { actual, wanted } = pair(seed);
      const changes = compareAccess(wanted, actual, { prune });
      const reached = afterAllOf(actual, changes);
      expect({ seed, left: compareAccess(wanted, reached, { prune }) }).toEqual({ seed, left: [] });
    }
  });

  test('stopped anywhere, the rest leads to the same end', () => {
    for (const seed of seeds.slice(0, 60)) {
      const { actual, wanted } = pair(seed);
      const changes = compareAccess(wanted, actual, { prune });
      const end = afterAllOf(actual, changes);
      for (const stop of changes.keys()) {
        const halfWay = afterAllOf(actual, changes.slice(0, stop));
        expect(compareAccess(wanted, halfWay, { prune })).toEqual(changes.slice(stop));
        expect(afterAllOf(halfWay, changes.slice(stop))).toEqual(end);
      }
    }
  });

  test('no user is taken away, and no group or client that is not named', () => {
    for (const seed of seeds) {
      const { actual, wanted } = pair(seed);
      const changes = compareAccess(wanted, actual, { prune });
      const reached = afterAllOf(actual, changes);
      const kept = new Set(reached.users.map(userKey));
      expect(actual.users.every((user) => kept.has(userKey(user)))).toBe(true);
      for (const group of actual.groups.filter(({ name }) => !names(wanted).has(name))) {
        expect(reached.groups).toContainEqual(group);
      }
      for (const client of actual.clients.filter(({ id }) => !names(wanted).has(id))) {
        expect(reached.clients).toContainEqual(client);
      }
    }
  });
});

function names({ groups, clients }: Access): ReadonlySet<string> {
  return new Set([...groups.map(({ name }) => name), ...clients.map(({ id }) => id)]);
}

test('pruned, the lists of the file are what there is', () => {
  for (const seed of seeds) {
    const { actual, wanted } = pair(seed);
    const reached = afterAllOf(actual, compareAccess(wanted, actual, { prune: true }));
    for (const { name, members, external } of wanted.groups) {
      const group = reached.groups.find((one) => one.name === name);
      const keys = <T>(items: readonly T[] = [], key: (item: T) => string) => items.map(key).sort();
      if (members) expect(keys(group?.members, memberKey)).toEqual(keys(members, memberKey));
      if (external) expect(keys(group?.external, externalKey)).toEqual(keys(external, externalKey));
    }
  }
});

test('without --prune nothing is taken away at all', () => {
  for (const seed of seeds) {
    const { actual, wanted } = pair(seed);
    const changes = compareAccess(wanted, actual, { prune: false });
    expect(changes.filter(({ action }) => action === 'remove')).toEqual([]);
  }
});

const empty: Access = { users: [], groups: [], clients: [] };

describe('the order', () => {
  test('who is to be in a group comes first, and what is taken away last', () => {
    const wanted: Access = {
      users: [{ user: 'erin', origin: 'uaa', emails: ['e@x'] }],
      groups: [
        { name: 'b', members: [{ group: 'a' }, { user: 'erin', origin: 'uaa' }] },
        { name: 'a', members: [], external: [{ origin: 'ldap', name: 'cn=x' }] },
      ],
      clients: [{ id: 'ci', attributes: {} }],
    };
    const actual: Access = {
      ...empty,
      users: [{ user: 'old', origin: 'uaa' }],
      groups: [{ name: 'a', members: [{ user: 'old', origin: 'uaa' }], external: [] }],
    };
    const steps = compareAccess(wanted, actual, { prune: true });
    expect(steps.map(({ action, kind }) => `${action} ${kind}`)).toEqual([
      'add user',
      'add group',
      'add external',
      'add member',
      'add member',
      'add client',
      'remove member',
    ]);
  });
});

test('names are the same in any case, as the UAA compares them', () => {
  const wanted: Access = {
    users: [{ user: 'CODY', origin: 'UAA', emails: ['c@x'] }],
    groups: [
      {
        name: 'team',
        members: [{ user: 'CODY', origin: 'UAA' }],
        external: [{ origin: 'LDAP', name: ' CN=Dev ' }],
      },
    ],
    clients: [],
  };
  const actual: Access = {
    users: [{ user: 'cody', origin: 'uaa', emails: ['c@x'] }],
    groups: [
      {
        name: 'team',
        members: [{ user: 'cody', origin: 'uaa' }],
        external: [{ origin: 'ldap', name: 'cn=dev' }],
      },
    ],
    clients: [],
  };
  expect(compareAccess(wanted, actual, { prune: true })).toEqual([]);
});

test('a user is no group of the same name', () => {
  const actual: Access = { ...empty, groups: [{ name: 'team', members: [{ group: 'x' }] }] };
  const wanted: Access = {
    ...empty,
    groups: [{ name: 'team', members: [{ user: 'x', origin: 'uaa' }] }],
  };
  expect(compareAccess(wanted, actual, { prune: true })).toMatchObject([
    { action: 'add', member: { user: 'x' } },
    { action: 'remove', member: { group: 'x' } },
  ]);
});

test('a description is for a new group; of one that is there it is not compared', () => {
  const wanted: Access = { ...empty, groups: [{ name: 'team', description: 'New' }] };
  expect(compareAccess(wanted, empty, { prune: true })).toEqual([
    { action: 'add', kind: 'group', name: 'team', description: 'New' },
  ]);
  const actual: Access = { ...empty, groups: [{ name: 'team', description: 'Old', members: [] }] };
  expect(compareAccess(wanted, actual, { prune: true })).toEqual([]);
});

test('a member that is named twice is added once', () => {
  const cody = { user: 'cody', origin: 'uaa' };
  const wanted: Access = { ...empty, groups: [{ name: 'team', members: [cody, cody] }] };
  const actual: Access = { ...empty, groups: [{ name: 'team', members: [] }] };
  expect(compareAccess(wanted, actual, { prune: false })).toHaveLength(1);
});
