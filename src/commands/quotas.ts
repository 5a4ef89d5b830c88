import { Option } from 'commander';
import { createQuotas, createUsages, type Quota, type Usage } from '../api/pks/quotas.js';
import type { Services } from '../app/services.js';
import { redact } from '../base/secret.js';
import { isTpksError, TpksError } from '../base/errors.js';
import {
  cellWidth,
  formatDetails,
  formatTable,
  type Line,
  type Span,
  type Tone,
  textOf,
} from '../platform/terminal/lines.js';
import { fitDetails, fitTable } from '../platform/terminal/screen.js';
import { createNameArgument, type NameArgumentSpec } from './completers.js';
import type { Leaf } from './command-table.js';
import { dryRunOption } from './dry-run.js';
import { decimalParser, maximumInt32, integerParser } from './option-values.js';
import { pksDeleteCommand, pksItemCommand } from './resource/item-commands.js';
import {
  listCommand,
  outputOption,
  pksListCommand,
  requiresAdmin,
  requiresRead,
} from './resource/list-command.js';
import type { Column, ListFlags } from './resource/list.js';

const ownerArgument: NameArgumentSpec = {
  placeholder: '<owner>',
  noun: 'owner',
  description: 'username or client id of the owner',
  nameKind: 'owners',
};

type Resources = Quota['limit'];

const resourceTitles = [
  ['CPU', 'cpu'],
  ['Memory (GB)', 'memory'],
  ['Clusters', 'cluster'],
] as const;

export const list = pksListCommand({
  description: `List the quotas, which limit the total resources of a user's clusters. ${requiresRead}`,
  examples: { 'list quotas': 'tpks quotas', 'list quotas as JSON': 'tpks quotas --json' },
  noun: 'quota',
  completes: 'owners',
  resource: createQuotas,
  read: (quotas) => quotas.list(),
  columns: resourceColumns(({ limit }: Quota) => limit),
  nameOf: ({ owner }) => owner,
});

export const show = pksItemCommand({
  description: `Show the quota of a user. ${requiresRead}`,
  examples: { 'show the limits of a user': 'tpks quota dana' },
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

/**
 * Creates the options that set limits. Each accepts the values that the API allows.
 * @see docs/contributing/servers/pks-api.md#quotas
 */
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
  examples: {
    'limit a user to 16 CPUs, 64 GB of memory and 3 clusters':
      'tpks create-quota cody --cpu 16 --memory 64 --clusters 3',
  },
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
  examples: { 'change only the memory limit': 'tpks update-quota dana --memory 96' },
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
  description: `Delete the quota of a user. After that, the user has no limits. Asks for confirmation (unless --yes). ${requiresAdmin}`,
  examples: {
    'delete the quota of a user': 'tpks delete-quota dana',
    'delete a quota in a script': 'tpks delete-quota dana --non-interactive',
  },
  argument: ownerArgument,
  resource: createQuotas,
  subject: (owner) => `the quota of ${owner}`,
  completedText: (owner) => `Deletion of the quota of ${owner} completed`,
  nameField: 'owner',
});

function formatQuota({ owner, limit }: Quota): Line[] {
  return ['', ...formatDetails([['Owner', owner], ...resourceRows(limit)])];
}

function resourceRows(resources: Resources): readonly (readonly [string, string])[] {
  return resourceTitles.map(([title, resource]) => [title, String(resources[resource])]);
}

function resourceColumns<Row extends { readonly owner: string }>(
  read: (row: Row) => Resources,
): Column<Row>[] {
  return [
    { head: 'Owner', cell: ({ owner }) => owner },
    ...resourceTitles.map(([title, resource]): Column<Row> => ({
      head: title,
      cell: (row) => String(read(row)[resource]),
    })),
  ];
}

/** A symbol, so that JSON contains only the fields of the API. */
const ownLimit = Symbol('limit');

/** The limit is absent if the owner has no quota, or if it is not shown. */
type UsageRow = Usage & { readonly [ownLimit]?: Resources | undefined };

export const listUsages = listCommand<UsageRow, ListFlags>({
  description: `List the total resource usage of each user's clusters. ${requiresRead}`,
  examples: {
    'list the usage of each user, in total': 'tpks usages',
    'print the usage as JSON, in total and for each cluster': 'tpks usages --json',
  },
  noun: 'usage',
  completes: 'owners',
  isPks: true,
  read: async (services, { columns }) => {
    const { pksResource } = services;
    const usages = await pksResource(createUsages).list();
    const quotas =
      columns === undefined ? await readQuotas(pksResource(createQuotas).list, services) : [];
    return usages.map((usage) => ({
      ...usage,
      [ownLimit]: quotas?.find(({ owner }) => owner === usage.owner)?.limit,
    }));
  },
  columns: resourceColumns(({ totals }: Usage) => totals),
  formatForTerminal: formatUsageTable,
  nameOf: ({ owner }) => owner,
});

