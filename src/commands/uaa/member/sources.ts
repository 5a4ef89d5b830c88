import type { Services } from '../../../services.js';
import type {
  Membership,
  MembershipSource,
  MembershipSources,
} from '../../../uaa/membership-sources.js';
import { unknownSourceWarning } from './warnings.js';

/** Finds where memberships come from, and warns if the token may not read that. */
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
