import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { groupArgument } from './group-argument.js';
import { memberTable } from './member-view.js';

type Deps = Pick<Services, 'terminal' | 'groups' | 'members'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Lists who is in a group, with names: users, and groups whose members are in it too. ' +
        '`tpks uaa group get` shows ids alone.',
    )
    .addArgument(groupArgument())
    .addHelpText('after', '\nExample:\n  $ tpks uaa members pks.clusters.manage')
    .action((group: string) => members({ group }, deps));
}

/** Shows the members of one group: a table, or the objects of UAA. */
export async function members({ group }: { readonly group: string }, deps: Deps): Promise<void> {
  const [groups, all] = await Promise.all([deps.groups(), deps.members()]);
  const { id } = await groups.identify(group);
  const found = await all.list(id);
  await deps.terminal.show({ json: found, text: memberTable(found) });
}
