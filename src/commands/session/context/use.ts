import type { Command } from 'commander';
import type { Services } from '../../../app/services.js';
import { getOwnValue } from '../../../base/json-value.js';
import { findContext, unknownContextError } from '../../../domain/contexts/context.js';
import {
  findIdentities,
  findPreviousContext,
  select,
} from '../../../domain/contexts/current-installation.js';
import { isAllowed } from '../../../domain/contexts/identity.js';
import type { Settings } from '../../../platform/config/settings.js';
import { contextName } from '../context-details.js';

type UseDeps = Pick<Services, 'terminal' | 'settings' | 'findContext' | 'readScopes'>;

export function define(command: Command, deps: UseDeps): void {
  command
    .description(
      'Use a context for the PKS commands, and make its installation the current one for all commands. ' +
        'A context whose token has no scope for the PKS API is used for `tpks uaa` instead. With -, ' +
        'switch back to the previous context.',
    )
    .addArgument(contextName(deps, '<name>', 'name from `tpks contexts`, identity, or -'))
    .addHelpText(
      'after',
      '\nExamples:\n  $ tpks context use cody@localhost\n  $ tpks context use -',
    )
    .action((name: string) => use({ name }, deps));
}

async function use({ name: typed }: { name: string }, deps: UseDeps): Promise<void> {
  const settings = await deps.settings.read();
  const name = typed === '-' ? findPreviousContext(settings) : findContext(typed, settings);
  const isForPks = await isUsableForPks(name, settings, deps);
  await deps.settings.update((latest) => {
    const context = getOwnValue(latest.contexts, name);
    if (context === undefined) throw unknownContextError(name);
    return select(latest, context.uaa, { role: isForPks ? 'pks' : 'uaa', name });
  });
  await deps.terminal.show({
    json: { current: name },
    text: [
      isForPks ? `The current context is now ${name}` : `tpks uaa now uses the context ${name}`,
    ],
  });
}

/** Whether a context can be used for the PKS commands. */
async function isUsableForPks(name: string, settings: Settings, deps: UseDeps): Promise<boolean> {
  // A context with a stored API has been used for PKS commands.
  if (getOwnValue(settings.contexts, name)?.api !== undefined) return true;
  const context = await deps.findContext(name);
  const scopes = context.store === 'none' ? undefined : await deps.readScopes(context);
  // Without a session, the context keeps its role.
  return scopes === undefined
    ? findIdentities(settings, context.uaa).uaa !== name
    : isAllowed('pks', scopes);
}
