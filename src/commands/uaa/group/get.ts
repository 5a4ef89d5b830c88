import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { wordList } from '../../word-list.js';
import { toAttributes } from '../attributes.js';
import { showThing } from '../show-thing.js';
import { groupName } from './group-name.js';

type Deps = Pick<Services, 'terminal' | 'groups'>;

interface Flags {
  readonly attributes?: readonly string[];
}

export function define(command: Command, deps: Deps): void {
  command
    .description('Shows a group as the UAA has it, with the ids of its members.')
    .argument('[name]', 'name of the group, e.g. pks.clusters.manage')
    .option('-a, --attributes <list>', 'only these fields, e.g. id,members', wordList)
    .addHelpText('after', '\nExample:\n  $ tpks uaa group get pks.clusters.manage')
    .action(async (name: string | undefined, { attributes }: Flags) =>
      get({ name: await groupName(name, deps), attributes }, deps),
    );
}

interface Input {
  readonly name: string;
  readonly attributes?: readonly string[] | undefined;
}

/** Shows one group. */
export async function get({ name, attributes }: Input, deps: Deps): Promise<void> {
  const groups = await deps.groups();
  const group =
    attributes === undefined
      ? await groups.get(name)
      : await groups.pick(name, toAttributes(attributes));
  await showThing(group, deps);
}
