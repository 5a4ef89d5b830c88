import { Argument } from 'commander';
import { createGroups, type Group, type GroupKey } from '../../api/uaa/groups.js';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import { fitDetails } from '../../platform/terminal/screen.js';
import type { View } from '../../platform/terminal/terminal.js';
import { withUaaNames } from '../completers.js';
import type { Leaf } from '../command-table.js';
import { formatTime } from '../format-time.js';
import { outputOption } from '../resource/list-command.js';
import { ageColumn, formatTerminalTable } from '../resource/list.js';
import { deleteObjectCommand } from './deletions.js';
import { addIfMissing, type IfMissingFlags, ifMissingOption } from './if-missing.js';
import { memberList, readMembers } from './members.js';
import { labelOf, readCreated, readName, showObject, showObjectCommand } from './objects.js';
import { scimListCommand } from './scim-list.js';

/** Returns the name from the command line. If it is `undefined`, prompts the user for it. */
function readGroupName(
  argument: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<string> {
  const prompt = { label: 'Group name', hint: 'pass the name as the argument' };
  return readName(argument, prompt, terminal);
}

/** Prompts if there is neither a name nor an id. @throws {TpksError} `usage` if both are given. */
export async function readGroupKey(
  name: string | undefined,
  id: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<GroupKey> {
  if (id === undefined) {
    const prompt = { label: 'Group name', hint: 'pass the name or use --id' };
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
  examples: {
    'list the groups whose names have a given prefix': 'tpks uaa groups \'displayName sw "pks."\'',
  },
  noun: 'group',
  help: {
    filter: 'displayName sw "pks."',
    sortKeys: ['created', 'lastModified', 'displayName', 'description'],
  },
  completes: 'groups',
  resource: createGroups,
  columns: [
    { head: 'Name', cell: ({ displayName }) => displayName },
    { head: 'Members', cell: formatMemberCount },
    { head: 'Description', cell: ({ description }) => description ?? '' },
    { head: 'Id', cell: ({ id }) => id },
  ],
  terminalColumns: [
    { head: 'Name', cell: ({ displayName }) => displayName },
    { head: 'Members', cell: formatMemberCount, rank: 1 },
    { ...ageColumn(readCreated), rank: 3 },
    { head: 'Description', cell: ({ description }) => description ?? '', rank: 4, wide: true },
    { head: 'Id', cell: ({ id }) => id, rank: 0, isWhole: true, wide: true },
  ],
  nameOf: ({ displayName }) => displayName,
});

function formatMemberCount({ members }: Group): string {
  return String(members?.length ?? 0);
}

export const get = showObjectCommand({
  description:
    'Show a group and its members; -o yaml shows all fields. Requires the scope scim.read. To show where ' +
    'memberships come from, use `tpks uaa members`.',
  examples: { 'show a group and its members': 'tpks uaa group get pks.clusters.manage' },
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
  formatForTerminal: prepareDetails,
});

/** Reads the names of a group's members, and returns a function that formats the group for a terminal. */
async function prepareDetails(
  { id = '', displayName = '', description, members = [], meta }: Partial<Group>,
  services: Pick<Services, 'uaaResource' | 'terminal' | 'clock'>,
): Promise<View['screen']> {
  const rows = members.length === 0 ? [] : await readMembers({ id, displayName }, services, true);
  const now = services.clock.now();
  return (width) => [
    ...fitDetails(
      [
        ['Name', displayName],
        ['Description', description ?? ''],
        ['Created', formatTime(readCreated({ meta }), now)],
        ['Id', id],
      ],
      width,
    ),
    '',
    ...formatTerminalTable(memberList, rows, {}, { now, width }),
  ];
}

type AddDeps = Pick<Services, 'terminal' | 'uaaResource' | 'clock'>;

interface AddFlags extends IfMissingFlags {
  readonly description?: string;
}

export const add: Leaf = {
  description:
    'Create a group. Its members get the name of the group as a scope in their tokens. Requires ' +
    'the scope scim.write.',
  examples: {
    'create a group with a description': 'tpks uaa group add team.blue --description "Team Blue"',
  },
  define(command, deps: AddDeps) {
    command
      .argument('[name]', 'name of the group')
      .option('--description <text>', 'description of the group')
      .addOption(ifMissingOption())
      .addOption(outputOption('json', 'yaml', 'name'))
      .action(async (name: string | undefined, flags: AddFlags) =>
        addGroup(await readGroupName(name, deps), flags, deps),
      );
  },
};

async function addGroup(
  name: string,
  { description, ifMissing }: AddFlags,
  deps: AddDeps,
): Promise<void> {
  const groups = deps.uaaResource(createGroups);
  const { object } = await addIfMissing(
    `group ${name}`,
    { get: () => groups.get(name), add: () => groups.add({ displayName: name, description }) },
    { ifMissing },
    deps,
  );
  const screen = deps.terminal.usesScreen() ? await prepareDetails(object, deps) : undefined;
  await showObject(object, deps, object.displayName, screen);
}

export const remove = deleteObjectCommand({
  description:
    'Delete a group with its memberships and mappings. Its members lose the scope. Asks for ' +
    'confirmation on a terminal. Requires the scopes scim.read and scim.write.',
  examples: { 'delete a group': 'tpks uaa group delete team.blue' },
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
