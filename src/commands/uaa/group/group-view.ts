import { table } from '../../../terminal/table.js';
import type { Line } from '../../../terminal/terminal.js';
import type { Group } from '../../../uaa/groups.js';

/** The columns people look for. */
export function groupTable(groups: readonly Group[]): Line[] {
  return table(
    ['Name', 'Members', 'Description', 'Id'],
    groups.map(({ displayName, members, description, id }) => [
      displayName,
      String(members?.length ?? 0),
      description ?? '',
      id,
    ]),
  );
}
