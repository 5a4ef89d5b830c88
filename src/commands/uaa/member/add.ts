import type { Command } from 'commander';
import { isTpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import { checkName } from '../../known-names.js';
import { ifMissing } from '../repeatable.js';
import { groupArgument } from './group-argument.js';
import { eachUser, showOutcomes } from './outcomes.js';
import { loadGroups, loadMembers, loadUsers } from '../resources.js';

type Deps = Pick<Services, 'terminal' | 'uaaResource'>;

interface Flags {
  readonly origin?: string;
}

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Adds users to a group, each by itself: what runs at the same time does not get lost, and one ' +
        'bad name does not keep the others out. Who is a member already stays one. The scope is in ' +
        'the tokens of the next login.',
    )
    .addArgument(groupArgument())
    .argument('<users...>', 'user names')
    .option('--origin <origin>', 'identity provider, where a name exists in several')
    // It is so without it, too: a script may say it with each `add`.
    .addOption(ifMissing().hideHelp())
    .addHelpText('after', '\nExample:\n  $ tpks uaa member add pks.clusters.manage cody')
    .action((group: string, users: readonly string[], flags: Flags) =>
      add({ group, users, ...flags }, deps),
    );
}

export interface MemberInput extends Flags {
  readonly group: string;
  readonly users: readonly string[];
}

/** Adds members to one group. */
export async function add({ group, users, origin }: MemberInput, deps: Deps): Promise<void> {
  const [groups, allUsers, members] = await Promise.all([
    deps.uaaResource(loadGroups),
    deps.uaaResource(loadUsers),
    deps.uaaResource(loadMembers),
  ]);
  const names = [...new Set(users)].map((name) => checkName(name, 'The user name'));
  const { id, displayName } = await groups.identify(group);
  const found = await allUsers.identify(names, origin);
  const outcomes = await eachUser(names, found, async (user) => {
    try {
      await members.add(id, user);
      return `added to ${displayName}`;
    } catch (error) {
      if (!isTpksError(error) || error.oauthError !== 'member_already_exists') throw error;
      return `already a member of ${displayName}`;
    }
  });
  const summary = `were not added to ${displayName}`;
  await showOutcomes(outcomes, { group: displayName, summary }, deps.terminal);
}
