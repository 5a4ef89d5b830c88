import { Option } from 'commander';
import type { Mapping } from '../../../uaa/mappings.js';
import { listCommand } from '../../resource/list-command.js';
import type { ListFlags } from '../../resource/list.js';
import { pageOptions } from '../scim-list.js';
import { loadMappings } from '../resources.js';

interface Flags extends Pick<ListFlags, 'output' | 'sortBy'> {
  readonly origin?: string;
  readonly external?: string;
  readonly start?: number;
  readonly limit?: number;
  readonly count?: number;
}

export const { define } = listCommand<Mapping, Flags>({
  description:
    'List the mappings from groups of identity providers (LDAP, SAML) to groups of the UAA. ' +
    'Requires the scope scim.read.',
  examples: ['uaa group mappings --origin ldap'],
  noun: 'mapping',
  fields: ['groupId', 'displayName', 'externalGroup', 'origin'],
  options: () => [
    new Option('--origin <origin>', 'only mappings of this identity provider, e.g. ldap'),
    new Option('--external <group>', 'only mappings of this external group'),
    ...pageOptions(),
  ],
  read: async ({ uaaResource }, flags) =>
    (await uaaResource(loadMappings)).list({
      origin: flags.origin,
      externalGroup: flags.external,
      start: flags.start,
      limit: flags.limit ?? flags.count,
    }),
  columns: [
    { head: 'Group', cell: ({ displayName }) => displayName },
    { head: 'Origin', cell: ({ origin }) => origin },
    { head: 'External group', cell: ({ externalGroup }) => externalGroup },
  ],
  nameOf: ({ externalGroup }) => externalGroup,
});
