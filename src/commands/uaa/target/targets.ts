import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { table } from '../../../terminal/table.js';
import { withoutZone } from '../zone-options.js';
import { currentTarget, knownTargets } from '../../../contexts/targets.js';

type Deps = Pick<Services, 'terminal' | 'settings'>;

export function define(command: Command, deps: Deps): void {
  withoutZone(command)
    .description(
      'Lists the UAAs that were targeted or logged in to, with the numbers that ' +
        '`tpks uaa target NUMBER` takes. * marks the current one.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa targets')
    .action(() => targets(deps));
}

/** Shows the targets. */
export async function targets({ terminal, settings }: Deps): Promise<void> {
  const all = await (await settings()).read();
  const known = knownTargets(all);
  const current = currentTarget(all)?.uaa;
  await terminal.show({
    json: known.map(({ uaa, caCert, skipTlsVerification }, number) => ({
      number,
      uaa,
      current: uaa === current,
      hasCaCert: caCert !== undefined,
      skipTlsVerification,
    })),
    text:
      known.length === 0
        ? ['no targets']
        : table(
            ['#', '', 'UAA', 'TLS', 'CA'],
            known.map(({ uaa, caCert, skipTlsVerification }, number) => [
              String(number),
              uaa === current ? '*' : '',
              uaa,
              skipTlsVerification ? { text: 'not verified', tone: 'bad' } : 'verified',
              caCert === undefined ? 'system' : 'own',
            ]),
          ),
  });
}
