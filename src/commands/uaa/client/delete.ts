import { deleteObjectCommand } from '../object-commands.js';
import { clientIdArgument, readClientId } from './client-id.js';
import { createClients } from '../../../uaa/clients.js';

export const { define } = deleteObjectCommand({
  description:
    'Delete a client and revoke its tokens, including tokens that users obtained with it. Asks for ' +
    'confirmation on a terminal. Requires the scope clients.write.',
  examples: ['uaa client delete ci-reader --if-exists'],
  key: {
    add: (command) => command.addArgument(clientIdArgument()),
    read: (id, _flags, services) => readClientId(id, services),
  },
  resource: createClients,
  label: (id) => `client ${id}`,
  describe: async (clients, id) => `client ${(await clients.get(id)).client_id}`,
  remove: (clients, id) => clients.remove(id),
  successMessage: 'client registration deleted',
});
