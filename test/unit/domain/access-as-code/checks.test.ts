import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, describe } from '@jest/globals';
import type { Clients } from '../../../../src/api/uaa/clients.js';
import { TpksError } from '../../../../src/base/errors.js';
import { checkNames, readSecret } from '../../../../src/domain/access-as-code/checks.js';
import type { Change } from '../../../../src/domain/access-as-code/difference.js';
import type { AccessFile, FileMember } from '../../../../src/domain/access-as-code/file.js';
import {
  type ExternalGroup,
  formatSecretSource,
  parseSecretSource,
} from '../../../../src/domain/access-as-code/model.js';
import { resolveNames, type KnownNames } from '../../../../src/domain/access-as-code/resolve.js';
import { readClientDetails } from '../../../../src/domain/access-as-code/uaa-content.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

const dev = { origin: 'ldap', name: 'cn=dev,dc=example,dc=com' };
const file: AccessFile = {
  path: 'access.yml',
  lineOf: () => 1,
  groups: [
    { name: 'team', valuePath: ['groups', 'team'], external: [dev, { ...dev, name: 'cn=a/b' }] },
  ],
  users: [],
  clients: [],
};

function findProblems(change: Change): string[] {
  const problems: string[] = [];
  checkNames([change], file, (path, text) => problems.push(`${path.join('.')}: ${text}`));
  return problems;
}

const client = (id: string): Change => ({
  action: 'add',
  kind: 'client',
  client: { id, attributes: {} },
});
const mapping = (action: 'add' | 'remove', external: ExternalGroup): Change => ({
  action,
  kind: 'external',
  group: 'team',
  external,
});

test('does not report names that the UAA accepts', () => {
  expect(findProblems(client('ci-reader'))).toEqual([]);
  expect(findProblems(mapping('add', dev))).toEqual([]);
  expect(findProblems(mapping('remove', dev))).toEqual([]);
});

test('reports a client ID that cannot be used in a URL', () => {
  expect(findProblems(client('we/b'))).toEqual([
    expect.stringMatching(/^clients\.we\/b: .*a slash/),
  ]);
});

test.each(['add', 'remove'] as const)(
  'reports a mapping that cannot be removed later (%s)',
  (action) => {
    expect(findProblems(mapping(action, { ...dev, name: 'cn=a/b' }))).toEqual([
      expect.stringMatching(/^groups\.team\.external\.1: .*a slash/),
    ]);
  },
);

test('reports a mapping that is not in the file at the list of its group', () => {
  expect(findProblems(mapping('remove', { ...dev, name: 'x/y' }))).toEqual([
    expect.stringMatching(/^groups\.team\.external: .*a slash/),
  ]);
});

test('reports a mapping whose name is too long', () => {
  expect(findProblems(mapping('add', { ...dev, name: 'x'.repeat(256) }))).toEqual([
    expect.stringContaining('longer than 255'),
  ]);
});

describe('parseSecretSource', () => {
  test.each(['env:NAME', 'env:_n4me', 'file:a b.secret', 'file:/run/secret', 'empty'])(
    'parses %s, and formatSecretSource restores it',
    (text) => {
      const source = parseSecretSource(text);
      expect(source && formatSecretSource(source)).toBe(text);
    },
  );

  test.each(['', 'env:', 'env:a b', 'env:1A', 'file:', 'hunter2', 'ENV:NAME', ' empty'])(
    'returns undefined for %j',
    (text) => {
      expect(parseSecretSource(text)).toBeUndefined();
    },
  );
});

describe('readSecret', () => {
  const read = (text: string, folder = '/', env: NodeJS.ProcessEnv = {}) => {
    const source = parseSecretSource(text);
    if (source === undefined) throw new Error('invalid source');
    const result = readSecret(source, folder, env);
    return 'secret' in result ? { value: result.secret.reveal() } : result;
  };

  test('reads a variable', () => {
    expect(read('env:A', '/', { A: ' x\n' })).toEqual({ value: ' x\n' });
    expect(read('env:A')).toEqual({ missing: 'A is not set' });
    expect(read('env:A', '/', { A: '' })).toEqual({ missing: 'A is empty' });
  });

  test.each(['toString', 'constructor', '__proto__', 'hasOwnProperty'])(
    'reports the variable %s as missing, although every object inherits such a member',
    (name) => {
      expect(read(`env:${name}`, '/', {})).toEqual({ missing: `${name} is not set` });
      const set = Object.fromEntries([[name, 'a secret']]);
      expect(read(`env:${name}`, '/', set)).toEqual({ value: 'a secret' });
    },
  );

  test('reads a file relative to the access file, without the trailing line break', () =>
    withFolder((folder) => {
      mkdirSync(join(folder, 'sub'));
      writeFileSync(join(folder, 'sub', 'a'), ' two words \r\n');
      writeFileSync(join(folder, 'none'), '\n');
      expect(read('file:sub/a', folder)).toEqual({ value: ' two words ' });
      expect(read(`file:${join(folder, 'sub', 'a')}`)).toEqual({ value: ' two words ' });
      expect(read('file:none', folder)).toEqual({ missing: `${join(folder, 'none')} is empty` });
      expect(read('file:gone', folder)).toEqual({
        missing: expect.stringMatching(/^Cannot read .*gone: no such file or directory/),
      });
      return Promise.resolve();
    }));

  test('returns an empty secret for the source empty', () => {
    expect(read('empty')).toEqual({ value: '' });
  });
});

const known: KnownNames = {
  users: [
    { userName: 'Cody', origin: 'uaa' },
    { userName: 'erin', origin: 'uaa' },
    { userName: 'erin', origin: 'ldap' },
  ],
  groups: [{ displayName: 'Team.Blue' }, { displayName: 'core' }, { displayName: 'Core' }],
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
    ['a group', { group: 'core' }, { group: 'core' }],
    ['a group whose name differs from another only in case', { group: 'Core' }, { group: 'Core' }],
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
  test('are compared as in the UAA, where groups may differ only in case', () => {
    expect(resolve(fileWith([], [], ['core', 'Core', 'new']))).toMatchObject({
      names: ['Team.Blue', 'core', 'Core', 'new'],
      problems: [],
    });
  });

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

const listed = [{ client_id: 'ci' }, { client_id: 'gone' }, { client_id: 'web' }];

const depsWith = (get: (id: string) => Promise<unknown>) => ({
  clients: { get } as unknown as Clients,
});

describe('readClientDetails', () => {
  test('omits clients that were deleted after they had been listed', async () => {
    const deps = depsWith((client_id) =>
      client_id === 'gone'
        ? Promise.reject(new TpksError('notFound', 'Client gone not found'))
        : Promise.resolve({ client_id }),
    );

    expect(await readClientDetails(listed, deps)).toEqual([
      { client_id: 'ci' },
      { client_id: 'web' },
    ]);
  });

  test('passes every other error on', async () => {
    const deps = depsWith(() => Promise.reject(new TpksError('forbidden', 'no')));

    await expect(readClientDetails(listed, deps)).rejects.toMatchObject({ kind: 'forbidden' });
  });
});
