import { describe, expect, test } from '@jest/globals';
import type { Attributes } from '../../../../src/api/uaa/client-attributes.js';
import {
  compareAccess,
  compareAttributes,
} from '../../../../src/domain/access-as-code/difference.js';
import type {
  Access,
  AccessGroup,
  ProviderMember,
} from '../../../../src/domain/access-as-code/model.js';

const empty: Access = { users: [], groups: [], clients: [] };

test('removes nothing without --prune', () => {
  const actual: Access = {
    ...empty,
    groups: [
      { name: 'team', members: [{ group: 'x' }], external: [{ origin: 'ldap', name: 'y' }] },
    ],
    clients: [{ id: 'ci', attributes: {} }],
  };
  const wanted: Access = { ...empty, groups: [{ name: 'team', members: [], external: [] }] };
  expect(compareAccess(wanted, actual, { prune: false })).toEqual([]);
  expect(compareAccess(empty, actual, { prune: true })).toEqual([]);
});

describe('the order of the changes', () => {
  test('starts with users and groups and ends with removals', () => {
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
    const changes = compareAccess(wanted, actual, { prune: true });
    expect(changes.map(({ action, kind }) => `${action} ${kind}`)).toEqual([
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

test('ignores case in names, as the UAA does', () => {
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

test('sets the description of a new group, but does not compare it for an existing one', () => {
  const wanted: Access = { ...empty, groups: [{ name: 'team', description: 'New' }] };
  expect(compareAccess(wanted, empty, { prune: true })).toEqual([
    { action: 'add', kind: 'group', name: 'team', description: 'New' },
  ]);
  const actual: Access = { ...empty, groups: [{ name: 'team', description: 'Old', members: [] }] };
  expect(compareAccess(wanted, actual, { prune: true })).toEqual([]);
});

describe('memberships that come from an identity provider', () => {
  const erin = { user: 'erin', origin: 'ldap' };
  const change = {
    action: 'change',
    kind: 'member',
    group: 'team',
    member: erin,
    fields: [{ name: 'origin', from: 'ldap', to: 'uaa' }],
  };
  const ldapGroup = { origin: 'ldap', name: 'cn=dev' };
  const actualWith = (source: ProviderMember['source']): Access => ({
    ...empty,
    users: [erin],
    groups: [
      {
        name: 'team',
        members: [],
        external: [ldapGroup],
        providerMembers: [{ member: erin, origin: 'ldap', source }],
      },
    ],
  });
  const fileWith = (group: Omit<AccessGroup, 'name'>): Access => ({
    ...empty,
    groups: [{ name: 'team', ...group }],
  });

  test.each(['mapping', 'provider', 'unmapped', 'unknown'] as const)(
    'are never removed if the file does not list them: %s',
    (source) => {
      const file = fileWith({ members: [] });
      expect(compareAccess(file, actualWith(source), { prune: true })).toEqual([]);
    },
  );

  test.each(['mapping', 'provider', 'unknown'] as const)(
    'do not change if the file lists them: %s',
    (source) => {
      const file = fileWith({ members: [erin] });
      expect(compareAccess(file, actualWith(source), { prune: true })).toEqual([]);
    },
  );

  test('change if the file lists them and nothing assigns them', () => {
    const file = fileWith({ members: [erin] });
    expect(compareAccess(file, actualWith('unmapped'), { prune: false })).toEqual([change]);
  });

  test('change if the file lists them and --prune removes their mapping', () => {
    const file = fileWith({ members: [erin], external: [] });
    const changes = compareAccess(file, actualWith('mapping'), { prune: true });
    expect(changes).toEqual([
      change,
      { action: 'remove', kind: 'external', group: 'team', external: ldapGroup },
    ]);
    expect(compareAccess(file, actualWith('mapping'), { prune: false })).toEqual([]);
  });
});

/** The new values of the attributes that change. */
function findChanges(wanted: Attributes, actual: Attributes, prune = false): unknown {
  const changes = compareAttributes(wanted, actual, { prune });
  return Object.fromEntries(changes.map(({ name, to }) => [name, to]));
}

describe('lists of scopes and other permissions', () => {
  test('get the missing entries and keep the others', () => {
    const wanted = { authorities: ['b', 'a'] };
    expect(findChanges(wanted, { authorities: ['c', 'b'] })).toEqual({
      authorities: ['a', 'b', 'c'],
    });
  });

  test('lose all other entries with --prune', () => {
    const wanted = { authorities: ['b', 'a'] };
    expect(findChanges(wanted, { authorities: ['c'] }, true)).toEqual({ authorities: ['a', 'b'] });
  });

  test.each([true, false])('treat uaa.none as no scope (prune: %j)', (prune) => {
    expect(findChanges({ scope: [] }, { scope: ['uaa.none'] }, prune)).toEqual({});
    expect(findChanges({ scope: ['uaa.none'] }, {}, prune)).toEqual({});
    expect(findChanges({ scope: ['a'] }, { scope: ['uaa.none'] }, prune)).toEqual({ scope: ['a'] });
  });

  test('are sent in the form that the UAA accepts if they are empty', () => {
    expect(
      findChanges({ scope: [], authorities: [] }, { scope: ['a'], authorities: ['b'] }, true),
    ).toEqual({ scope: ['uaa.none'], authorities: ['uaa.none'] });
    expect(findChanges({ redirect_uri: [] }, { redirect_uri: ['https://a'] }, true)).toEqual({
      redirect_uri: [],
    });
    expect(findChanges({ scope: [] }, { scope: ['a'] })).toEqual({});
  });

  test.each(['password', 'authorization_code'])(
    'keep the refresh_token that the UAA adds to %s',
    (grant) => {
      const actual = { authorized_grant_types: [grant, 'refresh_token'] };
      expect(findChanges({ authorized_grant_types: [grant] }, actual, true)).toEqual({});
    },
  );
});

describe('autoapprove', () => {
  test('true approves all scopes', () => {
    expect(findChanges({ autoapprove: true }, { autoapprove: true })).toEqual({});
    expect(findChanges({ autoapprove: true }, {})).toEqual({ autoapprove: true });
    expect(findChanges({ autoapprove: true }, { autoapprove: ['a'] })).toEqual({
      autoapprove: true,
    });
  });

  test('a list replaces true only with --prune', () => {
    const actual = { autoapprove: true, scope: ['a', 'b'] };
    expect(findChanges({ autoapprove: ['a'] }, actual)).toEqual({});
    expect(findChanges({ autoapprove: ['a'] }, actual, true)).toEqual({ autoapprove: ['a'] });
  });

  test('false approves no scopes, with or without --prune', () => {
    expect(findChanges({ autoapprove: false }, {})).toEqual({});
    expect(findChanges({ autoapprove: false }, { autoapprove: true })).toEqual({
      autoapprove: false,
    });
    const actual = { autoapprove: ['a'], scope: ['a'] };
    expect(findChanges({ autoapprove: false }, actual)).toEqual({ autoapprove: false });
    expect(findChanges({ autoapprove: [] }, actual, true)).toEqual({ autoapprove: false });
  });

  test('contains only scopes that the client has or gets, as the UAA stores no others', () => {
    expect(findChanges({ autoapprove: ['a', 'gone'] }, { scope: ['a'] })).toEqual({
      autoapprove: ['a'],
    });
    expect(findChanges({ autoapprove: ['b'], scope: ['b'] }, { scope: ['a'] })).toEqual({
      scope: ['a', 'b'],
      autoapprove: ['b'],
    });
  });

  test('an entry may be a regular expression; an invalid one matches only itself', () => {
    const actual = { scope: ['pks.a', 'pks.b', 'open(id'], autoapprove: ['pks.a', 'pks.b'] };
    expect(findChanges({ autoapprove: ['pks\\..*'] }, actual, true)).toEqual({});
    expect(findChanges({ autoapprove: ['open(id'] }, actual, true)).toEqual({
      autoapprove: ['open(id'],
    });
  });
});

describe('other attributes', () => {
  test('are set to the value in the file', () => {
    const actual = { access_token_validity: 600, name: 'Old', allowedproviders: ['uaa', 'ldap'] };
    const wanted = { access_token_validity: 900, name: 'Old', allowedproviders: ['uaa'] };
    expect(compareAttributes(wanted, actual, { prune: false })).toEqual([
      { name: 'access_token_validity', from: 600, to: 900 },
      { name: 'allowedproviders', from: ['uaa', 'ldap'], to: ['uaa'] },
    ]);
  });
});
