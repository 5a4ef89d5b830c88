import type { Option } from 'commander';
import type { CreatePksResource } from '../../app/resources.js';
import type { Services } from '../../app/services.js';
import type { Asynchronous } from '../../base/lazy.js';
import type { Line } from '../../platform/terminal/lines.js';
import { fitLines, trimLines } from '../../platform/terminal/screen.js';
import { createNameArgument, type NameArgumentSpec } from '../completers.js';
import { confirmDestructiveChange, type ConfirmDeps } from '../confirm.js';
import type { CommandHelp, Leaf } from '../command-table.js';
import { runAndShowDryRun, type DryRunOption, dryRunOption } from '../dry-run.js';
import { outputOption } from './list-command.js';

interface PksItemCommand<Item, Resource extends Asynchronous<Resource>, Flags> extends CommandHelp {
  readonly argument: NameArgumentSpec;
  readonly resource: CreatePksResource<Resource>;
  /** Must include `--dry-run` if the command writes to the API. */
  readonly options?: () => readonly Option[];
  /** Validates the flags before any request is sent. @throws {TpksError} `usage` */
  readonly validate?: (flags: Flags) => void;
  readonly run: (resource: Resource, name: string, flags: Flags) => Promise<Item>;
  readonly formatDetails: (item: Item, flags: Flags) => readonly Line[];
  /** Formats the item for a terminal. If absent, `formatDetails` is used, without empty lines at the start and end. */
  readonly formatForTerminal?: (
    item: Item,
    layout: TerminalLayout,
    flags: Flags,
  ) => readonly Line[];
  /** Returns what `-o name` prints. */
  readonly nameOf: (item: Item) => string;
}

export interface TerminalLayout {
  /** Width of the terminal in columns. Only a line with a word that does not fit may be wider. */
  readonly width: number;
  readonly now: Date;
}

/** Defines a command that gets, creates or changes one resource of the PKS API, and shows it. */
export function pksItemCommand<Item, Resource extends Asynchronous<Resource>, Flags = unknown>(
  spec: PksItemCommand<Item, Resource, Flags>,
): Leaf {
  return {
    description: spec.description,
    examples: spec.examples,
    define(command, services) {
      command.addArgument(createNameArgument(spec.argument));
      for (const option of spec.options?.() ?? []) command.addOption(option);
      command
        .addOption(outputOption('json', 'yaml', 'name'))
        .action((name: string, flags: Flags & DryRunOption) =>
          runAndShowDryRun(() => runItemCommand(spec, name, flags, services), services),
        );
    },
  };
}

async function runItemCommand<Item, Resource extends Asynchronous<Resource>, Flags>(
  spec: PksItemCommand<Item, Resource, Flags>,
  name: string,
  flags: Flags & DryRunOption,
  { pksResource, terminal, clock }: Pick<Services, 'pksResource' | 'terminal' | 'clock'>,
): Promise<void> {
  const { resource, validate, run, formatDetails, formatForTerminal, nameOf } = spec;
  validate?.(flags);
  const item = await run(pksResource(resource, { dryRun: flags.dryRun }), name, flags);
  await terminal.show({
    json: item,
    text: formatDetails(item, flags),
    screen: (width) =>
      formatForTerminal?.(item, { width, now: clock.now() }, flags) ??
      fitLines(trimLines(formatDetails(item, flags)), width),
    indent: 3,
    name: nameOf(item),
  });
}

interface PksDeleteCommand extends CommandHelp {
  readonly argument: NameArgumentSpec;
  readonly resource: CreatePksResource<{
    readonly get: (name: string) => Promise<unknown>;
    readonly remove: (name: string) => Promise<void>;
  }>;
  /** The resource as the confirmation prompt names it, e.g. `the quota of cody`. */
  readonly subject: (name: string) => string;
  readonly completedText: (name: string) => string;
  readonly nameField: string;
}

/**
 * Defines a command that asks for confirmation and deletes a resource, with the texts of the `pks` CLI.
 * @see docs/contributing/servers/pks-cli.md#profiles
 */
export function pksDeleteCommand(spec: PksDeleteCommand): Leaf {
  return {
    description: spec.description,
    examples: spec.examples,
    define(command, services) {
      command
        .addArgument(createNameArgument(spec.argument))
        .addOption(dryRunOption())
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
  const { get, remove } = pksResource(resource, { dryRun });
  const question = `Are you sure you want to delete ${subject(name)}?`;
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
