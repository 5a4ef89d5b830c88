import type { Usage } from '../../pks/usages.js';
import { details, table } from '../../terminal/table.js';
import type { Line } from '../../terminal/terminal.js';
import type { List } from '../list/list.js';

export const usageList: List<Usage> = {
  columns: [
    { head: 'Owner', cell: ({ owner }) => owner },
    { head: 'CPU', cell: ({ totals }) => String(totals.cpu) },
    { head: 'Memory (GB)', cell: ({ totals }) => String(totals.memory) },
    { head: 'Clusters', cell: ({ totals }) => String(totals.cluster) },
  ],
  nameOf: ({ owner }) => owner,
};

/** The totals, and which cluster takes what of them. */
export function usageDetails({ owner, totals, clusters }: Usage): Line[] {
  return [
    '',
    ...details([
      ['Owner', owner],
      ['CPU', String(totals.cpu)],
      ['Memory (GB)', String(totals.memory)],
      ['Clusters', String(totals.cluster)],
    ]),
    '',
    ...table(
      ['Cluster', 'CPU', 'Memory (GB)'],
      (clusters ?? []).map(({ name, cpu, memory }) => [name, String(cpu), String(memory)]),
    ),
  ];
}
