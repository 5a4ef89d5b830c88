import type { Command } from 'commander';
import type { Settings } from '../../../config/settings.js';
import { findContext, unknownContextError } from '../../../contexts/find-context.js';
import { findIdentities, findPreviousContext, select } from '../../../contexts/selection.js';
import { getOwnValue } from '../../../own-value.js';
import type { Services } from '../../../services.js';
import { contextName } from '../context-name.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'findContext' | 'readScopes'>;

export function define(command: Command, deps: Deps): void {
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

export async function use({ name: typed }: { name: string }, deps: Deps): Promise<void> {
  const file = await deps.settings();
  const settings = await file.read();
  const name = typed === '-' ? findPreviousContext(settings) : findContext(typed, settings);
  const isForPks = await isUsableForPks(name, settings, deps);
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
async function isUsableForPks(name: string, settings: Settings, deps: Deps): Promise<boolean> {
  // A context with a stored API has been used for PKS commands.
  if (getOwnValue(settings.contexts, name)?.api !== undefined) return true;
  const [{ isAllowed }, context] = await Promise.all([
    import('../../../contexts/identity.js'),
    deps.findContext(name),
  ]);
  const scopes = context.store === 'none' ? undefined : await deps.readScopes(context);
  // Without a session, the context keeps its role.
  return scopes === undefined
    ? findIdentities(settings, context.uaa).uaa !== name
    : isAllowed('pks', scopes);
}
