import type { Option } from 'commander';
import type { Services } from '../../services.js';
import type { LoadResource } from '../../services/pks.js';
import type { Line } from '../../terminal/terminal.js';
import type { Leaf } from '../contents.js';
import { showingDryRun, type Writing } from '../dry-run.js';
import { nameArgument, type NamedBy } from '../known-names.js';
import { examplesText, type CommandTexts } from './list-command.js';
import { outputOption } from './output-option.js';

/** A command that shows one resource of the PKS API, possibly after changing it. */
export interface PksShowCommand<Found, Resource, Flags> extends CommandTexts {
  readonly argument: NamedBy;
  /** Loads the resource's file in `src/pks` on first use. */
  readonly resource: LoadResource<Resource>;
  /** Includes `--dry-run` if the command changes the resource. */
  readonly options?: () => readonly Option[];
  /** Checks the flags before anything else. @throws {TpksError} `usage` */
  readonly check?: (flags: Flags) => void;
  /** Reads the resource, or changes it and returns the result. */
  readonly read: (resource: Resource, name: string, flags: Flags) => Promise<Found>;
  readonly details: (found: Found, flags: Flags) => readonly Line[];
  /** What `-o name` prints. */
  readonly nameOf: (found: Found) => string;
}

/** Defines a command that shows one resource of the PKS API. */
export function pksShowCommand<Found, Resource, Flags = unknown>(
  spec: PksShowCommand<Found, Resource, Flags>,
): Leaf {
  return {
    define(command, services) {
      command.description(spec.description).addArgument(nameArgument(spec.argument, services));
      for (const option of spec.options?.() ?? []) command.addOption(option);
      command
        .addOption(outputOption('json', 'yaml', 'name'))
        .addHelpText('after', examplesText(spec.examples))
        .action((name: string, flags: Flags & Writing) =>
          showingDryRun(() => show(spec, name, flags, services), services),
        );
    },
  };
}

async function show<Found, Resource, Flags>(
  { resource, check, read, details, nameOf }: PksShowCommand<Found, Resource, Flags>,
  name: string,
  flags: Flags & Writing,
  { pksResource, terminal }: Pick<Services, 'pksResource' | 'terminal'>,
): Promise<void> {
  check?.(flags);
  const found = await read(await pksResource(resource, { dryRun: flags.dryRun }), name, flags);
  await terminal.show({
    json: found,
    text: details(found, flags),
    indent: 3,
    name: nameOf(found),
  });
}
