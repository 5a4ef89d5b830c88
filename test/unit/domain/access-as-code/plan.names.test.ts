import { expect, test, describe } from '@jest/globals';
import type { AccessFile, FileMember } from '../../../../src/domain/access-as-code/file.js';
import { resolveNames, type KnownNames } from '../../../../src/domain/access-as-code/plan.js';

const known: KnownNames = {
  users: [
    { userName: 'Cody', origin: 'uaa' },
    { userName: 'erin', origin: 'uaa' },
    { userName: 'erin', origin: 'ldap' },
  ],
  groups: [{ displayName: 'Team.Blue' }, { displayName: 'core' }],
};

type MemberEntry = { readonly user: string; readonly origin?: string } | { readonly group: string };

function fileWith(
  members: readonly MemberEntry[],
  users: readonly { readonly user: string; readonly origin: string }[] = [],
  groups: readonly string[] = [],
): AccessFile {
  const fileMembers = members.map((member, index): FileMember => ({
    ...member,
    valuePath: ['m', index],
  }));
  return {
    path: 'access.yml',
    lineOf: () => 1,
    users: users.map((user, index) => ({ ...user, valuePath: ['u', index] })),
    groups: [
      { name: 'team.blue', valuePath: ['g', 0], members: fileMembers },
      ...groups.map((name, index) => ({ name, valuePath: ['g', index + 1] })),
    ],
    clients: [],
  };
}

function resolve(file: AccessFile) {
  const problems: string[] = [];
  const access = resolveNames(file, known, (path, text) =>
    problems.push(`${path.join('.')}: ${text}`),
  );
  return {
    members: access.groups[0]?.members,
    names: access.groups.map(({ name }) => name),
    problems,
  };
}

describe('a member of a group', () => {
  test.each([
    ['a user whose name is unique', { user: 'CODY' }, { user: 'Cody', origin: 'uaa' }],
    ['a user with an origin', { user: 'Erin', origin: 'LDAP' }, { user: 'erin', origin: 'ldap' }],
    ['a group', { group: 'Core' }, { group: 'core' }],
  ])('%s gets the spelling of the UAA', (_name, entry, member) => {
    expect(resolve(fileWith([entry]))).toMatchObject({ members: [member], problems: [] });
  });

  test('may be defined in the same file', () => {
    const file = fileWith(
      [{ user: 'zoe' }, { group: 'NEW' }],
      [{ user: 'zoe', origin: 'saml' }],
      ['new'],
    );
    expect(resolve(file)).toMatchObject({
      members: [{ user: 'zoe', origin: 'saml' }, { group: 'new' }],
      problems: [],
    });
  });

  test('is looked up in the file before the UAA', () => {
    const file = fileWith([{ user: 'erin' }], [{ user: 'erin', origin: 'ldap' }]);
    expect(resolve(file)).toMatchObject({ members: [{ origin: 'ldap' }], problems: [] });
  });

  test.each([
    [{ user: 'missing' }, 'user missing not found in the UAA or in this file'],
    [
      { user: 'cody', origin: 'ldap' },
      'user cody from origin ldap not found in the UAA or in this file',
    ],
    [{ group: 'none' }, 'group none not found in the UAA or in this file'],
    [{ group: 'TEAM.BLUE' }, 'a group cannot be a member of itself'],
    [
      { user: 'erin' },
      'user erin exists in several origins; write {user: erin, origin: ldap} or ' +
        '{user: erin, origin: uaa}',
    ],
  ])('%j is reported', (entry, why) => {
    expect(resolve(fileWith([entry])).problems).toEqual([`m.0: group team.blue: ${why}`]);
  });
});

describe('group and user names', () => {
  test('are reported if they refer to the same user or group twice', () => {
    const users = [
      { user: 'zoe', origin: 'uaa' },
      { user: 'ZOE', origin: 'uaa' },
    ];
    expect(resolve(fileWith([], users, ['new', 'NEW', 'TEAM.blue'])).problems).toEqual([
      'u.1: user ZOE occurs more than once',
      'g.2: group NEW occurs more than once',
      'g.3: group Team.Blue occurs more than once',
    ]);
  });
});
