import type { Span } from '../../../terminal/terminal.js';
import type { ListedMember } from '../../../uaa/members.js';
import { listCommand } from '../../resource/list-command.js';
import { loadGroups, loadMembers } from '../resources.js';
import { groupArgument } from './group-argument.js';
import { missingMembersWarning } from './warnings.js';

export const { define } = listCommand<ListedMember, unknown>({
  description:
    'List the members of a group with their names. A member is a user, or a group whose members ' +
    'also belong to this group. Members that no longer exist are named. Requires the scope scim.read.',
  examples: ['uaa members pks.clusters.manage'],
  noun: 'member',
  fields: ['value', 'type', 'origin', 'entity', 'operation'],
  arguments: () => [groupArgument()],
  read: async ({ uaaResource, terminal }, _flags, [group = '']) => {
    const [groups, members] = await Promise.all([
      uaaResource(loadGroups),
      uaaResource(loadMembers),
    ]);
    const { id: groupId, displayName } = await groups.identify(group);
    const found = await members.list(groupId);
    const missing = found.filter(isMissing).map(({ value }) => value);
    if (missing.length > 0) terminal.warn(missingMembersWarning(displayName, missing));
    return found;
  },
  columns: [
    { head: 'Name', cell: formatName },
    { head: 'Type', cell: ({ type }) => type.toLowerCase() },
    { head: 'Origin', cell: ({ origin }) => origin ?? '' },
    { head: 'Id', cell: ({ value }) => value },
  ],
  nameOf: ({ entity, value }) => entity?.userName ?? entity?.displayName ?? value,
});

function isMissing({ entity }: ListedMember): boolean {
  return entity === undefined || entity === null;
}

function formatName({ entity }: ListedMember): Span {
  return entity?.userName ?? entity?.displayName ?? { text: 'no longer exists', tone: 'muted' };
}
