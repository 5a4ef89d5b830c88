import { Option } from 'commander';
import type { ListQuery, Resource } from '../../api/uaa/list-resources.js';
import type { CreateUaaResource } from '../../app/resources.js';
import type { Services } from '../../app/services.js';
import { TpksError, type NameKind } from '../../base/errors.js';
import { getOwnValue, toDisplayText } from '../../base/json-value.js';
import { cacheNames, withCompleter } from '../completers.js';
import type { CommandHelp, Leaf } from '../command-table.js';
import { integerParser, parseNonEmptyList } from '../option-values.js';
import { addOutputOptions } from '../resource/list-command.js';
import { showList, type List, type ListFlags as OutputFlags } from '../resource/list.js';
import { toAttributeNames } from './attribute-names.js';
import { withReadableTimes } from './objects.js';

export interface ListFlags extends Pick<OutputFlags, 'output' | 'columns'> {
  readonly attributes?: readonly string[];
  readonly filter?: string;
  readonly sortBy?: string;
  readonly descending?: true;
  readonly start?: number;
  readonly count?: number;
  readonly limit?: number;
}

/** Describes a list that the UAA filters and sorts, and the command that shows it. */
interface ScimListCommand<Row> extends List<Row>, CommandHelp {
  readonly help: {
    readonly filter: string;
    /** Attribute names as an example; `id,meta.created` if absent. */
    readonly fields?: string;
    /** The attributes that the UAA can sort by, for completion. The first one is the default. */
    readonly sortKeys: readonly string[];
  };
  readonly resource: CreateUaaResource<{
    readonly list: (query: ListQuery) => Promise<readonly Row[]>;
    readonly select: (
      query: ListQuery & { readonly attributes: readonly string[] },
    ) => Promise<readonly Resource[]>;
  }>;
  readonly completes: NameKind;
  /** Converts attribute names to the UAA's spelling; SCIM attributes if absent. */
  readonly toAttributeNames?: (names: readonly string[]) => readonly string[];
}

/** Defines a command that shows a list that the UAA filters and sorts. */
export function scimListCommand<Row>(spec: ScimListCommand<Row>): Leaf {
  const { filter, sortKeys } = spec.help;
  const attributes = spec.help.fields ?? 'id,meta.created';
  return {
    description: spec.description,
    examples: spec.examples,
    define(command, services) {
      addOutputOptions(command, spec)
        .argument('[filter]', `SCIM filter, e.g. '${filter}'`)
        .option(
          '-a, --attributes <list>',
          `return only these attributes, e.g. ${attributes}`,
          parseNonEmptyList,
        )
        .addOption(new Option('--filter <filter>', 'same as the argument').hideHelp())
        .addOption(
          withCompleter(
            new Option('--sort-by <key>', `attribute to sort by (default: ${sortKeys[0] ?? ''})`),
            () => sortKeys,
          ),
        )
        .option('--descending', 'sort in descending order');
      for (const option of pageOptions()) command.addOption(option);
      command.action((argument: string | undefined, flags: ListFlags) =>
        showScimList(spec, toListQuery(argument, flags, spec.toAttributeNames), flags, services),
      );
    },
  };
}

export function pageOptions(): readonly Option[] {
  const parseCount = integerParser({ from: 1 });
  return [
    new Option('--start <number>', 'index of the first row, starting at 1').argParser(parseCount),
    new Option('--limit <number>', 'maximum number of rows').argParser(parseCount),
    new Option('--count <number>', 'same as --limit')
      .argParser(parseCount)
      .conflicts('limit')
      .hideHelp(),
  ];
}

async function showScimList<Row>(
  spec: ScimListCommand<Row>,
  { attributes, ...query }: ListQuery,
  { output, columns }: ListFlags,
  deps: Pick<Services, 'terminal' | 'clock' | 'uaaResource' | 'uaaContext' | 'names' | 'options'>,
): Promise<void> {
  const resource = deps.uaaResource(spec.resource);
  const flags = { ...(output && { output }), ...(columns && { columns }) };
  if (attributes !== undefined) {
    const rows = await resource.select({ ...query, attributes });
    return showList(attributeList(spec.noun, attributes), rows, flags, deps);
  }
  const rows = await resource.list(query);
  const { filter, start, limit } = query;
  const isPart = [filter, start, limit, deps.options().zone].some((value) => value !== undefined);
  // Names of another zone or of a part of the list would replace the names in the cache.
  if (!isPart) {
    const cacheDeps = { context: deps.uaaContext, names: deps.names };
    await cacheNames(spec.completes, rows.map(spec.nameOf), cacheDeps);
  }
  await showList(spec, rows, flags, deps);
}

/** Converts the argument and the flags. @throws {TpksError} `usage` if the filter is given twice. */
export function toListQuery(
  argument: string | undefined,
  { attributes, filter, sortBy, descending, start, count, limit }: ListFlags,
  toFields = toAttributeNames,
): ListQuery {
  if (argument !== undefined && filter !== undefined) {
    throw new TpksError('usage', 'The filter was given twice', {
      hint: 'use either the argument or --filter',
    });
  }
  return {
    filter: argument ?? filter,
    attributes: attributes && toFields(attributes),
    sortBy,
    descending,
    start,
    limit: limit ?? count,
  };
}

/** A list with one column per requested attribute. */
function attributeList(noun: string, attributes: readonly string[]): List<Resource> {
  return {
    noun,
    hasChosenColumns: true,
    columns: attributes.map((name) => ({ head: name, cell: (row) => formatAttribute(row, name) })),
    nameOf: (row) => formatAttribute(row, attributes[0] ?? ''),
  };
}

function formatAttribute(row: Resource, name: string): string {
  return formatValue(withReadableTimes(getOwnValue(row, name), name));
}

function formatValue(value: unknown): string {
  return Array.isArray(value) ? value.map(formatValue).join(',') : toDisplayText(value);
}
