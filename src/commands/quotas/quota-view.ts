import type { Quota } from '../../pks/quotas.js';
import { details } from '../../terminal/table.js';
import type { Line } from '../../terminal/terminal.js';
import type { List } from '../list/list.js';

export const quotaList: List<Quota> = {
  columns: [
    { head: 'Owner', cell: ({ owner }) => owner },
    { head: 'CPU', cell: ({ limit }) => String(limit.cpu) },
    { head: 'Memory (GB)', cell: ({ limit }) => String(limit.memory) },
    { head: 'Clusters', cell: ({ limit }) => String(limit.cluster) },
  ],
  nameOf: ({ owner }) => owner,
};

export function quotaDetails({ owner, limit }: Quota): Line[] {
  return [
    '',
    ...details([
      ['Owner', owner],
      ['CPU', String(limit.cpu)],
      ['Memory (GB)', String(limit.memory)],
      ['Clusters', String(limit.cluster)],
    ]),
  ];
}
