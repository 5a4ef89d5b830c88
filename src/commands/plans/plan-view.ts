import type { Plan } from '../../pks/plans.js';
import type { List } from '../list/list.js';

/** The original's table. @see pks-cli, section 7 */
export const planList: List<Plan> = {
  columns: [
    { head: 'Name', cell: ({ name }) => name },
    { head: 'ID', cell: ({ id }) => id },
    { head: 'Description', cell: ({ description }) => description ?? '' },
    { head: 'Workers', cell: ({ worker_instances }) => count(worker_instances), wide: true },
    { head: 'Masters', cell: ({ master_instances }) => count(master_instances), wide: true },
  ],
  nameOf: ({ name }) => name,
};

function count(value: unknown): string {
  return typeof value === 'number' ? String(value) : '';
}
