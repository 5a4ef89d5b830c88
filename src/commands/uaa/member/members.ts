import type { Span, Terminal } from '../../../terminal/terminal.js';
import type { ListedMember } from '../../../uaa/members.js';
import type { MembershipSource } from '../../../uaa/membership-sources.js';
import type { ListFlags } from '../../resource/list.js';
import { listCommand } from '../../resource/list-command.js';
import { groupArgument } from './group-argument.js';
import { findSources, missingMembersWarning, sourceTexts } from './sources.js';
import { createGroups } from '../../../uaa/groups.js';
import { createMembers } from '../../../uaa/members.js';
import { createMembershipSources } from '../../../uaa/membership-sources.js';

/** A symbol, so that JSON contains only the fields of the UAA. */
const source = Symbol('source');

/** The source is absent if it is not shown. */
type Row = ListedMember & { readonly [source]?: MembershipSource };

export const { define } = listCommand<Row, ListFlags>({
  description:
    'List the members of a group with their names. A member is a user, or a group whose members ' +
    'also belong to this group. The source is `added` for memberships that were added to the ' +
    'group, and `mapping` or `identity provider` for memberships that the UAA assigned at a login. ' +
    'Members that no longer exist are listed too, and a warning contains the command to remove them. ' +
    'Requires the scope scim.read, and idps.read if a membership from an identity provider has no mapping.',
  examples: ['uaa members pks.clusters.manage'],
  noun: 'member',
  fields: ['value', 'type', 'origin', 'entity', 'operation'],
  arguments: () => [groupArgument()],
  read: async (services, flags, [group = '']) => {
    const { uaaResource, terminal } = services;
    const [groups, members] = await Promise.all([
      uaaResource(createGroups),
      uaaResource(createMembers),
    ]);
    const { id: groupId, displayName } = await groups.identify(group);
    const found = await members.list(groupId);
    const missing = found.filter(isMissing).map(({ value }) => value);
    if (missing.length > 0) terminal.warn(missingMembersWarning(displayName, missing));
    if (!needsSources(flags, terminal)) return found;
    const sources = await uaaResource(createMembershipSources);
    const memberships = found.map((member) => ({ ...member, groupId }));
    const findSource = await findSources(memberships, sources, services);
    return found.map((member) => ({ ...member, [source]: findSource({ ...member, groupId }) }));
  },
  columns: [
    { head: 'Name', cell: formatName },
    { head: 'Type', cell: ({ type }) => type.toLowerCase() },
    { head: 'Origin', cell: ({ origin }) => origin ?? '' },
    { head: 'Source', cell: formatSource },
    { head: 'Id', cell: ({ value }) => value },
  ],
  nameOf: ({ entity, value }) => entity?.userName ?? entity?.displayName ?? value,
});

/** Whether the source is printed, or used to select or sort the members. */
function needsSources({ output, filter = [], sortBy }: ListFlags, terminal: Terminal): boolean {
  const isPrinted = !terminal.wantsJson() && output !== 'name';
  const keys = [sortBy, ...filter.map(({ key }) => key)];
  return isPrinted || keys.some((key) => key?.toLowerCase() === 'source');
}

function isMissing({ entity }: ListedMember): boolean {
  return entity === undefined || entity === null;
}

function formatSource(row: Row): Span {
  const found = row[source];
  if (found === undefined || isMissing(row)) return '';
  const text = sourceTexts[found];
  return found === 'unmapped' ? { text, tone: 'bad' } : text;
}

function formatName({ entity }: ListedMember): Span {
  return entity?.userName ?? entity?.displayName ?? { text: 'no longer exists', tone: 'muted' };
}
