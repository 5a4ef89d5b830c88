import { Argument, Option } from 'commander';
import { createGroups, type Group, type GroupKey } from '../../api/uaa/groups.js';
import { createMappings, type Mapping, type MappingKey } from '../../api/uaa/mappings.js';
import { createMembershipSources } from '../../api/uaa/membership-sources.js';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import { withUaaNames } from '../completers.js';
import type { Leaf } from '../contents.js';
import { listCommand, outputOption } from '../resource/list-command.js';
import type { ListFlags } from '../resource/list.js';
import { findSources, sourceTexts } from './members.js';
import {
  addIfMissing,
  type IfMissingFlags,
  ifMissingOption,
  deleteObjectCommand,
  showObject,
  showObjectCommand,
  labelOf,
  readName,
} from './objects.js';
import { pageOptions, scimListCommand } from './scim-list.js';

/** The default origin of mappings, the same as in `uaac` and the UAA. */
export const defaultOrigin = 'ldap';

/** Returns the name from the command line. If it is `undefined`, prompts the user for it. */
function readGroupName(
  argument: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<string> {
  const prompt = { message: 'Group name: ', hint: 'pass the name as the argument' };
  return readName(argument, prompt, terminal);
}

/**
 * Reads which group to act on.
 * @param name - prompted for if there is neither a name nor an id.
 * @throws {TpksError} `usage` if the group is identified both by name and by id.
 */
async function readGroupKey(
  name: string | undefined,
  id: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<GroupKey> {
  if (id === undefined) {
    const prompt = { message: 'Group name: ', hint: 'pass the name or use --id' };
    return { name: await readName(name, prompt, terminal) };
  }
  if (name === undefined) return { id };
  throw new TpksError('usage', '--id cannot be used with a group name', {
    hint: 'use either the name or --id',
  });
}

export const list = scimListCommand<Group>({
  description:
    'List the groups of the UAA. Members of a group get its name as a scope in their tokens. ' +
    'Requires the scope scim.read.',
  examples: ['uaa groups \'displayName sw "pks."\''],
  noun: 'group',
  help: {
    filter: 'displayName sw "pks."',
    sortKeys: ['created', 'lastModified', 'displayName', 'description'],
  },
  completes: 'groups',
  resource: createGroups,
  columns: [
    { head: 'Name', cell: ({ displayName }) => displayName },
    { head: 'Members', cell: ({ members }) => String(members?.length ?? 0) },
    { head: 'Description', cell: ({ description }) => description ?? '' },
    { head: 'Id', cell: ({ id }) => id },
  ],
  nameOf: ({ displayName }) => displayName,
});

export const get = showObjectCommand({
  description:
    'Show a group with the ids of its members. The text output also shows the source of memberships ' +
    'whose origin is an identity provider (see `tpks uaa members`). Requires the scope scim.read.',
  examples: ['uaa group get pks.clusters.manage'],
  key: {
    add: (command) =>
      command.addArgument(
        withUaaNames(
          new Argument('[name]', 'name of the group, e.g. pks.clusters.manage'),
          'groups',
        ),
      ),
    read: ([name], _flags, services) => readGroupName(name, services),
  },
  attributes: { example: 'id,members' },
  resource: createGroups,
  read: (groups, name, { attributes }) =>
    attributes === undefined ? groups.get(name) : groups.getFields(name, attributes),
  nameField: 'displayName',
  addToText: addSources,
});

/** Adds the source to members that come from an identity provider. */
async function addSources(
  group: Partial<Group>,
  services: Pick<Services, 'uaaResource' | 'terminal'>,
): Promise<object> {
  const { id: groupId, members } = group;
  if (groupId === undefined || members === undefined) return group;
  const memberships = members.map((member) => ({ ...member, groupId }));
  const sources = services.uaaResource(createMembershipSources);
  const findSource = await findSources(memberships, sources, services);
  return {
    ...group,
    members: members.map((member) => {
      const source = findSource({ ...member, groupId });
      return source === 'added' ? member : { ...member, source: sourceTexts[source] };
    }),
  };
}

type Deps = Pick<Services, 'terminal' | 'uaaResource'>;

interface AddFlags extends IfMissingFlags {
  readonly description?: string;
}

export const add: Leaf = {
  define(command, deps: Deps) {
    command
      .description(
        'Create a group. Its members get the name of the group as a scope in their tokens. Requires ' +
          'the scope scim.write.',
      )
      .argument('[name]', 'name of the group')
      .option('--description <text>', 'description of the group')
      .addOption(ifMissingOption())
      .addOption(outputOption('json', 'yaml', 'name'))
      .addHelpText(
        'after',
        '\nExample:\n  $ tpks uaa group add team.blue --description "Team Blue"',
      )
      .action(async (name: string | undefined, flags: AddFlags) =>
        addGroup(await readGroupName(name, deps), flags, deps),
      );
  },
};

async function addGroup(
  name: string,
  { description, ifMissing }: AddFlags,
  deps: Deps,
): Promise<void> {
  const groups = deps.uaaResource(createGroups);
  const { object } = await addIfMissing(
    `group ${name}`,
    { get: () => groups.get(name), add: () => groups.add({ displayName: name, description }) },
    { ifMissing },
    deps,
  );
  await showObject(object, deps, 'displayName');
}

export const remove = deleteObjectCommand({
  description:
    'Delete a group with its memberships and mappings. Its members lose the scope. Asks for ' +
    'confirmation on a terminal. Requires the scopes scim.read and scim.write.',
  examples: ['uaa group delete team.blue'],
  key: {
    add: (command) =>
      command
        .addArgument(withUaaNames(new Argument('[name]', 'name of the group'), 'groups'))
        .option('--id <id>', 'select the group by id'),
    read: ([name], { id }: { id?: string }, services) => readGroupKey(name, id, services),
  },
  resource: createGroups,
  action: (key) => `delete ${labelOf('group', key)}`,
  describe: async (groups, key) => {
    const { displayName, id } = await groups.identifyKey(key);
    return `delete group ${displayName} (id ${id})`;
  },
  remove: (groups, key) => groups.remove(key),
  successMessage: 'success',
});

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
  examples: ['uaa group mappings --origin ldap'],
  noun: 'mapping',
  fields: ['groupId', 'displayName', 'externalGroup', 'origin'],
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
    { head: 'Origin', cell: ({ origin }) => origin },
    { head: 'External group', cell: ({ externalGroup }) => externalGroup },
  ],
  nameOf: ({ externalGroup }) => externalGroup,
});

