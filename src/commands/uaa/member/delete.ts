import type { Command } from 'commander';
import { isTpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import { checkName } from '../../known-names.js';
import { ifExists } from '../repeatable.js';
import type { MemberInput } from './add.js';
import { groupArgument } from './group-argument.js';
import { eachUser, showOutcomes } from './outcomes.js';
import { loadGroups, loadMembers, loadUsers } from '../resources.js';

type Deps = Pick<Services, 'terminal' | 'uaaResource'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Takes users out of a group, each by itself. Who is not a member is told so, and that is all. ' +
        'Tokens that hold the scope are refused from then on: their users log in again.',
    )
    .addArgument(groupArgument())
    .argument('<users...>', 'user names')
    .option('--origin <origin>', 'identity provider, where a name exists in several')
    // It is so without it, too: a script may say it with each `delete`.
    .addOption(ifExists().hideHelp())
    .addHelpText('after', '\nExample:\n  $ tpks uaa member delete pks.clusters.manage cody')
    .action((group: string, users: readonly string[], flags: { readonly origin?: string }) =>
      remove({ group, users, ...flags }, deps),
    );
}

/** Takes members out of one group. */
export async function remove({ group, users, origin }: MemberInput, deps: Deps): Promise<void> {
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
      await members.remove(id, user.id);
      return `taken out of ${displayName}`;
    } catch (error) {
      if (!isTpksError(error) || error.oauthError !== 'member_not_found') throw error;
      return `was not a member of ${displayName}`;
    }
  });
  const summary = `were not taken out of ${displayName}`;
  await showOutcomes(outcomes, { group: displayName, summary }, deps.terminal);
}
