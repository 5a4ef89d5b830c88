import { Argument } from 'commander';
import { withUaaNames } from '../../name-completion.js';
import { labelOf } from '../inputs.js';
import { deleteObjectCommand } from '../object-commands.js';
import { readGroupKey } from './group-name.js';
import { createGroups } from '../../../uaa/groups.js';

export const { define } = deleteObjectCommand({
  description:
    'Delete a group with its memberships and mappings. Its members lose the scope. Asks for ' +
    'confirmation on a terminal. Requires the scopes scim.read and scim.write.',
  examples: ['uaa group delete team.blue'],
  key: {
    add: (command) =>
      command
        .addArgument(withUaaNames(new Argument('[name]', 'name of the group'), 'groups'))
        .option('--id <id>', 'select the group by id'),
    read: (name, { id }: { id?: string }, services) => readGroupKey(name, id, services),
  },
  resource: createGroups,
  label: (key) => labelOf('group', key),
  describe: async (groups, key) => {
    const { displayName, id } = await groups.identifyKey(key);
    return `group ${displayName} (id ${id})`;
  },
  remove: (groups, key) => groups.remove(key),
  successMessage: 'success',
});
