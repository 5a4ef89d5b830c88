import { Option, type Command } from 'commander';
import type { Services } from '../../../services.js';
import type { MappingQuery } from '../../../uaa/mappings.js';
import { countingNumber } from '../arguments.js';
import { mappingTable } from './mapping-view.js';

type Deps = Pick<Services, 'terminal' | 'mappings'>;

interface Flags {
  readonly origin?: string;
  readonly external?: string;
  readonly start?: number;
  readonly limit?: number;
  readonly count?: number;
}

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Lists which groups of identity providers (LDAP, SAML) make which groups of the UAA, all of ' +
        'them.',
    )
    .option('--origin <origin>', 'of this identity provider alone, e.g. ldap')
    .option('--external <group>', 'of this external group alone')
    .option('--start <number>', 'begin with this one; 1 is the first', countingNumber)
    .option('--limit <number>', 'at most so many; all if absent', countingNumber)
    .addOption(
      new Option('--count <number>', 'the same as --limit')
        .argParser(countingNumber)
        .conflicts('limit')
        .hideHelp(),
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa group mappings --origin ldap')
    .action(({ origin, external, start, limit, count }: Flags) =>
      mappings({ origin, externalGroup: external, start, limit: limit ?? count }, deps),
    );
}

/** Shows mappings: a table, or the objects of UAA. */
export async function mappings(query: MappingQuery, deps: Deps): Promise<void> {
  const all = await deps.mappings();
  await deps.terminal.showList({ items: all.list(query), text: mappingTable });
}
