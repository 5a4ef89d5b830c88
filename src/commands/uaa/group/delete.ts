import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import type { GroupKey } from '../../../uaa/groups.js';
import { ifExists, unlessGone, type IfExistsFlags } from '../repeatable.js';
import { groupKey } from './group-name.js';

type Deps = Pick<Services, 'terminal' | 'groups'>;

interface Flags extends IfExistsFlags {
  readonly id?: string;
}

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Deletes a group, at once and without asking: with it go its memberships, its mappings, and ' +
        'the scope for everybody who had it.',
    )
    .argument('[name]', 'name of the group')
    .option('--id <id>', 'the group with this id')
    .addOption(ifExists())
    .addHelpText('after', '\nExample:\n  $ tpks uaa group delete team.blue')
    .action(async (name: string | undefined, { id, ...flags }: Flags) =>
      remove({ key: await groupKey(name, id, deps), ...flags }, deps),
    );
}

interface Input extends IfExistsFlags {
  readonly key: GroupKey;
}

/** Deletes one group and shows what it was. */
export async function remove({ key, ...flags }: Input, deps: Deps): Promise<void> {
  const groups = await deps.groups();
  const gone = await unlessGone(() => groups.remove(key), flags, deps);
  if (gone === undefined) return;
  await deps.terminal.show({ json: gone, text: ['success'] });
}
