import { table } from '../../../terminal/table.js';
import type { Line, Span } from '../../../terminal/terminal.js';
import type { ListedMember } from '../../../uaa/members.js';

/** The columns people look for. */
export function memberTable(members: readonly ListedMember[]): Line[] {
  return table(
    ['Name', 'Type', 'Origin', 'Id'],
    members.map((member) => [
      name(member),
      member.type.toLowerCase(),
      member.origin ?? '',
      member.value,
    ]),
  );
}

function name({ entity }: ListedMember): Span {
  return entity?.userName ?? entity?.displayName ?? { text: 'unknown', tone: 'muted' };
}
