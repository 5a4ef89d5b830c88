import type { Services } from '../../app/services.js';
import { getOwnValue } from '../../base/json-value.js';
import { findContext } from '../../domain/contexts/context-names.js';
import { selectInstallation } from '../../domain/contexts/current-installation.js';
import type { Leaf } from '../command-table.js';
import { listCommand, outputOption } from '../resource/list-command.js';
import { contextName, showContextDetails } from '../session/context.js';
import { contextJson, optionalContextFields } from '../session/contexts.js';
import { rejectZoneOptions, withoutZoneOptions } from './options.js';

type ContextDeps = Pick<Services, 'terminal' | 'clock' | 'settings' | 'uaaContext' | 'session'>;

export const contextCommand: Leaf = {
  description:
    'Select the context that the uaa commands use, and show it. Its installation becomes the current ' +
    'one for all commands. Without a name, show the current context. Tokens are never shown; to print one, use `tpks token`.',
  examples: { 'switch to the context of the client admin': 'tpks uaa context admin' },
  define(command, deps: ContextDeps) {
    rejectZoneOptions(command)
      .addArgument(
        contextName(deps, '[name]', 'name, number from `tpks uaa contexts`, or identity'),
      )
      .addOption(outputOption('json', 'yaml', 'name'))
      .action((name: string | undefined) => selectContext({ name }, deps));
  },
};

/** Selects a context if a name is given, then shows the current context. */
export async function selectContext(
  { name: argument }: { readonly name?: string | undefined },
  deps: ContextDeps,
): Promise<void> {
  if (argument !== undefined) {
    await deps.settings.update((settings) => {
      const name = findContext(argument, settings, 'uaa');
      const selected = getOwnValue(settings.contexts, name);
      if (selected === undefined) return settings;
      return selectInstallation(settings, selected.uaa, { role: 'uaa', name });
    });
  }
  await showContextDetails(await deps.uaaContext(), deps);
}

export const contextsCommand = withoutZoneOptions(
  listCommand({
    description:
      'List the contexts of all targets. `tpks uaa context NUMBER` selects one by its number. An asterisk ' +
      'marks the context that the uaa commands use. Tokens are never shown.',
    examples: { 'list the contexts of all targets': 'tpks uaa contexts' },
    noun: 'context',
    optionalFields: optionalContextFields,
    emptyLine: 'no contexts',
    read: readContexts,
    columns: [
      { head: '#', cell: ({ number }) => String(number) },
      { head: '', cell: ({ currentUaa }) => (currentUaa ? '*' : ''), rank: 0 },
      { head: 'Name', cell: ({ name }) => name, rank: 1 },
      { head: 'User or client', cell: ({ identity }) => identity, rank: 2 },
      { head: 'From client', cell: ({ clientId }) => clientId, rank: 5 },
      { head: 'Grant', cell: ({ grant }) => grant, rank: 4 },
      { head: 'UAA', cell: ({ uaa }) => uaa, rank: 3, isWhole: true },
    ],
    nameOf: ({ name }) => name,
  }),
);

async function readContexts(deps: Pick<Services, 'settings' | 'identities'>) {
  const [settings, { pks, uaa }] = await Promise.all([deps.settings.read(), deps.identities()]);
  return Object.entries(settings.contexts).map(([name, context], number) => ({
    number,
    name,
    current: name === pks,
    currentUaa: name === uaa,
    ...contextJson(context),
  }));
}
