import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import type { ListQuery } from '../../../uaa/scim.js';
import { showFields } from '../attributes.js';
import { addListOptions, toListQuery, type ListFlags } from '../list-options.js';
import { groupTable } from './group-view.js';

type Deps = Pick<Services, 'terminal' | 'groups'>;

export function define(command: Command, deps: Deps): void {
  const columns = ['created', 'lastModified', 'displayName', 'description'];
  addListOptions(command, { filter: 'displayName sw "pks."', columns })
    .description(
      'Lists the groups of the UAA, all of them. A group is a scope that users can have.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa groups \'displayName sw "pks."\'')
    .action((filter: string | undefined, flags: ListFlags) =>
      groups(toListQuery(filter, flags), deps),
    );
}

/** Shows groups: a table, or the objects of UAA. */
export async function groups(query: ListQuery, deps: Deps): Promise<void> {
  const all = await deps.groups();
  const { attributes, ...rest } = query;
  await (attributes === undefined
    ? deps.terminal.showList({ items: all.list(rest), text: groupTable })
    : showFields(attributes, all.select({ ...rest, attributes }), deps));
}
