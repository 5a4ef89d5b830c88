import { deleteObjectCommand } from '../object-commands.js';
import { readGroupKey } from './group-name.js';
import { loadGroups } from '../resources.js';

export const { define } = deleteObjectCommand({
  description:
    'Delete a group with its memberships and mappings, without asking for confirmation. Its members ' +
    'lose the scope. Requires the scopes scim.read and scim.write.',
  examples: ['uaa group delete team.blue'],
  key: {
    add: (command) =>
      command.argument('[name]', 'name of the group').option('--id <id>', 'select the group by id'),
    read: (name, { id }: { id?: string }, services) => readGroupKey(name, id, services),
  },
  resource: loadGroups,
  successMessage: 'success',
});
