import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { version as tpksVersion } from '../../version.js';
import { rejectZoneOptions } from './zone-options.js';

type Deps = Pick<Services, 'terminal'>;

export function define(command: Command, deps: Deps): void {
  rejectZoneOptions(command)
    .description('Print the version of tpks, like tpks --version.')
    .addHelpText('after', '\nExample:\n  $ tpks uaa version')
    .action(() => printVersion(deps));
}

/** Prints the version of tpks. Kept for compatibility with `uaac version`. */
export async function printVersion({ terminal }: Deps): Promise<void> {
  await terminal.show({ json: { version: tpksVersion }, text: [`tpks ${tpksVersion}`] });
}
