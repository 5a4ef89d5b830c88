import { Argument, Option } from 'commander';
import type { GroupKey } from '../../api/uaa/groups.js';
import { createMappings, type Mapping, type MappingKey } from '../../api/uaa/mappings.js';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import { withUaaNames } from '../completers.js';
import type { Leaf } from '../command-table.js';
import { listCommand } from '../resource/list-command.js';
import type { ListFlags } from '../resource/list.js';
import { deleteObjectCommand } from './deletions.js';
import { readGroupKey } from './groups.js';
import { labelOf, readName } from './objects.js';
import { pageOptions } from './scim-list.js';

/** The default origin of mappings, the same as in `uaac` and the UAA. */
export const defaultOrigin = 'ldap';

interface MappingFlags extends Pick<ListFlags, 'output' | 'sortBy'> {
  readonly origin?: string;
  readonly external?: string;
  readonly start?: number;
  readonly limit?: number;
  readonly count?: number;
}

export const mappings = listCommand<Mapping, MappingFlags>({
  description:
    'List the mappings from groups of identity providers (LDAP, SAML) to groups of the UAA. ' +
    'Requires the scope scim.read.',
  examples: {
    'list the LDAP groups that are mapped to groups of the UAA':
      'tpks uaa group mappings --origin ldap',
  },
  noun: 'mapping',
  options: () => [
    new Option('--origin <origin>', 'only mappings of this identity provider, e.g. ldap'),
    new Option('--external <group>', 'only mappings of this external group'),
    ...pageOptions(),
  ],
  read: async ({ uaaResource }, flags) =>
    uaaResource(createMappings).list({
      origin: flags.origin,
      externalGroup: flags.external,
      start: flags.start,
      limit: flags.limit ?? flags.count,
    }),
  columns: [
    { head: 'Group', cell: ({ displayName }) => displayName },
    { head: 'Origin', cell: ({ origin }) => origin, rank: 2 },
    { head: 'External group', cell: ({ externalGroup }) => externalGroup, rank: 1 },
  ],
  nameOf: ({ externalGroup }) => externalGroup,
});

type MapDeps = Pick<Services, 'terminal' | 'uaaResource'>;

interface MapFlags {
  readonly name?: string;
  readonly id?: string;
  readonly origin: string;
  readonly force?: true;
}

export const map: Leaf = {
  description:
    'Map a group of an identity provider to a group of the UAA. Its members join the UAA group at ' +
    'their next login. The UAA stores names of external groups in lower case. Requires the scope ' +
    'scim.write.',
  examples: {
    'give the members of an LDAP group the scope pks.clusters.manage':
      'tpks uaa group map --name pks.clusters.manage cn=dev,ou=groups,dc=example',
  },
  define(command, deps: MapDeps) {
    command
      .argument('[external]', 'external group, e.g. an LDAP DN')
      .addOption(withUaaNames(new Option('--name <name>', 'UAA group, by name'), 'groups'))
      .option('--id <id>', 'UAA group, by id')
      .option('--origin <origin>', 'identity provider of the external group', defaultOrigin)
      .option('--force', 'map the group even if its name makes unmapping impossible')
      .action((external: string | undefined, flags: MapFlags) => mapGroup(external, flags, deps));
  },
};

async function mapGroup(
  external: string | undefined,
  { origin, force, ...flags }: MapFlags,
  { terminal, uaaResource }: MapDeps,
): Promise<void> {
  const group = toGroupKey(flags);
  const prompt = { label: 'External group', hint: 'pass the external group as the argument' };
  const externalGroup = await readName(external, prompt, terminal);
  const resource = uaaResource(createMappings);
  const mapping = await resource.map(
    { group, externalGroup, origin },
    { allowPermanent: force === true },
  );
  await terminal.show({
    json: mapping,
    text: [
      `Successfully mapped ${mapping.displayName} to ${mapping.externalGroup} ` +
        `for origin ${mapping.origin}`,
    ],
  });
}

function toGroupKey({ name, id }: Pick<MapFlags, 'name' | 'id'>): GroupKey {
  if (name !== undefined && id === undefined) return { name };
  if (id !== undefined && name === undefined) return { id };
  const message = name === undefined ? 'Missing group name' : '--name cannot be used with --id';
  throw new TpksError('usage', message, { hint: 'use --name or --id for the UAA group' });
}

interface UnmapFlags {
  readonly id?: string;
  readonly origin: string;
}

export const unmap = deleteObjectCommand({
  description:
    'Remove the mapping of an external group. Its members leave the UAA group at their next login. ' +
    'Asks for confirmation on a terminal. Requires the scopes scim.read and scim.write.',
  examples: {
    'remove the mapping of an LDAP group':
      'tpks uaa group unmap pks.clusters.manage cn=dev,ou=groups,dc=example',
  },
  key: {
    add: (command) =>
      command
        .addArgument(
          withUaaNames(
            new Argument('[group]', 'name of the UAA group; omit it with --id'),
            'groups',
          ),
        )
        .argument('[external]', 'external group')
        .option('--id <id>', 'UAA group, by id')
        .option('--origin <origin>', 'identity provider of the external group', defaultOrigin),
    read: readMappingKey,
  },
  resource: createMappings,
  action: ({ group, externalGroup, origin }) =>
    `remove the mapping of ${externalGroup} (origin ${origin}) to ${labelOf('group', group)}`,
  remove: (mappings, key) => mappings.unmap(key),
  successMessage: ({ externalGroup, displayName, origin }) =>
    `Successfully unmapped ${externalGroup} from ${displayName} for origin ${origin}`,
});

/** With `--id`, the only argument is the external group. */
async function readMappingKey(
  [first, second]: readonly string[],
  { id, origin }: UnmapFlags,
  deps: Pick<Services, 'terminal'>,
): Promise<MappingKey> {
  if (id !== undefined && second !== undefined) {
    throw new TpksError('usage', '--id cannot be used with a group name', {
      hint: 'use either the name of the group or --id',
    });
  }
  const group = await readGroupKey(id === undefined ? first : undefined, id, deps);
  const external = id === undefined ? second : first;
  const prompt = { label: 'External group', hint: 'pass the external group after the group' };
  return { group, externalGroup: await readName(external, prompt, deps.terminal), origin };
}
