import { labelOf } from '../inputs.js';
import { deleteObjectCommand } from '../object-commands.js';
import { userKeySpec } from './user-key.js';
import { createUsers } from '../../../uaa/users.js';

export const { define } = deleteObjectCommand({
  description:
    'Delete a user. Asks for confirmation on a terminal. Requires the scopes scim.read and scim.write.',
  examples: ['uaa user delete erin --if-exists'],
  key: userKeySpec,
  resource: createUsers,
  label: (key) => labelOf('user', key),
  describe: async (users, key) => {
    const { userName, origin, id } = await users.get(key);
    return `user ${userName} (origin ${origin}, id ${id})`;
  },
  remove: (users, key) => users.remove(key),
  successMessage: 'user account successfully deleted',
});
