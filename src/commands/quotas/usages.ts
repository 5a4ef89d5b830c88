import { createUsages, type Usage } from '../../pks/quotas.js';
import { formatDetails, formatTable } from '../../terminal/table.js';
import type { Line } from '../../terminal/terminal.js';
import { pksListCommand, requiresRead } from '../resource/list-command.js';
import { pksShowCommand } from '../resource/show-command.js';
import { ownerArgument } from './quotas.js';

export const list = pksListCommand({
  description: `List the total resources that the clusters of each user use. ${requiresRead}`,
  examples: ['usages', 'usages --json'],
  noun: 'usage',
  fields: ['owner', 'totals', 'clusters'],
  completes: 'owners',
  resource: createUsages,
  read: (usages) => usages.list(),
  columns: [
    { head: 'Owner', cell: ({ owner }) => owner },
    { head: 'CPU', cell: ({ totals }) => String(totals.cpu) },
    { head: 'Memory (GB)', cell: ({ totals }) => String(totals.memory) },
    { head: 'Clusters', cell: ({ totals }) => String(totals.cluster) },
  ],
  nameOf: ({ owner }) => owner,
});

export const show = pksShowCommand({
  description:
    'Show the resources that the clusters of a user use, in total and per cluster. ' + requiresRead,
  examples: ['usage cody'],
  argument: ownerArgument,
  resource: createUsages,
  read: (usages, owner) => usages.get(owner),
  formatDetails: formatUsage,
  nameOf: ({ owner }) => owner,
});

function formatUsage({ owner, totals, clusters }: Usage): Line[] {
  return [
    '',
    ...formatDetails([
      ['Owner', owner],
      ['CPU', String(totals.cpu)],
      ['Memory (GB)', String(totals.memory)],
      ['Clusters', String(totals.cluster)],
    ]),
    '',
    ...formatTable(
      ['Cluster', 'CPU', 'Memory (GB)'],
      (clusters ?? []).map(({ name, cpu, memory }) => [name, String(cpu), String(memory)]),
    ),
  ];
}
