import { Option } from 'commander';
import { createQuotas, createUsages, type Quota, type Usage } from '../api/pks/quotas.js';
import { TpksError } from '../base/errors.js';
import { formatDetails, formatTable, type Line } from '../platform/terminal/lines.js';
import type { NameArgumentSpec } from './completers.js';
import { dryRunOption } from './dry-run.js';
import { decimalParser, maximumInt32, integerParser } from './option-values.js';
import { pksDeleteCommand, pksItemCommand } from './resource/item-commands.js';
import { pksListCommand, requiresAdmin, requiresRead } from './resource/list-command.js';
import type { Column } from './resource/list.js';

const ownerArgument: NameArgumentSpec = {
  placeholder: '<owner>',
  noun: 'owner',
  description: 'username or client id of the owner',
  nameKind: 'owners',
};

export const list = pksListCommand({
  description: `List the quotas, which limit the total resources of a user's clusters. ${requiresRead}`,
  examples: ['quotas', 'quotas --json'],
  noun: 'quota',
  fields: ['owner', 'limit'],
  completes: 'owners',
  resource: createQuotas,
  read: (quotas) => quotas.list(),
  columns: resourceColumns(({ limit }: Quota) => limit),
  nameOf: ({ owner }) => owner,
});

export const show = pksItemCommand({
  description: `Show the quota of a user. ${requiresRead}`,
  examples: ['quota dana'],
  argument: ownerArgument,
  resource: createQuotas,
  run: (quotas, owner) => quotas.get(owner),
  formatDetails: formatQuota,
  nameOf: ({ owner }) => owner,
});

interface LimitFlags {
  readonly cpu?: number;
  /** In GB. */
  readonly memory?: number;
  readonly clusters?: number;
}

/** Creates the options that set limits. Each accepts the values that the API allows. @see pks-api, section 9 */
function limitOptions(): readonly Option[] {
  return [
    new Option('--cpu <number>', 'total CPUs of all clusters; 0 = no clusters allowed').argParser(
      integerParser({ from: 0, to: maximumInt32 }),
    ),
    new Option('--memory <number>', 'total memory in GB; 0 = no clusters allowed').argParser(
      decimalParser({ from: 0, to: maximumInt32 }),
    ),
    new Option('--clusters <number>', 'maximum number of clusters, at least 1').argParser(
      integerParser({ from: 1, to: maximumInt32 }),
    ),
  ];
}

export const create = pksItemCommand({
  description:
    "Limit the total resources of a user's clusters. Quotas do not apply to cluster " +
    `administrators. ${requiresAdmin}`,
  examples: ['create-quota cody --cpu 16 --memory 64 --clusters 3'],
  argument: ownerArgument,
  resource: createQuotas,
  options: () => [...limitOptions().map((option) => option.makeOptionMandatory()), dryRunOption()],
  run: (quotas, owner, { cpu, memory, clusters }: Required<LimitFlags>) =>
    quotas.create(owner, { cpu, memory, cluster: clusters }),
  formatDetails: formatQuota,
  nameOf: ({ owner }) => owner,
});

export const update = pksItemCommand({
  description: `Update the quota of a user. Limits that are not specified do not change. ${requiresAdmin}`,
  examples: ['update-quota dana --memory 96'],
  argument: ownerArgument,
  resource: createQuotas,
  options: () => [...limitOptions(), dryRunOption()],
  validate: ({ cpu, memory, clusters }: LimitFlags) => {
    if ((cpu ?? memory ?? clusters) !== undefined) return;
    throw new TpksError('usage', 'Nothing to update', {
      hint: 'use at least one of --cpu, --memory and --clusters',
    });
  },
  run: async (quotas, owner, { cpu, memory, clusters }: LimitFlags) => {
    // The API accepts only complete quotas.
    const current =
      cpu === undefined || memory === undefined || clusters === undefined
        ? (await quotas.get(owner)).limit
        : { cpu, memory, cluster: clusters };
    return quotas.update(owner, {
      cpu: cpu ?? current.cpu,
      memory: memory ?? current.memory,
      cluster: clusters ?? current.cluster,
    });
  },
  formatDetails: formatQuota,
  nameOf: ({ owner }) => owner,
});

export const remove = pksDeleteCommand({
  description: `Delete the quota of a user, who then has no limits. ${requiresAdmin}`,
  examples: ['delete-quota dana', 'delete-quota dana --non-interactive'],
  argument: ownerArgument,
  resource: createQuotas,
  subject: (owner) => `the quota of ${owner}`,
  completedText: (owner) => `Deletion of the quota of ${owner} completed`,
  nameField: 'owner',
});

function formatQuota({ owner, limit }: Quota): Line[] {
  return ['', ...formatDetails([['Owner', owner], ...resourceRows(limit)])];
}

type Resources = Quota['limit'];

function resourceRows({ cpu, memory, cluster }: Resources) {
  return [
    ['CPU', String(cpu)],
    ['Memory (GB)', String(memory)],
    ['Clusters', String(cluster)],
  ] as const;
}

function resourceColumns<Row extends { readonly owner: string }>(
  read: (row: Row) => Resources,
): Column<Row>[] {
  return [
    { head: 'Owner', cell: ({ owner }) => owner },
    { head: 'CPU', cell: (row) => String(read(row).cpu) },
    { head: 'Memory (GB)', cell: (row) => String(read(row).memory) },
    { head: 'Clusters', cell: (row) => String(read(row).cluster) },
  ];
}

export const listUsages = pksListCommand({
  description: `List the total resources that the clusters of each user use. ${requiresRead}`,
  examples: ['usages', 'usages --json'],
  noun: 'usage',
  fields: ['owner', 'totals', 'clusters'],
  completes: 'owners',
  resource: createUsages,
  read: (usages) => usages.list(),
  columns: resourceColumns(({ totals }: Usage) => totals),
  nameOf: ({ owner }) => owner,
});

export const showUsage = pksItemCommand({
  description:
    'Show the resources that the clusters of a user use, in total and per cluster. ' + requiresRead,
  examples: ['usage cody'],
  argument: ownerArgument,
  resource: createUsages,
  run: (usages, owner) => usages.get(owner),
  formatDetails: formatUsage,
  nameOf: ({ owner }) => owner,
});

function formatUsage({ owner, totals, clusters }: Usage): Line[] {
  return [
    '',
    ...formatDetails([['Owner', owner], ...resourceRows(totals)]),
    '',
    ...formatTable(
      ['Cluster', 'CPU', 'Memory (GB)'],
      (clusters ?? []).map(({ name, cpu, memory }) => [name, String(cpu), String(memory)]),
    ),
  ];
}
