import { describe, expect, test } from '@jest/globals';
import type { AccessFile, FileMember } from '../../../src/access/file.js';
import { resolveNames, type KnownNames } from '../../../src/access/resolve.js';

const known: KnownNames = {
  users: [
    { userName: 'Cody', origin: 'uaa' },
    { userName: 'erin', origin: 'uaa' },
    { userName: 'erin', origin: 'ldap' },
  ],
  groups: [{ displayName: 'Team.Blue' }, { displayName: 'core' }, { displayName: 'Core' }],
};

type Written = { readonly user: string; readonly origin?: string } | { readonly group: string };

function fileWith(
  members: readonly Written[],
  users: readonly { readonly user: string; readonly origin: string }[] = [],
  groups: readonly string[] = [],
): AccessFile {
  const placed = members.map((one, index): FileMember => ({ ...one, valuePath: ['m', index] }));
  return {
    path: 'access.yml',
    lineOf: () => 1,
    users: users.map((user, index) => ({ ...user, valuePath: ['u', index] })),
    groups: [
      { name: 'team.blue', valuePath: ['g', 0], members: placed },
      ...groups.map((name, index) => ({ name, valuePath: ['g', index + 1] })),
    ],
    clients: [],
  };
}

function resolved(file: AccessFile) {
  const problems: string[] = [];
  const access = resolveNames(file, known, (place, text) =>
    problems.push(`${place.join('.')}: ${text}`),
  );
  return {
    members: access.groups[0]?.members,
    names: access.groups.map(({ name }) => name),
    problems,
  };
}

describe('a member', () => {
  test.each([
    ['of a name that exists once', { user: 'CODY' }, { user: 'Cody', origin: 'uaa' }],
    ['of one origin', { user: 'Erin', origin: 'LDAP' }, { user: 'erin', origin: 'ldap' }],
    ['that is a group', { group: 'core' }, { group: 'core' }],
    ['that is a group in another case', { group: 'Core' }, { group: 'Core' }],
  ])('%s is spelled as the UAA does', (_name, written, member) => {
    expect(resolved(fileWith([written]))).toMatchObject({ members: [member], problems: [] });
  });

  test('may be made by the same file', () => {
    const file = fileWith(
      [{ user: 'zoe' }, { group: 'NEW' }],
      [{ user: 'zoe', origin: 'saml' }],
      ['new'],
    );
    expect(resolved(file)).toMatchObject({
      members: [{ user: 'zoe', origin: 'saml' }, { group: 'new' }],
      problems: [],
    });
  });

  test('is the one in the file before those at the UAA', () => {
    const file = fileWith([{ user: 'erin' }], [{ user: 'erin', origin: 'ldap' }]);
    expect(resolved(file)).toMatchObject({ members: [{ origin: 'ldap' }], problems: [] });
  });

  test.each([
    [{ user: 'nobody' }, 'user nobody not found at the UAA or in this file'],
    [
      { user: 'cody', origin: 'ldap' },
      'user cody of origin ldap not found at the UAA or in this file',
    ],
    [{ group: 'none' }, 'group none not found at the UAA or in this file'],
    [{ group: 'TEAM.BLUE' }, 'a group cannot be a member of itself'],
    [
      { user: 'erin' },
      'user erin exists in several origins; write {user: erin, origin: ldap} or ' +
        '{user: erin, origin: uaa}',
    ],
  ])('%j is refused', (written, why) => {
    expect(resolved(fileWith([written])).problems).toEqual([`m.0: group team.blue: ${why}`]);
  });
});

describe('names', () => {
  test('are those of the UAA, which may tell groups apart by case', () => {
    expect(resolved(fileWith([], [], ['core', 'Core', 'new']))).toMatchObject({
      names: ['Team.Blue', 'core', 'Core', 'new'],
      problems: [],
    });
  });

  test('are refused where they mean the same twice', () => {
    const users = [
      { user: 'zoe', origin: 'uaa' },
      { user: 'ZOE', origin: 'uaa' },
    ];
    expect(resolved(fileWith([], users, ['new', 'NEW', 'TEAM.blue'])).problems).toEqual([
      'u.1: user ZOE is in this file twice',
      'g.2: group NEW is in this file twice',
      'g.3: group Team.Blue is in this file twice',
    ]);
  });
});
