import { Argument, type Command } from 'commander';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import { runAndShowDryRun } from '../../dry-run.js';
import {
  addDeletionOptions,
  confirmDeletion,
  type DeletionDeps,
  type DeletionFlags,
} from '../confirm-deletion.js';
import { withUaaNames } from '../../name-completion.js';
import { labelOf, readName } from '../inputs.js';
import { ifExistsOption, deleteIfExists, type IfExistsFlags } from '../if-exists.js';
import { defaultOrigin, readGroupKey } from './group-name.js';
import { createMappings } from '../../../uaa/mappings.js';

type Deps = DeletionDeps & Pick<Services, 'uaaResource'>;

interface Flags extends IfExistsFlags, DeletionFlags {
  readonly id?: string;
  readonly origin: string;
}

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Remove the mapping of an external group. Its members leave the UAA group at their next login. ' +
        'Asks for confirmation on a terminal. Requires the scopes scim.read and scim.write.',
    )
    .addArgument(
      withUaaNames(new Argument('[group]', 'name of the UAA group; omit it with --id'), 'groups'),
    )
    .argument('[external]', 'external group')
    .option('--id <id>', 'UAA group, by id')
    .option('--origin <origin>', 'identity provider of the external group', defaultOrigin);
  addDeletionOptions(command, ifExistsOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ tpks uaa group unmap pks.clusters.manage cn=dev,ou=groups,dc=example',
    )
    .action((first: string | undefined, second: string | undefined, flags: Flags) =>
      runAndShowDryRun(
        () => unmapGroup({ ...parseArguments(first, second, flags), ...flags }, command, deps),
        deps,
      ),
    );
}

interface Input extends Flags {
  readonly name?: string | undefined;
  readonly external?: string | undefined;
}

/** With `--id`, the only argument is the external group. */
function parseArguments(
  first: string | undefined,
  second: string | undefined,
  { id }: Flags,
): Pick<Input, 'name' | 'external'> {
  if (id === undefined) return { name: first, external: second };
  if (second === undefined) return { external: first };
  throw new TpksError('usage', '--id cannot be used with a group name', {
    hint: 'use either the name of the group or --id',
  });
}

/** Removes a mapping. With `--if-exists`, a missing mapping is not an error. */
async function unmapGroup(input: Input, command: Command, deps: Deps): Promise<void> {
  const { terminal } = deps;
  const { name, id, external, origin } = input;
  const group = await readGroupKey(name, id, deps);
  const prompt = {
    message: 'External group: ',
    hint: 'pass the external group after the group',
  };
  const externalGroup = await readName(external, prompt, terminal);
  const mappings = await deps.uaaResource(createMappings, input);
  const mapping = { group, externalGroup, origin };
  const action = `remove the mapping of ${externalGroup} (origin ${origin}) to ${labelOf('group', group)}`;
  if (!(await confirmDeletion({ action, command }, input, deps))) return;
  const removed = await deleteIfExists(() => mappings.unmap(mapping), input, deps);
  if (removed === undefined) return;
  await terminal.show({
    json: removed,
    text: [
      `Successfully unmapped ${removed.externalGroup} from ${removed.displayName} ` +
        `for origin ${removed.origin}`,
    ],
  });
}
