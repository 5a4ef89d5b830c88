import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { listCommand } from '../../resource/list-command.js';
import { contextFields, contextJson } from '../../session/contexts.js';
import { rejectZoneOptions } from '../zone-options.js';

const command = listCommand({
  description:
    'List the contexts with the numbers for `tpks uaa context NUMBER`. An asterisk marks the context ' +
    'that the uaa commands use. Tokens are never shown.',
  examples: ['uaa contexts'],
  noun: 'context',
  fields: ['number', ...contextFields],
  emptyLine: 'no contexts',
  read: readContexts,
  columns: [
    { head: '#', cell: ({ number }) => String(number) },
    { head: '', cell: ({ currentUaa }) => (currentUaa ? '*' : '') },
    { head: 'Name', cell: ({ name }) => name },
    { head: 'User or client', cell: ({ identity }) => identity },
    { head: 'From client', cell: ({ clientId }) => clientId },
    { head: 'Grant', cell: ({ grant }) => grant },
    { head: 'UAA', cell: ({ uaa }) => uaa },
  ],
  nameOf: ({ name }) => name,
});

export function define(parent: Command, services: Services): void {
  command.define(rejectZoneOptions(parent), services);
}

async function readContexts(deps: Pick<Services, 'settings' | 'identities'>) {
  const [settings, { pks, uaa }] = await Promise.all([
    deps.settings().then((file) => file.read()),
    deps.identities(),
  ]);
  return Object.entries(settings.contexts).map(([name, context], number) => ({
    number,
    name,
    current: name === pks,
    currentUaa: name === uaa,
    ...contextJson(context),
  }));
}
