import { Argument } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import type { Services } from '../../services.js';

/** Creates the argument for the name of a stored context, with completion from the settings. */
export function contextName(
  { settings }: Pick<Services, 'settings'>,
  argument = '<name>',
  description = 'name of the context, as listed by `tpks contexts`',
): Argument {
  return withCompleter(new Argument(argument, description), async () =>
    Object.keys((await (await settings()).read()).contexts),
  );
}
