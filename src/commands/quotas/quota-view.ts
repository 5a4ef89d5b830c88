import type { Quota } from '../../pks/quotas.js';
import { details, table } from '../../terminal/table.js';
import type { Line } from '../../terminal/terminal.js';

export function quotasTable(quotas: readonly Quota[]): Line[] {
  return [
    '',
    ...table(
      ['Owner', 'CPU', 'Memory (GB)', 'Clusters'],
      quotas.map(({ owner, limit }) => [
        owner,
        String(limit.cpu),
        String(limit.memory),
        String(limit.cluster),
      ]),
    ),
  ];
}

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
