import { Option } from 'commander';
import { type Task, createTasks } from '../api/pks/clusters.js';
import { formatDuration } from '../base/clock.js';
import { type Line, formatTable } from '../platform/terminal/lines.js';
import { fitDetails, fitTable } from '../platform/terminal/screen.js';
import type { NameArgumentSpec } from './completers.js';
import { dryRunOption } from './dry-run.js';
import { createTimeFormatter, formatAge, formatTime, toDate } from './format-time.js';
import { maximumInt32, integerParser } from './option-values.js';
import { pksItemCommand, type TerminalLayout } from './resource/item-commands.js';
import { ageColumn } from './resource/list.js';
import { pksListCommand, requiresRead, requiresWrite } from './resource/list-command.js';
import { formatState } from './format-state.js';

const time = createTimeFormatter('---');
const taskArgument: NameArgumentSpec = {
  placeholder: '<id>',
  noun: 'task id',
  description: 'id of the task',
  nameKind: 'tasks',
};

/** The table of the `pks` CLI. @see docs/contributing/servers/pks-cli.md#tasks */
export const list = pksListCommand({
  description: `List the latest tasks (cluster upgrades) and their status. ${requiresRead}`,
  examples: {
    'list recent tasks': 'tpks tasks',
    'print the last three tasks as JSON': 'tpks tasks -l 3 --json',
  },
  noun: 'task',
  completes: 'tasks',
  watch: true,
  resource: createTasks,
  options: () => [
    new Option('-l, --limit <number>', 'maximum number of tasks')
      .argParser(integerParser({ from: 1, to: maximumInt32 }))
      .default(10),
  ],
  read: (tasks, { limit }: { limit: number }) => tasks.list(limit),
  columns: [
    { head: 'ID', cell: ({ uuid }) => uuid },
    { head: 'Type', cell: ({ type }) => type ?? '' },
    { head: 'Status', cell: ({ status }) => status ?? '' },
    { head: 'StartTime', cell: ({ start_time }) => time(start_time) },
    { head: 'EndTime', cell: ({ end_time }) => time(end_time) },
    { head: 'Clusters', cell: formatClusterNames },
  ],
  terminalColumns: [
    { head: 'ID', cell: ({ uuid }) => uuid, isWhole: true },
    { head: 'Status', cell: ({ status }) => formatState(status) },
    { head: 'Type', cell: ({ type }) => (type ?? '').toLowerCase(), rank: 4 },
    { head: 'Clusters', cell: formatClusterNames, rank: 2 },
    ageColumn(({ start_time }: Task) => toDate(start_time)),
  ],
  nameOf: ({ uuid }) => uuid,
});

function formatClusterNames({ clusters }: Task): string {
  return (clusters ?? []).map(({ cluster_name }) => cluster_name).join(', ');
}

export const show = pksItemCommand({
  description: `Show the status of a task and of each of its clusters. ${requiresRead}`,
  examples: { 'show a task and its clusters': 'tpks task d772aba0-2670-4fba-b26c-044b19d6ab60' },
  argument: taskArgument,
  resource: createTasks,
  run: (tasks, id) => tasks.get(id),
  formatDetails: formatTask,
  formatForTerminal: formatTaskForTerminal,
  nameOf: ({ uuid }) => uuid,
});

export const cancel = pksItemCommand({
  description:
    'Cancel the upgrades of a task that have not started; running upgrades continue. To list the ' +
    `ids, use \`tpks tasks\`. ${requiresWrite}`,
  examples: {
    'cancel the upgrades that have not started':
      'tpks cancel-task d772aba0-2670-4fba-b26c-044b19d6ab60',
  },
  argument: taskArgument,
  resource: createTasks,
  options: () => [dryRunOption()],
  run: (tasks, id) => tasks.cancel(id),
  formatDetails: formatTask,
  formatForTerminal: formatTaskForTerminal,
  nameOf: ({ uuid }) => uuid,
});

/** Formats a task like the `pks` CLI. @see docs/contributing/servers/pks-cli.md#tasks */
function formatTask({ type, status, clusters }: Task): Line[] {
  const kind = (type ?? '').toLowerCase();
  return [
    '',
    `Your ${kind === '' ? '' : `${kind} `}task is: ${status ?? ''}`,
    '',
    ...formatTable(
      ['Name', 'Status', 'Start time', 'End time', 'isCanary'],
      (clusters ?? []).map((cluster) => [
        cluster.cluster_name,
        formatState(cluster.last_action_state),
        time(cluster.start_time),
        time(cluster.end_time),
        String(cluster.is_canary ?? false),
      ]),
    ),
  ];
}

export function formatTaskForTerminal(task: Task, { width, now }: TerminalLayout): Line[] {
  const { uuid, type, status, clusters = [] } = task;
  return [
    ...fitDetails(
      [
        ['Task', uuid],
        ['Type', (type ?? '').toLowerCase()],
        ['Status', formatState(status)],
        ['Started', formatTime(toDate(task.start_time), now)],
        ['Ended', formatTime(toDate(task.end_time), now)],
      ],
      width,
    ),
    '',
    ...fitTable(
      ['NAME', 'STATUS', 'CANARY', 'STARTED', 'DURATION'].map((head, rank) => ({ head, rank })),
      (clusters ?? []).map((cluster) => [
        cluster.cluster_name,
        formatState(cluster.last_action_state),
        cluster.is_canary === true ? 'yes' : '',
        formatStart(cluster, now),
        formatClusterDuration(cluster, now),
      ]),
      { width },
    ),
  ];
}

type TaskCluster = NonNullable<Task['clusters']>[number];

function formatStart({ start_time }: TaskCluster, now: Date): string {
  const start = toDate(start_time);
  return start === undefined ? '' : `${formatAge(start, now)} ago`;
}

/** Formats how long an upgrade took, or has taken so far. */
function formatClusterDuration({ start_time, end_time }: TaskCluster, now: Date): string {
  const start = toDate(start_time);
  if (start === undefined) return '';
  const end = toDate(end_time) ?? now;
  return formatDuration(Math.max(0, Math.round((end.getTime() - start.getTime()) / 1000)));
}
