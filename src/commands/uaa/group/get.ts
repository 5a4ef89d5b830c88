import { Argument } from 'commander';
import { withUaaNames } from '../../name-completion.js';
import type { Services } from '../../../services.js';
import type { Group } from '../../../uaa/groups.js';
import { findSources, sourceTexts } from '../member/sources.js';
import { showObjectCommand } from '../object-commands.js';
import { readGroupName } from './group-name.js';
import { createGroups } from '../../../uaa/groups.js';
import { createMembershipSources } from '../../../uaa/membership-sources.js';

export const { define } = showObjectCommand({
  description:
    'Show a group with the ids of its members. The text output also shows the source of memberships ' +
    'whose origin is an identity provider (see `tpks uaa members`). Requires the scope scim.read.',
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
  resource: createGroups,
  read: (groups, name, { attributes }) =>
    attributes === undefined ? groups.get(name) : groups.getFields(name, attributes),
  nameField: 'displayName',
  addToText: addSources,
});

/** Adds the source to members that come from an identity provider. */
async function addSources(
  group: Partial<Group>,
  services: Pick<Services, 'uaaResource' | 'terminal'>,
): Promise<object> {
  const { id: groupId, members } = group;
  if (groupId === undefined || members === undefined) return group;
  const memberships = members.map((member) => ({ ...member, groupId }));
  const sources = await services.uaaResource(createMembershipSources);
  const findSource = await findSources(memberships, sources, services);
  return {
    ...group,
    members: members.map((member) => {
      const source = findSource({ ...member, groupId });
      return source === 'added' ? member : { ...member, source: sourceTexts[source] };
    }),
  };
}
