import type { Command } from 'commander';
import type { Services } from '../../../app/services.js';
import { outputOption } from '../../resource/output-option.js';
import { showContextDetails, contextName } from '../context-details.js';

type ShowDeps = Pick<
  Services,
  'terminal' | 'settings' | 'anyContext' | 'identities' | 'findContext' | 'session'
>;

export function define(command: Command, deps: ShowDeps): void {
  command
    .description(
      'Show a context. Without a name, show the one that PKS commands use, and also list which ' +
        'contexts PKS commands and `tpks uaa` use. Sends no request. Tokens are never shown; to print ' +
        'one, use `tpks token`.',
    )
    .addArgument(contextName(deps, '[name]'))
    .addOption(outputOption('json', 'yaml', 'name'))
    .addHelpText('after', '\nExamples:\n  $ tpks context\n  $ tpks context show cody@localhost')
    .action((name: string | undefined) => showContext({ name }, deps));
}

/** @throws {TpksError} `notFound`; `unauthenticated` without a current context */
async function showContext(
  { name }: { readonly name?: string | undefined },
  deps: ShowDeps,
): Promise<void> {
  if (name !== undefined) return showContextDetails(await deps.findContext(name), deps);
  const { pks = null, uaa = null } = await deps.identities();
  await showContextDetails(await deps.anyContext(), deps, { identities: { pks, uaa } });
}
