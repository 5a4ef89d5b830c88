import type { Group } from '../../../uaa/groups.js';
import { scimListCommand } from '../scim-list.js';
import { createGroups } from '../../../uaa/groups.js';

export const { define } = scimListCommand<Group>({
  description:
    'List the groups of the UAA. Members of a group get its name as a scope in their tokens. ' +
    'Requires the scope scim.read.',
  examples: ['uaa groups \'displayName sw "pks."\''],
  noun: 'group',
  help: {
    filter: 'displayName sw "pks."',
    sortKeys: ['created', 'lastModified', 'displayName', 'description'],
  },
  completes: 'groups',
  resource: createGroups,
  columns: [
    { head: 'Name', cell: ({ displayName }) => displayName },
    { head: 'Members', cell: ({ members }) => String(members?.length ?? 0) },
    { head: 'Description', cell: ({ description }) => description ?? '' },
    { head: 'Id', cell: ({ id }) => id },
  ],
  nameOf: ({ displayName }) => displayName,
});
