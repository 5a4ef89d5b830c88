import type { Span } from '../../../terminal/terminal.js';
import type { ListedMember } from '../../../uaa/members.js';
import { listCommand } from '../../resource/list-command.js';
import { groupArgument } from './group-argument.js';
import { loadGroups, loadMembers } from '../resources.js';

export const { define } = listCommand<ListedMember, unknown>({
  description:
    'List the members of a group with their names. A member is a user, or a group whose members ' +
    'also belong to this group. Requires the scope scim.read.',
  examples: ['uaa members pks.clusters.manage'],
  noun: 'member',
  fields: ['value', 'type', 'origin', 'entity', 'operation'],
  arguments: () => [groupArgument()],
  read: async ({ uaaResource }, _flags, [group = '']) => {
    const [groups, members] = await Promise.all([
      uaaResource(loadGroups),
      uaaResource(loadMembers),
    ]);
    return members.list((await groups.identify(group)).id);
  },
  columns: [
    { head: 'Name', cell: formatName },
    { head: 'Type', cell: ({ type }) => type.toLowerCase() },
    { head: 'Origin', cell: ({ origin }) => origin ?? '' },
    { head: 'Id', cell: ({ value }) => value },
  ],
  nameOf: ({ entity, value }) => entity?.userName ?? entity?.displayName ?? value,
});

function formatName({ entity }: ListedMember): Span {
  return entity?.userName ?? entity?.displayName ?? { text: 'unknown', tone: 'muted' };
}
