import { showObjectCommand } from '../object-commands.js';
import { userKeySpec } from './user-key.js';
import { createUsers } from '../../../uaa/users.js';

export const { define } = showObjectCommand({
  description: 'Show a user and their groups. Requires the scope scim.read.',
  examples: ['uaa user get alana'],
  key: userKeySpec,
  attributes: { example: 'id,emails' },
  resource: createUsers,
  read: (users, key, { attributes }) =>
    attributes === undefined ? users.get(key) : users.getFields(key, attributes),
  nameField: 'userName',
});
