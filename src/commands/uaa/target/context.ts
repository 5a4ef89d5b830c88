import type { Command } from 'commander';
import { getOwnValue } from '../../../own-value.js';
import type { Services } from '../../../services.js';
import { outputOption } from '../../resource/output-option.js';
import { showContextDetails } from '../../session/context-details.js';
import { contextName } from '../../session/context-name.js';
import { rejectZoneOptions } from '../zone-options.js';
import { findContext } from '../../../contexts/find-context.js';
import { select } from '../../../contexts/selection.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'uaaContext' | 'session'>;

export function define(command: Command, deps: Deps): void {
  rejectZoneOptions(command)
    .description(
      'Select the context that the uaa commands use, and show it. Its installation becomes the current ' +
        'one for all commands. Without a name, show the current context. Tokens are never shown; to print one, use `tpks token`.',
    )
    .addArgument(contextName(deps, '[name]', 'name, number from `tpks uaa contexts`, or identity'))
    .addOption(outputOption('json', 'yaml', 'name'))
    .addHelpText('after', '\nExample:\n  $ tpks uaa context admin')
    .action((name: string | undefined) => selectContext({ name }, deps));
}

/** Selects a context if a name is given, then shows the current context. */
export async function selectContext(
  { name: argument }: { readonly name?: string | undefined },
  deps: Deps,
): Promise<void> {
  const file = await deps.settings();
  if (argument !== undefined) {
    await file.update((settings) => {
      const name = findContext(argument, settings, 'uaa');
      const selected = getOwnValue(settings.contexts, name);
      if (selected === undefined) return settings;
      return select(settings, selected.uaa, { role: 'uaa', name });
    });
  }
  await showContextDetails(await deps.uaaContext(), deps);
}
