import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import type { ListQuery } from '../../../uaa/scim.js';
import { showFields } from '../attributes.js';
import { addListOptions, toListQuery, type ListFlags } from '../list-options.js';
import { userTable } from './user-view.js';

type Deps = Pick<Services, 'terminal' | 'users'>;

export function define(command: Command, deps: Deps): void {
  const columns = ['created', 'lastModified', 'userName', 'email', 'origin', 'active'];
  addListOptions(command, { filter: 'userName sw "a"', columns })
    .description('Lists the users of the UAA, all of them.')
    .addHelpText('after', '\nExample:\n  $ tpks uaa users \'origin eq "ldap"\' --sort-by userName')
    .action((filter: string | undefined, flags: ListFlags) =>
      users(toListQuery(filter, flags), deps),
    );
}

/** Shows users: a table, or the objects of UAA. */
export async function users(query: ListQuery, deps: Deps): Promise<void> {
  const all = await deps.users();
  const { attributes, ...rest } = query;
  await (attributes === undefined
    ? deps.terminal.showList({ items: all.list(rest), text: userTable })
    : showFields(attributes, all.select({ ...rest, attributes }), deps));
}
