import { InvalidArgumentError, Option, type Argument, type Command } from 'commander';
import type { CreatePksResource } from '../../app/resources.js';
import type { Services } from '../../app/services.js';
import type { NameKind } from '../../base/errors.js';
import type { Asynchronous } from '../../base/lazy.js';
import { pksScopes } from '../../base/pks-conventions.js';
import type { OutputFormat } from '../../platform/terminal/terminal.js';
import { withCompleter, cacheNames } from '../completers.js';
import type { CommandHelp, Leaf } from '../command-table.js';
import { parseNonEmptyList, asCollector } from '../option-values.js';
import { watchList } from '../waiting/watch-list.js';
import {
  type List,
  showList,
  validateColumns,
  type ListFlags,
  columnKeys,
  type Filter,
} from './list.js';

/**
 * For descriptions of commands that read from the PKS API.
 * @see docs/contributing/servers/pks-api.md#scopes
 */
export const requiresRead = formatRequirement(pksScopes.read);

/** For descriptions of commands that users may apply to their own resources. */
export const requiresWrite = formatRequirement(pksScopes.write);

/** For descriptions of commands that only administrators may use. */
export const requiresAdmin = formatRequirement(pksScopes.administer);

function formatRequirement(scopes: readonly string[]): string {
  const names = scopes.join(', ').replace(/, (?=[^,]*$)/, ' or ');
  return `Requires ${scopes.length > 1 ? 'one of the scopes' : 'the scope'} ${names}.`;
}

export interface ListCommand<Row, Flags> extends List<Row>, CommandHelp {
  readonly arguments?: (services: Services) => readonly Argument[];
  readonly options?: () => readonly Option[];
  readonly read: (
    services: Services,
    flags: Flags,
    args: readonly string[],
  ) => Promise<readonly Row[]> | readonly Row[];
  /** The kind of names to store for shell completion. */
  readonly completes?: NameKind;
  /** Whether the command has the option `--watch`. */
  readonly watch?: true;
}

export function watchOption(): Option {
  return new Option('--watch', 'update the list every 5 seconds until q or Ctrl-C');
}

/** Defines a command that shows a list. */
export function listCommand<Row, Flags>(spec: ListCommand<Row, Flags>): Leaf {
  return {
    description: spec.description,
    examples: spec.examples,
    define(command, services) {
      for (const argument of spec.arguments?.(services) ?? []) command.addArgument(argument);
      addListOptions(command, spec);
      for (const option of spec.options?.() ?? []) command.addOption(option);
      if (spec.watch !== undefined) command.addOption(watchOption());
      command.action(async () => {
        const flags = command.opts<ListFlags & Flags & { readonly watch?: boolean }>();
        const read = async () => spec.read(services, flags, command.args);
        if (flags.watch === true) return watchList({ list: spec, flags, read }, services);
        validateColumns(spec, flags);
        const rows = await read();
        const { completes } = spec;
        if (completes !== undefined) await cacheNames(completes, rows.map(spec.nameOf), services);
        await showList(spec, rows, flags, services);
      });
    },
  };
}

interface PksListCommand<Row, Resource extends Asynchronous<Resource>, Flags>
  extends Omit<List<Row>, 'isPks'>, CommandHelp {
  readonly resource: CreatePksResource<Resource>;
  readonly options?: () => readonly Option[];
  readonly read: (resource: Resource, flags: Flags) => Promise<readonly Row[]>;
  readonly completes?: NameKind;
  readonly watch?: true;
}

/** Defines a command that lists a resource of the PKS API. */
export function pksListCommand<Row, Resource extends Asynchronous<Resource>, Flags = unknown>(
  spec: PksListCommand<Row, Resource, Flags>,
): Leaf {
  return listCommand<Row, Flags>({
    ...spec,
    isPks: true,
    read: async ({ pksResource }, flags) => spec.read(pksResource(spec.resource), flags),
  });
}

/** Creates the `--output` option. @param formats - the formats that the command supports. */
export function outputOption(...formats: readonly OutputFormat[]): Option {
  return new Option('-o, --output <format>', 'output format').choices(formats);
}

/** Adds the options of every list: `--output` and `--columns`. */
export function addOutputOptions<Row>(command: Command, list: List<Row>): Command {
  const keys = columnKeys(list);
  return command
    .addOption(outputOption('table', 'wide', 'json', 'yaml', 'csv', 'name'))
    .addOption(
      withCompleter(
        new Option('--columns <list>', 'columns to show, in this order').argParser(
          parseNonEmptyList,
        ),
        (typed) => completeList(typed, keys),
      ),
    )
    .addHelpText('after', () => {
      const help = command.createHelp();
      return `\n${help.boxWrap(`${help.styleTitle('Columns:')} ${keys.join(', ')}`, 80)}`;
    });
}

/**
 * Adds the options of every list, and `--sort-by` and `--filter` for lists that the server can
 * neither sort nor filter.
 */
export function addListOptions<Row>(command: Command, list: List<Row>): Command {
  const keys = columnKeys(list);
  return addOutputOptions(command, list)
    .addOption(
      withCompleter(new Option('--sort-by <key>', 'sort by a column or a JSON field'), () => keys),
    )
    .addOption(filterOption(list));
}

/**
 * Creates the `--filter` option, whose value is for `selectRows` and `rejectUnknownKeys`.
 * @param list - describes the rows.
 * @param description - what the option does, for the help.
 */
export function filterOption<Row>(
  list: List<Row>,
  description = 'show only matching rows',
): Option {
  const keys = columnKeys(list);
  const option = new Option(
    '--filter <key=value>',
    `${description} (also !=, * and ?); repeatable`,
  );
  return withCompleter(option.argParser(asCollector(collectFilter)), (typed) =>
    keys.map((key) => `${key}${typed.endsWith('!') ? '!=' : '='}`),
  );
}

/** Completes a comma-separated list: `name,` to `name,id` and `name,status`. */
function completeList(typed: string, keys: readonly string[]): readonly string[] {
  const prefix = typed.slice(0, typed.lastIndexOf(',') + 1);
  const used = prefix.split(',');
  return keys.filter((key) => !used.includes(key)).map((key) => `${prefix}${key}`);
}

/** @throws {InvalidArgumentError} */
function collectFilter(text: string, previous: readonly Filter[] = []): Filter[] {
  const [, key, operator, value] = /^([^=]*[^=!])(!?=)(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined)
    throw new InvalidArgumentError('expected KEY=VALUE or KEY!=VALUE, e.g. status=failed');
  return [...previous, { key, value, isNegated: operator === '!=' }];
}
