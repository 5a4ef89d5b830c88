import type { Option } from 'commander';
import type { Services } from '../../services.js';
import type { CreateResource } from '../../services/pks.js';
import type { Line } from '../../terminal/terminal.js';
import type { Leaf } from '../contents.js';
import { runAndShowDryRun, type DryRunOption } from '../dry-run.js';
import { createNameArgument, type NameArgumentSpec } from '../name-completion.js';
import { formatExamples, type CommandHelp } from './list-command.js';
import { outputOption } from './output-option.js';

/** A command that shows one resource of the PKS API, possibly after creating or updating it. */
export interface PksShowCommand<Item, Resource, Flags> extends CommandHelp {
  readonly argument: NameArgumentSpec;
  /** Creates the client of the resource, e.g. `createPlans`. */
  readonly resource: CreateResource<Resource>;
  /** Must include `--dry-run` if the command writes to the API. */
  readonly options?: () => readonly Option[];
  /** Validates the flags before any request is sent. @throws {TpksError} `usage` */
  readonly validate?: (flags: Flags) => void;
  /** Reads, creates or updates the resource, and returns it. */
  readonly read: (resource: Resource, name: string, flags: Flags) => Promise<Item>;
  readonly formatDetails: (item: Item, flags: Flags) => readonly Line[];
  /** Returns what `-o name` prints. */
  readonly nameOf: (item: Item) => string;
}

/** Defines a command that shows one resource of the PKS API. */
export function pksShowCommand<Item, Resource, Flags = unknown>(
  spec: PksShowCommand<Item, Resource, Flags>,
): Leaf {
  return {
    define(command, services) {
      command
        .description(spec.description)
        .addArgument(createNameArgument(spec.argument, services));
      for (const option of spec.options?.() ?? []) command.addOption(option);
      command
        .addOption(outputOption('json', 'yaml', 'name'))
        .addHelpText('after', formatExamples(spec.examples))
        .action((name: string, flags: Flags & DryRunOption) =>
          runAndShowDryRun(() => show(spec, name, flags, services), services),
        );
    },
  };
}

async function show<Item, Resource, Flags>(
  { resource, validate, read, formatDetails, nameOf }: PksShowCommand<Item, Resource, Flags>,
  name: string,
  flags: Flags & DryRunOption,
  { pksResource, terminal }: Pick<Services, 'pksResource' | 'terminal'>,
): Promise<void> {
  validate?.(flags);
  const item = await read(await pksResource(resource, { dryRun: flags.dryRun }), name, flags);
  await terminal.show({
    json: item,
    text: formatDetails(item, flags),
    indent: 3,
    name: nameOf(item),
  });
}
