import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { version as tpksVersion } from '../../version.js';
import { withoutZone } from './zone-options.js';

type Deps = Pick<Services, 'terminal'>;

export function define(command: Command, deps: Deps): void {
  withoutZone(command)
    .description('Prints the version, as `tpks --version` does.')
    .addHelpText('after', '\nExample:\n  $ tpks uaa version')
    .action(() => printVersion(deps));
}

/** Prints the version of tpks: scripts ask uaac for its own in this way. */
export async function printVersion({ terminal }: Deps): Promise<void> {
  await terminal.show({ json: { version: tpksVersion }, text: [`tpks ${tpksVersion}`] });
}
