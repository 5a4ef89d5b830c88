import type { Usage } from '../../pks/usages.js';
import { details, table } from '../../terminal/table.js';
import type { Line } from '../../terminal/terminal.js';

export function usagesTable(usages: readonly Usage[]): Line[] {
  return [
    '',
    ...table(
      ['Owner', 'CPU', 'Memory (GB)', 'Clusters'],
      usages.map(({ owner, totals }) => [
        owner,
        String(totals.cpu),
        String(totals.memory),
        String(totals.cluster),
      ]),
    ),
  ];
}

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