interface MapFlags {
  readonly name?: string;
  readonly id?: string;
  readonly origin: string;
  readonly force?: true;
}

export const map: Leaf = {
  define(command, deps: Deps) {
    command
      .description(
        'Map a group of an identity provider to a group of the UAA; its members join the UAA group at ' +
          'their next login. The UAA stores names of external groups in lower case. Requires the scope ' +
          'scim.write.',
      )
      .argument('[external]', 'external group, e.g. an LDAP DN')
      .addOption(withUaaNames(new Option('--name <name>', 'UAA group, by name'), 'groups'))
      .option('--id <id>', 'UAA group, by id')
      .option('--origin <origin>', 'identity provider of the external group', defaultOrigin)
      .option('--force', 'map the group even if its name makes unmapping impossible')
      .addHelpText(
        'after',
        '\nExample:\n  $ tpks uaa group map --name pks.clusters.manage cn=dev,ou=groups,dc=example',
      )
      .action((external: string | undefined, flags: MapFlags) => mapGroup(external, flags, deps));
  },
};

async function mapGroup(
  external: string | undefined,
  { origin, force, ...flags }: MapFlags,
  { terminal, uaaResource }: Deps,
): Promise<void> {
  const group = toGroupKey(flags);
  const prompt = { message: 'External group: ', hint: 'pass the external group as the argument' };
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
  const message =
    name === undefined ? 'Please provide a group name or id' : '--name cannot be used with --id';
  throw new TpksError('usage', message, { hint: 'use either --name or --id for the UAA group' });
}

interface UnmapFlags {
  readonly id?: string;
  readonly origin: string;
}

export const unmap = deleteObjectCommand({
  description:
    'Remove the mapping of an external group. Its members leave the UAA group at their next login. ' +
    'Asks for confirmation on a terminal. Requires the scopes scim.read and scim.write.',
  examples: ['uaa group unmap pks.clusters.manage cn=dev,ou=groups,dc=example'],
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
  const prompt = { message: 'External group: ', hint: 'pass the external group after the group' };
  return { group, externalGroup: await readName(external, prompt, deps.terminal), origin };
}