/**
 * Reads quotas, but only for a terminal. Without them, the usage is shown without limits.
 * @returns `undefined` if the identity or the server has no quotas, or if they cannot be read.
 */
async function readQuotas<T>(
  read: () => Promise<T>,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<T | undefined> {
  if (!terminal.usesScreen()) return undefined;
  try {
    return await read();
  } catch (error) {
    if (!isTpksError(error)) throw error;
    // 405 or 404 from a server without quotas, i.e. before release 1.6.
    if (![403, 404, 405].includes(error.status ?? 0)) {
      terminal.warn(`the limits cannot be shown: ${redact(error.message)}`);
    }
    return undefined;
  }
}

/** Formats one row per owner and resource. Only the first row of each owner shows the name. */
function formatUsageTable(usages: readonly UsageRow[], width: number): readonly Line[] {
  const columns = ['OWNER', 'RESOURCE', 'USED', ''].map((head, rank) => ({
    head,
    rank,
    isWhole: rank > 0,
  }));
  const rows = usages.flatMap(({ owner, totals, [ownLimit]: limits }) =>
    resourceTitles.map(([title, resource], index) => [
      index === 0 ? owner : '',
      title,
      ...formatShare(totals[resource], limits?.[resource]),
    ]),
  );
  return fitTable(columns, rows, { width });
}

const barWidth = 10;

/** From this share, a quota is shown as nearly used up. */
const busyShare = 0.9;

/** Returns the usage, with the limit if there is one, and a bar. */
function formatShare(used: number, limit: number | undefined): readonly [Span, Span] {
  if (limit === undefined) return [String(used), ''];
  // With a limit of 0, the owner cannot create clusters.
  const share = limit === 0 ? 1 : used / limit;
  const filled = Math.min(barWidth, Math.floor(share * barWidth));
  const numbers = `${String(used)} of ${String(limit)}`;
  const bar = '\u2588'.repeat(filled) + '\u2591'.repeat(barWidth - filled);
  const tone = findTone(used, limit, share);
  return tone === undefined
    ? [numbers, bar]
    : [
        { text: numbers, tone },
        { text: bar, tone },
      ];
}

function findTone(used: number, limit: number, share: number): Tone | undefined {
  if (used > limit) return 'bad';
  return share >= busyShare ? 'busy' : undefined;
}

export const showUsage: Leaf = {
  description: `Show the resource usage of a user's clusters, in total and per cluster. ${requiresRead}`,
  examples: {
    'show the usage of one user, in total and for each cluster': 'tpks usage cody',
  },
  define(command, services) {
    command
      .addArgument(createNameArgument(ownerArgument))
      .addOption(outputOption('json', 'yaml', 'name'))
      .action((owner: string) => showUsageOf(owner, services));
  },
};

async function showUsageOf(
  owner: string,
  { terminal, pksResource }: Pick<Services, 'terminal' | 'pksResource'>,
): Promise<void> {
  const usage = await pksResource(createUsages).get(owner);
  const quota = await readQuotas(() => pksResource(createQuotas).get(owner), { terminal });
  await terminal.show({
    json: usage,
    text: formatUsage(usage),
    screen: (width) => formatUsageForTerminal(usage, quota, width),
    indent: 3,
    name: usage.owner,
  });
}

const clusterColumns = ['Cluster', 'CPU', 'Memory (GB)'];

function clusterRows({ clusters }: Usage): readonly (readonly string[])[] {
  return (clusters ?? []).map(({ name, cpu, memory }) => [name, String(cpu), String(memory)]);
}

function formatUsage(usage: Usage): Line[] {
  const { owner, totals } = usage;
  return [
    '',
    ...formatDetails([['Owner', owner], ...resourceRows(totals)]),
    '',
    ...formatTable(clusterColumns, clusterRows(usage)),
  ];
}

function formatUsageForTerminal(
  usage: Usage,
  quota: Quota | undefined,
  width: number,
): readonly Line[] {
  const shares = resourceTitles.map(([title, resource]) => ({
    title,
    cells: formatShare(usage.totals[resource], quota?.limit[resource]),
  }));
  const numbersWidth = Math.max(...shares.map(({ cells: [numbers] }) => cellWidth(numbers)));
  const totals = shares.map(({ title, cells: [numbers, bar] }): [string, Span] => {
    if (bar === '') return [title, numbers];
    const text = `${textOf(numbers).padEnd(numbersWidth)}  ${textOf(bar)}`;
    return [title, typeof numbers === 'string' ? text : { ...numbers, text }];
  });
  const rows = clusterRows(usage);
  const columns = clusterColumns.map((head, rank) => ({ head: head.toUpperCase(), rank }));
  return [
    ...fitDetails([['Owner', usage.owner], ...totals], width),
    ...(rows.length === 0 ? [] : ['', ...fitTable(columns, rows, { width })]),
  ];
}
