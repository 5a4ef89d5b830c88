import type { Quota } from '../../pks/quotas.js';
import { details } from '../../terminal/table.js';
import type { Line } from '../../terminal/terminal.js';
import type { NamedBy } from '../known-names.js';
import { pksDeleteCommand } from '../resource/delete-command.js';
import { pksListCommand } from '../resource/list-command.js';
import { pksShowCommand } from '../resource/show-command.js';

export const resource = async () => (await import('../../pks/quotas.js')).createQuotas;

export const ownerName: NamedBy = {
  term: '<owner>',
  description: 'name of the user, or id of the client, that owns clusters',
  completes: 'owners',
};

export const list = pksListCommand({
  description: 'List the quotas, which limit the resources of each user’s clusters.',
  examples: ['quotas', 'quotas --json'],
  noun: 'quota',
  completes: 'owners',
  resource,
  read: (quotas) => quotas.list(),
  columns: [
    { head: 'Owner', cell: ({ owner }) => owner },
    { head: 'CPU', cell: ({ limit }) => String(limit.cpu) },
    { head: 'Memory (GB)', cell: ({ limit }) => String(limit.memory) },
    { head: 'Clusters', cell: ({ limit }) => String(limit.cluster) },
  ],
  nameOf: ({ owner }) => owner,
});

export const show = pksShowCommand({
  description: 'Show the quota of a user.',
  examples: ['quota cody'],
  named: ownerName,
  resource,
  read: (quotas, owner) => quotas.get(owner),
  details: quotaDetails,
  nameOf: ({ owner }) => owner,
});

export const remove = pksDeleteCommand({
  description: 'Delete the quota of a user: after that, the user has no limit.',
  examples: ['delete-quota cody', 'delete-quota cody --non-interactive'],
  named: ownerName,
  resource,
  subject: (owner) => `the quota of ${owner}`,
  completed: (owner) => `Deletion of the quota of ${owner} completed`,
  nameField: 'owner',
});

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
