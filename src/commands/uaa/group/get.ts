import { Argument } from 'commander';
import { withUaaNames } from '../../name-completion.js';
import { showObjectCommand } from '../object-commands.js';
import { readGroupName } from './group-name.js';
import { loadGroups } from '../resources.js';

export const { define } = showObjectCommand({
  description: 'Show a group with the ids of its members. Requires the scope scim.read.',
  examples: ['uaa group get pks.clusters.manage'],
  key: {
    add: (command) =>
      command.addArgument(
        withUaaNames(
          new Argument('[name]', 'name of the group, e.g. pks.clusters.manage'),
          'groups',
        ),
      ),
    read: (name, _flags, services) => readGroupName(name, services),
  },
  attributes: { example: 'id,members' },
  resource: loadGroups,
  read: (groups, name, { attributes }) =>
    attributes === undefined ? groups.get(name) : groups.getFields(name, attributes),
  nameField: 'displayName',
});
