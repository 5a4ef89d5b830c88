import { groupBy } from '../../../access/model.js';
import type { UnmanagedMembers } from '../../../access/uaa-content.js';
import type { Services } from '../../../services.js';
import { missingMembersWarning, unknownSourceWarning } from '../member/sources.js';

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
