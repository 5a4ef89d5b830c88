import { groupBy } from '../../../access/model.js';
import type { GroupProviderMember, UnmanagedMembers } from '../../../access/uaa-content.js';
import type { Services } from '../../../services.js';
import { quoteForShell } from '../../../shell-quote.js';
import { missingMembersWarning, unknownSourceWarning } from '../member/warnings.js';

/** Warns about members that could not be checked or that no longer exist. */
export function warnAboutUnmanaged(
  { unknown, missing }: Pick<UnmanagedMembers, 'unknown' | 'missing'>,
  { warn }: Services['terminal'],
): void {
  if (unknown.length > 0) warn(unknownSourceWarning(unknown));
  for (const [group, members] of groupBy(missing, (member) => member.group)) {
    const ids = members.map(({ id }) => id);
    warn(missingMembersWarning(group, ids));
  }
}

/** Names a membership that an export omits, with the reason. */
export function notExportedWarning({ group, member, origin, source }: GroupProviderMember): string {
  const notExported = `Not exported: member ${member.user} of ${group}`;
  if (source === 'unknown') return `${notExported}, because its origin ${origin} cannot be checked`;
  const words = [group, member.user, '--origin', member.origin].map(quoteForShell);
  return (
    `${notExported}, because its origin ${origin} has no mapping to this group, so the next login may ` +
    `delete it; to keep it: tpks uaa member add ${words.join(' ')}`
  );
}
