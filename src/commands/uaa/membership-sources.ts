import type {
  Membership,
  MembershipSource,
  MembershipSources,
} from '../../api/uaa/membership-sources.js';
import type { Services } from '../../app/services.js';
import { quoteForShell } from '../../base/shell-quote.js';

/** Finds where memberships come from, and warns if the token lacks the scope to find out. */
export async function findSources(
  memberships: readonly Membership[],
  sources: MembershipSources,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<(membership: Membership) => MembershipSource> {
  const findSource = await sources.find(memberships);
  const unknown = memberships.filter((membership) => findSource(membership) === 'unknown');
  if (unknown.length > 0) terminal.warn(unknownSourceWarning(unknown));
  return findSource;
}

export const sourceTexts: Readonly<Record<MembershipSource, string>> = {
  added: 'added',
  mapping: 'mapping',
  provider: 'identity provider',
  unmapped: 'no mapping: may be deleted at the next login',
  unknown: 'unknown',
};

/** @param members - memberships whose source is `unknown`. */
export function unknownSourceWarning(
  members: readonly { readonly origin?: string | undefined }[],
): string {
  const origins = [...new Set(members.map(({ origin = '' }) => origin))].sort().join(', ');
  return (
    `Cannot tell whether the next login deletes memberships with the origin ${origins}: the token ` +
    'lacks the scope idps.read'
  );
}

/** Names members of a group that no longer exist, and the command that removes them. */
export function missingMembersWarning(group: string, ids: readonly string[]): string {
  const missing =
    ids.length === 1
      ? '1 member that no longer exists; remove it'
      : `${String(ids.length)} members that no longer exist; remove them`;
  const options = ids.map((id) => ` --id ${quoteForShell(id)}`).join('');
  const command = `tpks uaa member delete ${quoteForShell(group)}${options}`;
  return `Group ${group} has ${missing}: ${command}`;
}
