import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { ifExists, unlessGone, type IfExistsFlags } from '../repeatable.js';
import { clientId } from './client-id.js';

type Deps = Pick<Services, 'terminal' | 'clients'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Deletes a client, at once and without asking: with it go its tokens, and those that its ' +
        'users got through it.',
    )
    .argument('[id]', 'UAA client')
    .addOption(ifExists())
    .addHelpText('after', '\nExample:\n  $ tpks uaa client delete ci-reader --if-exists')
    .action(async (id: string | undefined, flags: IfExistsFlags) =>
      remove({ id: await clientId(id, deps), ...flags }, deps),
    );
}

interface Input extends IfExistsFlags {
  readonly id: string;
}

/** Deletes one client and shows what it was. */
export async function remove({ id, ...flags }: Input, deps: Deps): Promise<void> {
  const clients = await deps.clients();
  const gone = await unlessGone(() => clients.remove(id), flags, deps);
  if (gone === undefined) return;
  await deps.terminal.show({ json: gone, text: ['client registration deleted'] });
}
