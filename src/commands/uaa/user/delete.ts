import { deleteObjectCommand } from '../object-commands.js';
import { userKeyArgument } from './user-key.js';

export const { define } = deleteObjectCommand({
  description: 'Delete a user immediately, without asking for confirmation.',
  examples: ['uaa user delete dana'],
  key: userKeyArgument,
  remove: async ({ users }, key) => (await users()).remove(key),
  done: 'user account successfully deleted',
});
