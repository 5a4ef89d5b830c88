import { table } from '../../../terminal/table.js';
import type { Line } from '../../../terminal/terminal.js';
import type { Mapping } from '../../../uaa/mappings.js';

/** The columns people look for; the ids of the groups are in the JSON. */
export function mappingTable(mappings: readonly Mapping[]): Line[] {
  return table(
    ['Group', 'Origin', 'External group'],
    mappings.map(({ displayName, origin, externalGroup }) => [displayName, origin, externalGroup]),
  );
}
