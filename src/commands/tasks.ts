import { Option } from 'commander';
import { type Task, createTasks } from '../api/pks/clusters.js';
import { type Line, formatTable } from '../platform/terminal/lines.js';
import type { NameArgumentSpec } from './completers.js';
import { dryRunOption } from './dry-run.js';
import { createTimeFormatter } from './format-time.js';
import { maximumInt32, integerParser } from './option-values.js';
import { pksItemCommand } from './resource/item-commands.js';
import { pksListCommand, requiresRead, requiresWrite } from './resource/list-command.js';
import { formatState } from './state.js';

const time = createTimeFormatter('---');
const taskArgument: NameArgumentSpec = {
  placeholder: '<id>',
  noun: 'task id',
  description: 'id of the task',
  nameKind: 'tasks',
};

/** The table of the `pks` CLI. @see pks-cli, section 9 */
export const list = pksListCommand({
  description: `List the latest tasks (cluster upgrades) and their status. ${requiresRead}`,
  examples: ['tasks', 'tasks -l 3 --json'],
  noun: 'task',
  fields: ['uuid', 'type', 'status', 'start_time', 'end_time', 'clusters'],
  completes: 'tasks',
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
    {
      head: 'Clusters',
      cell: ({ clusters }) => (clusters ?? []).map(({ cluster_name }) => cluster_name).join(', '),
    },
  ],
  nameOf: ({ uuid }) => uuid,
});

export const show = pksItemCommand({
  description: `Show the status of a task and of each of its clusters. ${requiresRead}`,
  examples: ['task d772aba0-2670-4fba-b26c-044b19d6ab60'],
  argument: taskArgument,
  resource: createTasks,
  run: (tasks, id) => tasks.get(id),
  formatDetails: formatTask,
  nameOf: ({ uuid }) => uuid,
});

export const cancel = pksItemCommand({
  description:
    'Cancel the upgrades of a task that have not started; running upgrades continue. To list the ' +
    `ids, use \`tpks tasks\`. ${requiresWrite}`,
  examples: ['cancel-task d772aba0-2670-4fba-b26c-044b19d6ab60'],
  argument: taskArgument,
  resource: createTasks,
  options: () => [dryRunOption()],
  run: (tasks, id) => tasks.cancel(id),
  formatDetails: formatTask,
  nameOf: ({ uuid }) => uuid,
});

/** Formats a task like the `pks` CLI. @see pks-cli, section 9 */
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
