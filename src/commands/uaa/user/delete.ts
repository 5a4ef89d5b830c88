import { deleteObjectCommand } from '../object-commands.js';
import { userKeySpec } from './user-key.js';
import { loadUsers } from '../resources.js';

export const { define } = deleteObjectCommand({
  description: 'Delete a user immediately, without asking for confirmation.',
  examples: ['uaa user delete dana'],
  key: userKeySpec,
  resource: loadUsers,
  done: 'user account successfully deleted',
});
