import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isTpksError } from '../../../../src/base/errors.js';
import { readAccessFile, type AccessFile } from '../../../../src/domain/access-as-code/file.js';
import { fileInput } from '../../../support/fixtures/file-input.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

/** @param lines - the lines of the file, starting at line 1. */
function read(...lines: readonly string[]): Promise<AccessFile> {
  return withFolder(async (folder) => {
    const path = join(folder, 'access.yml');
    writeFileSync(path, lines.join('\n'));
    return readAccessFile(fileInput(path));
  });
}

/** The problems in the file, each with its line number. */
async function readProblems(...lines: readonly string[]): Promise<readonly string[]> {
  const error: unknown = await read(...lines).catch((reason: unknown) => reason);
  if (!isTpksError(error)) throw new Error('nothing was wrong');
  expect(error.kind).toBe('usage');
  return (error.hint ?? '').split('\n');
}

describe('a valid file', () => {
  test('may contain every section, as in the guide', async () => {
    const file = await read(
      'groups:',
      '  pks.clusters.manage:',
      '    members: [cody, {user: erin, origin: ldap}, {group: team.blue}]',
      '    external: [{origin: ldap, name: "cn=dev,ou=groups,dc=example,dc=com"}]',
      'users:',
      '  cody: { emails: [cody@example.com], password_from: env:CODY_PASSWORD }',
      'clients:',
      '  ci-reader:',
      '    authorized_grant_types: [client_credentials]',
      '    authorities: [pks.clusters.admin.read]',
      '    secret_from: file:ci.secret',
    );
    expect(file.groups).toEqual([
      {
        name: 'pks.clusters.manage',
        valuePath: ['groups', 'pks.clusters.manage'],
        members: [
          { user: 'cody', valuePath: ['groups', 'pks.clusters.manage', 'members', 0] },
          {
            user: 'erin',
            origin: 'ldap',
            valuePath: ['groups', 'pks.clusters.manage', 'members', 1],
          },
          { group: 'team.blue', valuePath: ['groups', 'pks.clusters.manage', 'members', 2] },
        ],
        external: [{ origin: 'ldap', name: 'cn=dev,ou=groups,dc=example,dc=com' }],
      },
    ]);
    expect(file.users).toEqual([
      {
        user: 'cody',
        origin: 'uaa',
        emails: ['cody@example.com'],
        passwordFrom: { kind: 'env', name: 'CODY_PASSWORD' },
        valuePath: ['users', 'cody'],
      },
    ]);
    expect(file.clients).toEqual([
      {
        id: 'ci-reader',
        attributes: {
          authorized_grant_types: ['client_credentials'],
          authorities: ['pks.clusters.admin.read'],
        },
        secretFrom: { kind: 'file', path: 'ci.secret' },
        valuePath: ['clients', 'ci-reader'],
      },
    ]);
  });

  test('lists several users of the same name by their origins', async () => {
    const { users } = await read(
      'users:',
      '  erin:',
      '    - {origin: ldap}',
      '    - {emails: [e@x], given_name: Erin, family_name: Blue, phones: ["5"]}',
    );
    expect(users).toMatchObject([
      { user: 'erin', origin: 'ldap', valuePath: ['users', 'erin', 0] },
      { user: 'erin', origin: 'uaa', emails: ['e@x'], givenName: 'Erin', familyName: 'Blue' },
    ]);
  });

  test('accepts every client attribute that uaac has', async () => {
    const { clients } = await read(
      'clients:',
      '  all:',
      '    name: All',
      '    scope: [openid]',
      '    authorized_grant_types: [authorization_code]',
      '    authorities: [uaa.none]',
      '    access_token_validity: 60',
      '    refresh_token_validity: 120',
      '    redirect_uri: [https://one.example.com]',
      '    autoapprove: [openid]',
      '    allowpublic: false',
      '    allowedproviders: [uaa]',
      '    signup_redirect_url: https://two.example.com',
      '    required_user_groups: [team]',
      '    secret_from: empty',
      '  approving: {autoapprove: true}',
    );
    expect(clients).toMatchObject([
      {
        secretFrom: { kind: 'empty' },
        attributes: {
          name: 'All',
          scope: ['openid'],
          authorized_grant_types: ['authorization_code'],
          authorities: ['uaa.none'],
          access_token_validity: 60,
          refresh_token_validity: 120,
          redirect_uri: ['https://one.example.com'],
          autoapprove: ['openid'],
          allowpublic: false,
          allowedproviders: ['uaa'],
          signup_redirect_url: 'https://two.example.com',
          required_user_groups: ['team'],
        },
      },
      { attributes: { autoapprove: true } },
    ]);
  });

  test.each([
    ['the file is empty', ['']],
    ['its sections are empty', ['groups:', 'users:', 'clients: {}']],
  ])('has no groups, users or clients if %s', async (_name, lines) => {
    expect(await read(...lines)).toMatchObject({ groups: [], users: [], clients: [] });
  });
});

