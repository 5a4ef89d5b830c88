import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { providerTable } from './idp-view.js';

type Deps = Pick<Services, 'terminal' | 'identityProviders'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Lists the identity providers: where users come from. The origin is what --origin takes ' +
        'elsewhere.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa idps')
    .action(() => idps(deps));
}

/** Shows the providers: a table, or the objects of UAA. */
export async function idps(deps: Deps): Promise<void> {
  const found = await (await deps.identityProviders()).list();
  await deps.terminal.show({ json: found, text: providerTable(found) });
}
