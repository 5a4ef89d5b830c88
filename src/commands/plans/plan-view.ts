import type { Plan } from '../../pks/plans.js';
import { table } from '../../terminal/table.js';
import type { Line } from '../../terminal/terminal.js';

/** The original's table. @see pks-cli, section 7 */
export function plansTable(plans: readonly Plan[]): Line[] {
  return [
    '',
    ...table(
      ['Name', 'ID', 'Description'],
      plans.map(({ name, id, description }) => [name, id, description ?? '']),
    ),
  ];
}
