import { deleteObjectCommand } from '../object-commands.js';
import { userKeySpec } from './user-key.js';
import { loadUsers } from '../resources.js';

export const { define } = deleteObjectCommand({
  description:
    'Delete a user without asking for confirmation. Requires the scopes scim.read and scim.write.',
  examples: ['uaa user delete erin --if-exists'],
  key: userKeySpec,
  resource: loadUsers,
  successMessage: 'user account successfully deleted',
});
