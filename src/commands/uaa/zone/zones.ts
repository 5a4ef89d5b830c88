import type { IdentityZone } from '../../../uaa/identity-zones.js';
import { listCommand } from '../../resource/list-command.js';
import { createIdentityZones } from '../../../uaa/identity-zones.js';

export const { define } = listCommand<IdentityZone, unknown>({
  description:
    'List the identity zones that the token has access to. Each zone has its own users, groups and ' +
    'clients; the default zone has no subdomain. Requires the scope zones.read.',
  examples: ['uaa zones'],
  noun: 'zone',
  fields: [
    'id',
    'subdomain',
    'name',
    'description',
    'active',
    'config',
    'version',
    'created',
    'last_modified',
  ],
  read: async ({ uaaResource }) => (await uaaResource(createIdentityZones)).list(),
  columns: [
    { head: 'Id', cell: ({ id }) => id },
    {
      head: 'Subdomain',
      cell: ({ subdomain }) =>
        subdomain === '' ? { text: '(default)', tone: 'muted' } : subdomain,
    },
    { head: 'Name', cell: ({ name }) => name ?? '' },
    {
      head: 'Active',
      cell: ({ active }) => (active === false ? { text: 'no', tone: 'bad' } : 'yes'),
    },
    { head: 'Description', cell: ({ description }) => description ?? '' },
  ],
  // The default zone has no subdomain.
  nameOf: ({ subdomain, id }) => (subdomain === '' ? id : subdomain),
});
