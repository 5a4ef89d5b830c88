import { deleteObjectCommand } from '../object-commands.js';
import { userKeyArgument } from './user-key.js';
import { loadUsers } from '../resources.js';

export const { define } = deleteObjectCommand({
  description: 'Delete a user immediately, without asking for confirmation.',
  examples: ['uaa user delete dana'],
  key: userKeyArgument,
  resource: loadUsers,
  done: 'user account successfully deleted',
});
