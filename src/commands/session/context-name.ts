import { Argument } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import type { Services } from '../../services.js';

/** The argument that names a stored context, completed from the settings. */
export function contextName(
  { settings }: Pick<Services, 'settings'>,
  argument = '<name>',
  description = 'the context, as `tpks contexts` lists it',
): Argument {
  return withCompleter(new Argument(argument, description), async () =>
    Object.keys((await (await settings()).read()).contexts),
  );
}
