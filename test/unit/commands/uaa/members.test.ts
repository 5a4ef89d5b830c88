import { describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import type { Leaf } from '../../../../src/commands/contents.js';
import { add, remove } from '../../../../src/commands/uaa/member/change.js';
import { TpksError } from '../../../../src/errors.js';
import type { Services } from '../../../../src/services.js';
import { createGroups, type Groups } from '../../../../src/uaa/groups.js';
import { createMembers, type Members } from '../../../../src/uaa/members.js';
import { createUsers, type Users } from '../../../../src/uaa/users.js';
import { recordedTerminal } from '../../../support/recorded-terminal.js';
import { aUser } from '../../../support/fixtures.js';
import { fakeResources } from '../../../support/fake-resources.js';

const user = (userName: string) => aUser({ id: `id-${userName}`, userName });
const nobody = new TpksError('notFound', 'User nobody not found', { hint: 'tpks uaa users' });
const already = new TpksError('conflict', 'id-old is already part of the group: g-1', {
  oauthError: 'member_already_exists',
});
const absent = new TpksError('notFound', 'Member id-old does not exist in group g-1', {
  oauthError: 'member_not_found',
});

function unexpected(): never {
  throw new Error('not expected here');
}

/** @param fail - what happens to the member with this id, if not success. */
function uaa(fail: Readonly<Record<string, TpksError>> = {}) {
  const terminal = recordedTerminal();
  const did: string[] = [];
  const act = (verb: string) => async (groupId: string, id: string) => {
    did.push(`${verb} ${groupId} ${id}`);
    const failure = fail[id];
    if (failure) throw failure;
    return { value: id };
  };
  const members: Members = {
    list: unexpected,
    add: (groupId, { id, origin }) => act(`add ${origin}`)(groupId, id),
    remove: act('remove'),
  };
  const groups: Groups = {
    list: unexpected,
    select: unexpected,
    get: unexpected,
    getFields: unexpected,
    add: unexpected,
    findId: unexpected,
    remove: unexpected,
    identify: async () => ({ id: 'g-1', displayName: 'team' }),
  };
  const users: Users = {
    list: unexpected,
    select: unexpected,
    get: unexpected,
    getFields: unexpected,
    add: unexpected,
    findId: unexpected,
    remove: unexpected,
    identify: async (names) => names.map((name) => (name === 'nobody' ? nobody : user(name))),
  };
  const deps = {
    terminal,
    uaaResource: fakeResources([
      [createMembers, members],
      [createGroups, groups],
      [createUsers, users],
    ]),
  };
  return { terminal, did, deps };
}

async function run({ define }: Leaf, words: readonly string[], deps: object): Promise<void> {
  const command = new Command();
  define(command, deps as Services);
  await command.parseAsync([...words], { from: 'user' });
}

describe('uaa member add', () => {
  test('says what happened to each, and success in the word of uaac', async () => {
    const { deps, terminal, did } = uaa();
    await run(add, ['TEAM', 'cody', 'dana', 'cody'], deps);
    expect(did).toEqual(['add uaa g-1 id-cody', 'add uaa g-1 id-dana']);
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

  test('who is a member already is no failure', async () => {
    const { deps, terminal } = uaa({ 'id-old': already });
    await run(add, ['team', 'old'], deps);
    expect(terminal.lines).toEqual(['old: already a member of team', 'success']);
  });

  test('one bad name does not keep the others out, but fails at the end', async () => {
    const { deps, terminal, did } = uaa();
    await expect(run(add, ['team', 'cody', 'nobody', 'dana'], deps)).rejects.toMatchObject({
      kind: 'failed',
      message: '1 of 3 users were not added to team',
      hint: 'tpks uaa users',
    });
    expect(did).toHaveLength(2);
    expect(terminal.lines).toEqual([
      'cody: added to team',
      'nobody: User nobody not found',
      'dana: added to team',
    ]);
    expect(terminal.json).toMatchObject([{ users: [{}, { name: 'nobody', done: false }, {}] }]);
  });

  test('a single bad name is the error itself', async () => {
    const { deps, terminal } = uaa();
    await expect(run(add, ['team', 'nobody'], deps)).rejects.toBe(nobody);
    expect(terminal.lines).toEqual([]);
  });

  test('a conflict of another kind is a failure', async () => {
    const { deps } = uaa({ 'id-old': new TpksError('conflict', 'something else') });
    await expect(run(add, ['team', 'old'], deps)).rejects.toMatchObject({
      message: 'something else',
    });
  });

  test.each(['forbidden', 'unauthenticated', 'unavailable'] as const)(
    '%s would be the same for all, so it ends there, with what was done before',
    async (kind) => {
      const { deps, terminal, did } = uaa({ 'id-dana': new TpksError(kind, 'no') });
      await expect(run(add, ['team', 'cody', 'dana', 'naomi'], deps)).rejects.toMatchObject({
        kind,
        message: 'no',
      });
      expect(did).toHaveLength(2);
      expect(terminal.lines).toEqual(['cody: added to team']);
    },
  );
});

describe('uaa member delete', () => {
  test('says what happened to each', async () => {
    const { deps, terminal, did } = uaa({ 'id-old': absent });
    await run(remove, ['team', 'cody', 'old'], deps);
    expect(did).toEqual(['remove g-1 id-cody', 'remove g-1 id-old']);
    expect(terminal.lines).toEqual([
      'cody: removed from team',
      'old: was not a member of team',
      'success',
    ]);
  });

  test('a group that is gone is a failure', async () => {
    const gone = new TpksError('notFound', 'Group g-1 does not exist', {
      oauthError: 'scim_resource_not_found',
    });
    const { deps } = uaa({ 'id-cody': gone });
    await expect(run(remove, ['team', 'cody'], deps)).rejects.toBe(gone);
  });
});
