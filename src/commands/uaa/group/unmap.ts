import type { Command } from 'commander';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import { nameOrAsk } from '../inputs.js';
import { ifExistsOption, deleteIfExists, type IfExistsFlags } from '../repeatable.js';
import { defaultOrigin, readGroupKey } from './group-name.js';
import { loadMappings } from '../resources.js';

type Deps = Pick<Services, 'terminal' | 'uaaResource'>;

interface Flags extends IfExistsFlags {
  readonly id?: string;
  readonly origin: string;
}

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Takes a mapping out: who is in the external group has the scope no more from the next login ' +
        'on.',
    )
    .argument('[group]', 'name of the group of the UAA; left out after --id')
    .argument('[external]', 'the external group')
    .option('--id <id>', 'the group of the UAA, by id')
    .option('--origin <origin>', 'identity provider of the external group', defaultOrigin)
    .addOption(ifExistsOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ tpks uaa group unmap pks.clusters.manage cn=dev,ou=groups,dc=example',
    )
    .action((first: string | undefined, second: string | undefined, flags: Flags) =>
      unmapGroup({ ...parseArguments(first, second, flags), ...flags }, deps),
    );
}

interface Input extends Flags {
  readonly name?: string | undefined;
  readonly external?: string | undefined;
}

/** After `--id` the one argument there is, is the external group. */
function parseArguments(
  first: string | undefined,
  second: string | undefined,
  { id }: Flags,
): Pick<Input, 'name' | 'external'> {
  if (id === undefined) return { name: first, external: second };
  if (second === undefined) return { external: first };
  throw new TpksError('usage', '--id names the group by itself', {
    hint: 'leave out the name of the group, or leave out --id',
  });
}

export async function unmapGroup(input: Input, deps: Deps): Promise<void> {
  const { terminal } = deps;
  const { name, id, external, origin } = input;
  const group = await readGroupKey(name, id, deps);
  const question = { prompt: 'External group: ', insteadUse: 'give it after the group' };
  const externalGroup = await nameOrAsk(external, question, terminal);
  const mappings = await deps.uaaResource(loadMappings);
  const joint = { group, externalGroup, origin };
  const gone = await deleteIfExists(() => mappings.unmap(joint), input, deps);
  if (gone === undefined) return;
  await terminal.show({
    json: gone,
    text: [
      `Successfully unmapped ${gone.externalGroup} from ${gone.displayName} ` +
        `for origin ${gone.origin}`,
    ],
  });
}
