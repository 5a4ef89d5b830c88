import { deleteObjectCommand } from '../object-commands.js';
import { readClientId } from './client-id.js';
import { loadClients } from '../resources.js';

export const { define } = deleteObjectCommand({
  description:
    'Delete a client without asking for confirmation. Its tokens, and those that users got through ' +
    'it, are revoked. Requires the scope clients.write.',
  examples: ['uaa client delete ci-reader --if-exists'],
  key: {
    add: (command) => command.argument('[id]', 'UAA client'),
    read: (id, _flags, services) => readClientId(id, services),
  },
  resource: loadClients,
  successMessage: 'client registration deleted',
});
