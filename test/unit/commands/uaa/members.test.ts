import { describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { createGroups, type Groups } from '../../../../src/api/uaa/groups.js';
import { createMembers, type Members } from '../../../../src/api/uaa/members.js';
import { createMembershipSources } from '../../../../src/api/uaa/membership-sources.js';
import { createUsers, type Users } from '../../../../src/api/uaa/users.js';
import type { Services } from '../../../../src/app/services.js';
import { TpksError } from '../../../../src/base/errors.js';
import type { Leaf } from '../../../../src/commands/command-table.js';
import { add, remove } from '../../../../src/commands/uaa/members.js';
import { fakeResources } from '../../../support/fakes/fake-resources.js';
import { recordedTerminal } from '../../../support/fakes/recorded-terminal.js';
import { aUser } from '../../../support/fixtures/contexts-and-clusters.js';

const createUser = (userName: string) => aUser({ id: `id-${userName}`, userName });
const unknownUser = new TpksError('notFound', 'User unknown not found', { hint: 'tpks uaa users' });
const alreadyMember = new TpksError('conflict', 'id-old is already part of the group: g-1', {
  oauthError: 'member_already_exists',
});
const notMember = new TpksError('notFound', 'Member id-old does not exist in group g-1', {
  oauthError: 'member_not_found',
});

/**
 * Creates the dependencies of the member commands and records the changes.
 * @param errors - the error for each member that cannot be added or removed, by id.
 * @param memberOrigin - the origin of existing memberships.
 */
function prepareMembers(errors: Readonly<Record<string, TpksError>> = {}, memberOrigin = 'uaa') {
  const source = memberOrigin === 'uaa' ? 'added' : 'unmapped';
  const terminal = recordedTerminal();
  const changes: string[] = [];
  const recordChange = (verb: string) => async (groupId: string, id: string) => {
    changes.push(`${verb} ${groupId} ${id}`);
    const error = errors[id];
    if (error !== undefined) throw error;
    return { value: id };
  };
  const members: Omit<Members, 'list'> = {
    add: (groupId, { id }) => recordChange('add')(groupId, id),
    remove: recordChange('remove'),
    get: async (_groupId, id) => ({ value: id, type: 'USER', origin: memberOrigin }),
    repair: async (groupId, { id, name }) => {
      changes.push(`repair ${groupId} ${id} ${name}`);
    },
  };
  const groups: Pick<Groups, 'identify'> = {
    identify: async () => ({ id: 'g-1', displayName: 'team' }),
  };
  const users: Pick<Users, 'identify'> = {
    identify: async (names) =>
      names.map((name) => (name === 'unknown' ? unknownUser : createUser(name))),
  };
  const deps = {
    terminal,
    uaaResource: fakeResources([
      [createMembers, members],
      [createGroups, groups],
      [createUsers, users],
      [createMembershipSources, { find: async () => () => source }],
    ]),
  };
  return { terminal, changes, deps };
}

async function run({ define }: Leaf, words: readonly string[], deps: object): Promise<void> {
  const command = new Command();
  define(command, deps as Services);
  await command.parseAsync([...words], { from: 'user' });
}

describe('uaa member add', () => {
  test('prints the result for each user and the success message of uaac', async () => {
    const { deps, terminal, changes } = prepareMembers();
    await run(add, ['TEAM', 'cody', 'dana', 'cody'], deps);
    expect(changes).toEqual(['add g-1 id-cody', 'add g-1 id-dana']);
    expect(terminal.lines).toEqual(['cody: added to team', 'dana: added to team', 'success']);
    expect(terminal.json).toEqual([
      {
        group: 'team',
        users: [
          { name: 'cody', done: true, message: 'added to team' },
          { name: 'dana', done: true, message: 'added to team' },
        ],
      },
    ]);
  });

  test('succeeds for a user that is already a member', async () => {
    const { deps, terminal } = prepareMembers({ 'id-old': alreadyMember });
    await run(add, ['team', 'old'], deps);
    expect(terminal.lines).toEqual(['old: already a member of team', 'success']);
  });

  test('repairs a membership that the next login would delete', async () => {
    const { deps, terminal, changes } = prepareMembers({ 'id-old': alreadyMember }, 'ldap');
    await run(add, ['team', 'old'], deps);
    expect(changes).toEqual(['add g-1 id-old', 'repair g-1 id-old old']);
    expect(terminal.lines).toEqual([
      'old: already a member of team; changed the origin of the membership from ldap to uaa',
      'success',
    ]);
  });

  test('adds the other users if one is unknown, and fails at the end', async () => {
    const { deps, terminal, changes } = prepareMembers();
    await expect(run(add, ['team', 'cody', 'unknown', 'dana'], deps)).rejects.toMatchObject({
      kind: 'failed',
      message: '1 of 3 users were not added to team',
      hint: 'tpks uaa users',
    });
    expect(changes).toHaveLength(2);
    expect(terminal.lines).toEqual([
      'cody: added to team',
      'unknown: User unknown not found',
      'dana: added to team',
    ]);
    expect(terminal.json).toMatchObject([{ users: [{}, { name: 'unknown', done: false }, {}] }]);
  });

  test.each(['forbidden', 'unauthenticated', 'unavailable'] as const)(
    'stops at a %s error and prints the users that were added before',
    async (kind) => {
      const { deps, terminal, changes } = prepareMembers({ 'id-dana': new TpksError(kind, 'no') });
      await expect(run(add, ['team', 'cody', 'dana', 'naomi'], deps)).rejects.toMatchObject({
        kind,
        message: 'no',
      });
      expect(changes).toHaveLength(2);
      expect(terminal.lines).toEqual(['cody: added to team']);
    },
  );
});

describe('uaa member delete', () => {
  test('prints the result for each user', async () => {
    const { deps, terminal, changes } = prepareMembers({ 'id-old': notMember });
    await run(remove, ['team', 'cody', 'old'], deps);
    expect(changes).toEqual(['remove g-1 id-cody', 'remove g-1 id-old']);
    expect(terminal.lines).toEqual([
      'cody: removed from team',
      'old: was not a member of team',
      'success',
    ]);
  });

  test('removes members by id, even if their users no longer exist', async () => {
    const { deps, terminal, changes } = prepareMembers({ 'id-old': notMember });
    await run(remove, ['team', '--id', 'gone', '--id', 'id-old'], deps);
    expect(changes).toEqual(['remove g-1 gone', 'remove g-1 id-old']);
    expect(terminal.lines).toEqual([
      'gone: removed from team',
      'id-old: was not a member of team',
      'success',
    ]);
  });

  test.each([
    [['team']],
    [['team', 'cody', '--id', 'x']],
    [['team', '--id', 'x', '--origin', 'y']],
  ])('rejects %j before it sends anything', async (words) => {
    const { deps, changes } = prepareMembers();
    await expect(run(remove, words, deps)).rejects.toMatchObject({ kind: 'usage' });
    expect(changes).toEqual([]);
  });
});
