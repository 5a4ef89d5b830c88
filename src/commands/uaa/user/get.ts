import { showObjectCommand } from '../object-commands.js';
import { userKeyArgument } from './user-key.js';

export const { define } = showObjectCommand({
  description: 'Show a user with its groups.',
  examples: ['uaa user get alana'],
  key: userKeyArgument,
  fields: { example: 'id,emails' },
  read: async (services, key, { attributes }) => {
    const users = await services.users();
    return attributes === undefined ? users.get(key) : users.pick(key, attributes);
  },
  nameField: 'userName',
});
