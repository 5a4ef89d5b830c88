import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { contextJson } from '../../context-json.js';
import { table } from '../../../terminal/table.js';
import { withoutZone } from '../zone-options.js';
import { currentUaaContext } from '../../../contexts/targets.js';

type Deps = Pick<Services, 'terminal' | 'settings'>;

export function define(command: Command, deps: Deps): void {
  withoutZone(command)
    .description(
      'Lists the contexts with the numbers that `tpks uaa context NUMBER` takes. * marks the one ' +
        'that the uaa commands use. Tokens are never shown.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa contexts')
    .action(() => contexts(deps));
}

/** Shows the contexts of all targets. */
export async function contexts({ terminal, settings }: Deps): Promise<void> {
  const all = await (await settings()).read();
  const current = currentUaaContext(all);
  const entries = Object.entries(all.contexts);
  await terminal.show({
    json: entries.map(([name, context], number) => ({
      number,
      name,
      current: name === all.current,
      currentUaa: name === current,
      ...contextJson(context),
    })),
    text:
      entries.length === 0
        ? ['no contexts']
        : table(
            ['#', '', 'Name', 'User or client', 'From client', 'Grant', 'UAA'],
            entries.map(([name, { identity, clientId, grant, uaa }], number) => [
              String(number),
              name === current ? '*' : '',
              name,
              identity,
              clientId,
              grant,
              uaa,
            ]),
          ),
  });
}
