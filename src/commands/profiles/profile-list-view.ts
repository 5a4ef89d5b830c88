import { table } from '../../terminal/table.js';
import type { Line } from '../../terminal/terminal.js';

/** The original's table of network and of compute profiles. @see pks-cli, section 10 */
export function profilesTable(
  profiles: readonly { readonly name: string; readonly description?: string | null | undefined }[],
): Line[] {
  return [
    '',
    ...table(
      ['Name', 'Description'],
      profiles.map(({ name, description }) => [name, description ?? '']),
    ),
  ];
}
