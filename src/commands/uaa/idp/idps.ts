import type { IdentityProvider } from '../../../uaa/identity-providers.js';
import { listCommand } from '../../resource/list-command.js';
import { createIdentityProviders } from '../../../uaa/identity-providers.js';

export const { define } = listCommand<IdentityProvider, unknown>({
  description:
    'List the identity providers of the UAA. Other commands accept the origin as --origin. ' +
    'Requires the scope idps.read.',
  examples: ['uaa idps'],
  noun: 'identity provider',
  fields: [
    'id',
    'originKey',
    'type',
    'name',
    'active',
    'config',
    'identityZoneId',
    'version',
    'created',
    'last_modified',
  ],
  read: async ({ uaaResource }) => (await uaaResource(createIdentityProviders)).list(),
  columns: [
    { head: 'Origin', cell: ({ originKey }) => originKey },
    { head: 'Type', cell: ({ type }) => type },
    { head: 'Name', cell: ({ name }) => name ?? '' },
    {
      head: 'Active',
      cell: ({ active }) => (active === false ? { text: 'no', tone: 'bad' } : 'yes'),
    },
    { head: 'Id', cell: ({ id }) => id },
  ],
  nameOf: ({ originKey }) => originKey,
});
