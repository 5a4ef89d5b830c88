import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import type { ListQuery } from '../../../uaa/scim.js';
import { showFields } from '../attributes.js';
import { addListOptions, toListQuery, type ListFlags } from '../list-options.js';
import { clientTable, toClientFields } from './client-view.js';

type Deps = Pick<Services, 'terminal' | 'clients'>;

export function define(command: Command, deps: Deps): void {
  addListOptions(command, {
    filter: 'client_id sw "pks"',
    fields: 'client_id,authorities',
    sortedBy: 'client_id',
    columns: [
      'client_id',
      'authorized_grant_types',
      'access_token_validity',
      'refresh_token_validity',
      'lastmodified',
    ],
  })
    .description('Lists the clients of the UAA, all of them: programs that may ask for tokens.')
    .addHelpText('after', '\nExample:\n  $ tpks uaa clients -a client_id,authorities')
    .action((filter: string | undefined, flags: ListFlags) =>
      clients(toListQuery(filter, flags), deps),
    );
}

/** Shows clients: a table, or the objects of UAA. */
export async function clients(query: ListQuery, deps: Deps): Promise<void> {
  const all = await deps.clients();
  const { attributes: words, ...rest } = query;
  if (words === undefined) {
    await deps.terminal.showList({ items: all.list(rest), text: clientTable });
    return;
  }
  const attributes = toClientFields(words);
  await showFields(attributes, all.select({ ...rest, attributes }), deps);
}
