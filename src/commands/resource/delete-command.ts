import type { Services } from '../../services.js';
import type { CreateResource } from '../../services/pks.js';
import { confirmDestructiveChange, type ConfirmDeps } from '../confirm.js';
import type { Leaf } from '../contents.js';
import { dryRunOption, runAndShowDryRun, type DryRunOption } from '../dry-run.js';
import { createNameArgument, type NameArgumentSpec } from '../name-completion.js';
import { formatExamples, type CommandHelp } from './list-command.js';

/** A command that deletes one resource of the PKS API. */
export interface PksDeleteCommand extends CommandHelp {
  readonly argument: NameArgumentSpec;
  /** Creates the client of the resource, e.g. `createPlans`. */
  readonly resource: CreateResource<{
    readonly get: (name: string) => Promise<unknown>;
    readonly remove: (name: string) => Promise<void>;
  }>;
  /** The resource as the confirmation prompt names it, e.g. `the quota of cody`. */
  readonly subject: (name: string) => string;
  /** The message printed after the deletion. */
  readonly completedText: (name: string) => string;
  /** The JSON output field that contains the name. */
  readonly nameField: string;
}

/**
 * Defines a command that asks for confirmation and deletes a resource, with the texts of the `pks` CLI.
 * @see pks-cli, section 10
 */
export function pksDeleteCommand(spec: PksDeleteCommand): Leaf {
  return {
    define(command, services) {
      command
        .description(spec.description)
        .addArgument(createNameArgument(spec.argument, services))
        .addOption(dryRunOption())
        .addHelpText('after', formatExamples(spec.examples))
        .action((name: string, flags: DryRunOption) =>
          runAndShowDryRun(() => deleteResource(spec, name, flags, services), services),
        );
    },
  };
}

async function deleteResource(
  { resource, subject, completedText, nameField }: PksDeleteCommand,
  name: string,
  { dryRun = false }: DryRunOption,
  deps: Pick<Services, 'pksResource'> & ConfirmDeps,
): Promise<void> {
  const { terminal, pksResource } = deps;
  const { get, remove } = await pksResource(resource, { dryRun });
  const question = `Are you sure you want to delete ${subject(name)}? (y/n): `;
  const cancelledMessage = 'Nothing was deleted';
  const isConfirmed =
    dryRun ||
    (await confirmDestructiveChange({ question, find: () => get(name), cancelledMessage }, deps));
  if (isConfirmed) await remove(name);
  await terminal.show({
    json: { [nameField]: name, deleted: isConfirmed },
    text: isConfirmed ? [completedText(name)] : [],
  });
}
