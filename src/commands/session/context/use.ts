import type { Command } from 'commander';
import type { Settings } from '../../../config/settings.js';
import { findContext, unknownContextError } from '../../../contexts/find-context.js';
import { findPreviousContext, select } from '../../../contexts/selection.js';
import { getOwnValue } from '../../../own-value.js';
import type { Services } from '../../../services.js';
import { contextName } from '../context-name.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'findContext' | 'readScopes'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Use a context for the PKS commands, and make its installation the current one for all commands. ' +
        'If the token of the context has no scope for the PKS API, `tpks uaa` uses it. With -, switch ' +
        'back to the previous context.',
    )
    .addArgument(contextName(deps, '<name>', 'name from `tpks contexts`, identity, or -'))
    .addHelpText(
      'after',
      '\nExamples:\n  $ tpks context use cody@localhost\n  $ tpks context use -',
    )
    .action((name: string) => use({ name }, deps));
}

export async function use({ name: typed }: { name: string }, deps: Deps): Promise<void> {
  const file = await deps.settings();
  const settings = await file.read();
  const name = typed === '-' ? findPreviousContext(settings) : findContext(typed, settings);
  const isForPks = await isPksIdentity(name, settings, deps);
  await file.update((latest) => {
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
async function isPksIdentity(name: string, { contexts }: Settings, deps: Deps): Promise<boolean> {
  // The API has accepted its token.
  if (getOwnValue(contexts, name)?.api !== undefined) return true;
  const [{ isAllowed }, context] = await Promise.all([
    import('../../../contexts/identity.js'),
    deps.findContext(name),
  ]);
  return context.store !== 'none' && isAllowed('pks', await deps.readScopes(context));
}
