import { createSourceFinder } from '../../api/uaa/membership-sources.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { FindingInput, SubjectFinding } from './finding.js';
import { createUserFinding, formatUserArguments } from './user-findings.js';

/** The members of these groups are administrators of the UAA or of all clusters. */
const adminGroups: readonly string[] = ['uaa.admin', 'pks.clusters.admin'];

export function findGroupProblems({ content }: FindingInput): readonly SubjectFinding[] {
  const { groups, users, mappings, providers } = content;
  const usersById = new Map(users.map((user) => [user.id, user]));
  const groupNames = new Map(groups.map(({ id, displayName }) => [id, displayName]));
  const findSource = createSourceFinder(mappings, providers);
  const found: SubjectFinding[] = [];
  for (const { id: groupId, displayName: group, members } of groups) {
    for (const { value: id, type, origin } of members ?? []) {
      const user = usersById.get(id);
      const nested = groupNames.get(id);
      const removal = `tpks uaa member delete ${quoteForShell(group)} --id ${quoteForShell(id)}`;
      if (user === undefined && nested === undefined) {
        found.push(
          createGroupFinding(group, {
            id: 'group-missing-member',
            severity: 'medium',
            reason: `Its member ${id} no longer exists, so the UAA cannot list the names of its members`,
            command: removal,
          }),
        );
      }
      const isUnmapped = findSource({ groupId, type, origin }) === 'unmapped';
      // A login deletes only memberships with the user's origin.
      if (user !== undefined && user.origin === origin && isUnmapped) {
        found.push(
          createUserFinding(user, {
            id: 'group-temporary-membership',
            severity: 'medium',
            reason: `The UAA will delete the membership in ${group} at the next login, because its origin ${origin} has no mapping to this group. The command makes it permanent`,
            command: `tpks uaa member add ${quoteForShell(group)} ${formatUserArguments(user)}`,
          }),
        );
      }
      if (nested !== undefined && adminGroups.includes(group)) {
        found.push(
          createGroupFinding(nested, {
            id: 'group-nested-admin',
            severity: 'high',
            reason: `Its members also get ${group}, because ${nested} is a member of ${group}`,
            command: removal,
          }),
        );
      }
    }
  }
  return [...found, ...findUnknownMappings(content)];
}

function findUnknownMappings({
  mappings,
  providers,
}: FindingInput['content']): readonly SubjectFinding[] {
  if (providers === undefined) return [];
  const origins = new Set(providers.map(({ originKey }) => originKey));
  return mappings
    .filter(({ origin }) => !origins.has(origin))
    .map(({ displayName: group, externalGroup, origin }) => {
      const words = [group, externalGroup, '--origin', origin].map((word) => quoteForShell(word));
      return createGroupFinding(group, {
        id: 'group-unknown-mapping-origin',
        severity: 'medium',
        reason: `The external group ${externalGroup} is mapped to this group, but no identity provider has the origin ${origin}`,
        command: `tpks uaa group unmap ${words.join(' ')}`,
      });
    });
}

function createGroupFinding(
  identity: string,
  finding: Omit<SubjectFinding['finding'], 'identity'>,
): SubjectFinding {
  return { subjects: [], finding: { ...finding, identity } };
}
