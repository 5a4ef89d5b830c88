import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { ifMissingOption, findExisting, addIfMissing, type IfMissingFlags } from '../if-exists.js';
import { outputOption } from '../../resource/output-option.js';
import { showObject } from '../show-object.js';
import { readGroupName } from './group-name.js';
import { createGroups } from '../../../uaa/groups.js';

type Deps = Pick<Services, 'terminal' | 'uaaResource'>;

interface Flags extends IfMissingFlags {
  readonly description?: string;
}

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Create a group. Its members get the name of the group as a scope in their tokens. Requires ' +
        'the scope scim.write.',
    )
    .argument('[name]', 'name of the group')
    .option('--description <text>', 'description of the group')
    .addOption(ifMissingOption())
    .addOption(outputOption('json', 'yaml', 'name'))
    .addHelpText('after', '\nExample:\n  $ tpks uaa group add team.blue --description "Team Blue"')
    .action(async (name: string | undefined, flags: Flags) =>
      addGroup({ name: await readGroupName(name, deps), ...flags }, deps),
    );
}

interface Input extends IfMissingFlags {
  readonly name: string;
  readonly description?: string | undefined;
}

/** Creates a group. With `--if-missing`, shows the existing group instead. */
export async function addGroup({ name, description, ...flags }: Input, deps: Deps): Promise<void> {
  const groups = await deps.uaaResource(createGroups);
  const label = `group ${name}`;
  const get = () => groups.get(name);
  const create = () => groups.add({ displayName: name, description });
  const group =
    (await findExisting(label, get, flags, deps)) ??
    (await addIfMissing(label, create, flags, deps)) ??
    (await get());
  await showObject(group, deps, 'displayName');
}
