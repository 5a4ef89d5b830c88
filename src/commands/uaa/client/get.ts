import { Option, type Command } from 'commander';
import type { Services } from '../../../services.js';
import type { Resource } from '../../../uaa/list/list-query.js';
import { wordList } from '../../word-list.js';
import { showThing } from '../show-thing.js';
import { clientId } from './client-id.js';
import { toClientFields } from './clients.js';

type Deps = Pick<Services, 'terminal' | 'clients'>;

interface Flags {
  readonly attributes?: readonly string[];
  readonly meta?: true;
}

export function define(command: Command, deps: Deps): void {
  command
    .description('Shows a client as the UAA has it. Its secret nobody can see.')
    .argument('[id]', 'UAA client, e.g. pks_cli')
    .option('-a, --attributes <list>', 'only these fields, e.g. scope,authorities', wordList)
    .addOption(
      new Option('--meta', 'show who made it, and how it stands on the UAA’s home page').conflicts(
        'attributes',
      ),
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa client get pks_cli')
    .action(async (id: string | undefined, flags: Flags) =>
      get({ id: await clientId(id, deps), ...flags }, deps),
    );
}

interface Input extends Flags {
  readonly id: string;
}

/** Shows one client, or its metadata. */
export async function get({ id, attributes, meta }: Input, deps: Deps): Promise<void> {
  const clients = await deps.clients();
  const look = (): Promise<Resource> => {
    if (meta === true) return clients.metadata(id);
    return attributes === undefined
      ? clients.get(id)
      : clients.pick(id, toClientFields(attributes));
  };
  await showThing(await look(), deps);
}