describe('the size of the file', () => {
  test('is limited to 64 MiB', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'access.yml');
      writeFileSync(path, '');
      truncateSync(path, 64 * 1024 * 1024 + 1);
      await expect(readAccessFile(fileInput(path))).rejects.toMatchObject({
        kind: 'usage',
        message: expect.stringContaining('too large'),
      });
    }));
});

describe('an invalid file', () => {
  test('reports all problems together, with line numbers', async () => {
    expect(
      await readProblems(
        'groups:',
        '  team:',
        '    memberz: [cody]',
        '    members:',
        '      - cody',
        '      - {user: alana, orign: uaa}',
        '      - 5',
        '      - {origin: ldap}',
        '      - ""',
        '    external: [{origin: ldap}, cn=dev]',
        'users:',
        '  erin: {emails: [one@x, two@x], foo: 1,',
        '    bar: 2}',
        'clients:',
        '  ci: {access_token_validity: "600", allowpublic: maybe}',
        '  cj: {autoapprove: maybe, scope: openid, authorized_grant_types: []}',
        'extra: 1',
      ),
    ).toEqual([
      'line 3: group team: memberz is unknown (choose from description, members, external)',
      'line 6: group team: members[1].orign is unknown (choose from user, origin)',
      'line 7: group team: members[2] must be a string, not a number; put it in quotes',
      'line 8: group team: members[3].user is missing',
      'line 9: group team: members[4] is empty',
      'line 10: group team: external[0].name is missing',
      'line 10: group team: external[1] must be an object, not a string',
      'line 12: user erin: emails must have exactly one entry, because the UAA stores only one',
      'line 12: user erin: foo is unknown (choose from emails, phones, given_name, family_name, origin, password_from)',
      'line 13: user erin: bar is unknown (choose from emails, phones, given_name, family_name, origin, password_from)',
      'line 15: client ci: access_token_validity must be a whole number of seconds, not a string',
      'line 15: client ci: allowpublic must be true or false, not a string',
      'line 16: client cj: scope must be a list such as [one, two], not a string',
      'line 16: client cj: authorized_grant_types must have at least one entry: the UAA does not store an empty list',
      'line 16: client cj: autoapprove must be true, false, or a list of scopes',
      'line 17: unknown section extra (choose from groups, users, clients)',
    ]);
  });

  test.each([
    ['the value of an unknown key', ['users:', '  cody: {password: hunter2}']],
    ['the source of the secret', ['users:', '  cody: {password_from: hunter2}']],
    ['a source with a known prefix', ['users:', '  cody: {password_from: "env:hunter2!"}']],
    ['a number', ['clients:', '  ci: {secret_from: 4711}']],
    ['the value of the key that uaac uses', ['clients:', '  ci: {client_secret: hunter2}']],
    ['a list', ['clients:', '  ci: {secret: [hunter2]}']],
  ])('does not repeat a secret that is given as %s', async (_name, lines) => {
    const reported = await readProblems(...lines);
    expect(reported.join('\n')).toMatch(/^line 2: .*(password_from|secret_from)/);
    expect(reported.join('\n')).not.toMatch(/hunter2|4711/);
  });

  test('reports lifetimes that the UAA cannot store', async () => {
    expect(
      await readProblems(
        'clients:',
        '  ci:',
        '    access_token_validity: 2147483648',
        '  cj: {refresh_token_validity: -1}',
      ),
    ).toEqual([
      'line 3: client ci: access_token_validity must be 2147483647 or less, not 2147483648',
      'line 4: client cj: refresh_token_validity must be 0 or more, not -1; remove it to use the default of the UAA',
    ]);
  });

  test.each([
    [
      'the file is a list',
      ['- groups'],
      'line 1: the file must be an object with groups, users, clients',
    ],
    [
      'the file is a single word',
      ['groups'],
      'line 1: the file must be an object with groups, users, clients',
    ],
    [
      'a section is a list',
      ['groups: {}', 'users: [cody]'],
      'line 2: users must be an object whose keys are names',
    ],
    [
      'a group is a single word',
      ['groups:', '  team: cody'],
      'line 2: group team: must be an object, not a string',
    ],
    [
      'a user is a list of strings',
      ['users:', '  cody: [c@x]'],
      'line 2: user cody: must be an object, not a string',
    ],
  ])('reports the line if %s', async (_name, lines, message) => {
    expect(await readProblems(...lines)).toEqual([expect.stringContaining(message)]);
  });
});
