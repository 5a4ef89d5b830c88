import { Option } from 'commander';
import { showObjectCommand } from '../object-commands.js';
import { clientIdArgument, readClientId } from './client-id.js';
import { toClientFields } from './clients.js';
import { createClients } from '../../../uaa/clients.js';

export const { define } = showObjectCommand({
  description: 'Show a client. The UAA never returns its secret. Requires the scope clients.read.',
  examples: ['uaa client get pks_cli'],
  key: {
    add: (command) => command.addArgument(clientIdArgument('UAA client, e.g. pks_cli')),
    read: (id, _flags: { meta?: true }, services) => readClientId(id, services),
  },
  attributes: { example: 'scope,authorities', toAttributeNames: toClientFields },
  options: () => [
    new Option(
      '--meta',
      'show the creator of the client and its settings for the home page',
    ).conflicts('attributes'),
  ],
  resource: createClients,
  read: async (clients, id, { attributes, meta }) => {
    if (meta === true) return clients.getMetadata(id);
    return attributes === undefined ? clients.get(id) : clients.getFields(id, attributes);
  },
  nameField: 'client_id',
});
