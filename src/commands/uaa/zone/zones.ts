import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { zoneTable } from './zone-view.js';

type Deps = Pick<Services, 'terminal' | 'identityZones'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Lists the identity zones that the token may see. Each has users, groups and clients of its ' +
        'own; the one without a subdomain is the default.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa zones')
    .action(() => zones(deps));
}

/** Shows the zones: a table, or the objects of UAA. */
export async function zones(deps: Deps): Promise<void> {
  const found = await (await deps.identityZones()).list();
  await deps.terminal.show({ json: found, text: zoneTable(found) });
}
