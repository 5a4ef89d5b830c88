import { createPlans } from '../api/pks/clusters.js';
import { pksListCommand, requiresRead } from './resource/list-command.js';

/** The table of the `pks` CLI. @see docs/contributing/servers/pks-cli.md#plans */
export const { description, examples, define } = pksListCommand({
  description: `List the plans that clusters can be created from. ${requiresRead}`,
  examples: { 'list plans': 'tpks plans', 'list plans as JSON': 'tpks plans --json' },
  noun: 'plan',
  completes: 'plans',
  resource: createPlans,
  read: (plans) => plans.list(),
  columns: [
    { head: 'Name', cell: ({ name }) => name },
    { head: 'ID', cell: ({ id }) => id },
    { head: 'Description', cell: ({ description }) => description ?? '' },
    { head: 'Workers', cell: ({ worker_instances }) => formatCount(worker_instances), wide: true },
    { head: 'Masters', cell: ({ master_instances }) => formatCount(master_instances), wide: true },
  ],
  terminalColumns: [
    { head: 'Name', cell: ({ name }) => name },
    { head: 'Workers', cell: ({ worker_instances }) => formatCount(worker_instances) },
    { head: 'Masters', cell: ({ master_instances }) => formatCount(master_instances) },
    { head: 'ID', cell: ({ id }) => id, wide: true, isWhole: true, rank: 1 },
    { head: 'Description', cell: ({ description }) => description ?? '', wide: true },
  ],
  nameOf: ({ name }) => name,
});

function formatCount(value: unknown): string {
  return typeof value === 'number' ? String(value) : '';
}
