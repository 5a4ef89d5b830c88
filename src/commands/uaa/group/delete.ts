import { deleteObjectCommand } from '../object-commands.js';
import { readGroupKey } from './group-name.js';
import { loadGroups } from '../resources.js';

export const { define } = deleteObjectCommand({
  description:
    'Delete a group immediately, without asking for confirmation, together with its memberships ' +
    'and mappings. Its members lose the scope.',
  examples: ['uaa group delete team.blue'],
  key: {
    add: (command) =>
      command.argument('[name]', 'name of the group').option('--id <id>', 'the group with this id'),
    read: (name, { id }: { id?: string }, services) => readGroupKey(name, id, services),
  },
  resource: loadGroups,
  done: 'success',
});
