import type { Task } from '../../pks/tasks.js';
import { table } from '../../terminal/table.js';
import type { Line, Span } from '../../terminal/terminal.js';
import type { List } from '../list/list.js';
import type { LocalTime } from '../local-time.js';

/** The original's table. @see pks-cli, section 9 */
export function taskList(time: LocalTime): List<Task> {
  return {
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
  };
}

/** The original's block: how the task stands, and each of its clusters. @see pks-cli, section 9 */
export function taskDetails({ type, status, clusters }: Task, time: LocalTime): Line[] {
  const kind = (type ?? '').toLowerCase();
  return [
    '',
    `Your ${kind === '' ? '' : `${kind} `}task is: ${status ?? ''}`,
    '',
    ...table(
      ['Name', 'Status', 'Start time', 'End time', 'isCanary'],
      (clusters ?? []).map((cluster) => [
        cluster.cluster_name,
        state(cluster.last_action_state),
        time(cluster.start_time),
        time(cluster.end_time),
        String(cluster.is_canary ?? false),
      ]),
    ),
  ];
}

function state(value: string | null | undefined): Span {
  if (value === 'failed') return { text: value, tone: 'bad' };
  return value === 'succeeded' ? { text: value, tone: 'good' } : (value ?? '');
}
