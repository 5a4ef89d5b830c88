import { Option } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import { TpksError } from '../../errors.js';
import { displayText } from '../../json-value.js';
import { ownValue } from '../../own-value.js';
import type { Services } from '../../services.js';
import type { LoadUaaResource } from '../../services/uaa.js';
import type { ListQuery, Resource } from '../../uaa/list/list-query.js';
import type { Leaf } from '../contents.js';
import { wholeNumber } from '../numbers.js';
import { examplesText, type CommandTexts } from '../resource/list-command.js';
import { addFormOptions } from '../resource/list-options.js';
import { showList, type List, type ListFlags as OutputFlags } from '../resource/list.js';
import { wordList } from '../word-list.js';
import { toAttributeNames } from './attributes.js';
import { withReadableTimes } from './readable-times.js';

/** Flags of every list that the UAA filters and sorts. */
export interface ListFlags extends Pick<OutputFlags, 'output' | 'columns'> {
  readonly attributes?: readonly string[];
  readonly filter?: string;
  readonly sortBy?: string;
  readonly descending?: true;
  readonly start?: number;
  readonly count?: number;
  readonly limit?: number;
}

/** A list that the UAA filters and sorts, and the command that shows it. */
export interface ScimListCommand<Row> extends List<Row>, CommandTexts {
  readonly help: {
    /** An example of a filter in SCIM's syntax. */
    readonly filter: string;
    /** Examples of fields. */
    readonly fields?: string;
    /** The UAA's columns, for completion; the first one is its default. */
    readonly sortKeys: readonly string[];
  };
  /** Loads the resource's file in `src/uaa` on first use. */
  readonly resource: LoadUaaResource<{
    readonly list: (query: ListQuery) => AsyncIterable<Row>;
    readonly select: (
      query: ListQuery & { readonly attributes: readonly string[] },
    ) => AsyncIterable<Resource>;
  }>;
  /** Converts fields to the UAA's spelling. */
  readonly toFields?: (words: readonly string[]) => readonly string[];
}

/** Defines a command that shows a list that the UAA filters and sorts. */
export function scimListCommand<Row>(spec: ScimListCommand<Row>): Leaf {
  const { filter, fields = 'id,meta.created', sortKeys } = spec.help;
  return {
    define(command, services) {
      addFormOptions(command, spec)
        .description(spec.description)
        .argument('[filter]', `SCIM filter, e.g. '${filter}'`)
        .option('-a, --attributes <list>', `show only these fields, e.g. ${fields}`, wordList)
        .addOption(new Option('--filter <filter>', 'the same as the argument').hideHelp())
        .addOption(
          withCompleter(
            new Option(
              '--sort-by <column>',
              `UAA column to sort by (default: ${sortKeys[0] ?? ''})`,
            ),
            () => Promise.resolve(sortKeys),
          ),
        )
        .option('--descending', 'reverse the order');
      for (const option of pageOptions()) command.addOption(option);
      command
        .addHelpText('after', examplesText(spec.examples))
        .action((typed: string | undefined, flags: ListFlags) =>
          showScimList(spec, toListQuery(typed, flags, spec.toFields), flags, services),
        );
    },
  };
}

/** Options for a part of a list. */
export function pageOptions(): readonly Option[] {
  const count = wholeNumber({ from: 1 });
  return [
    new Option('--start <number>', 'index of the first row, counted from 1').argParser(count),
    new Option('--limit <number>', 'maximum number of rows').argParser(count),
    new Option('--count <number>', 'the same as --limit')
      .argParser(count)
      .conflicts('limit')
      .hideHelp(),
  ];
}

async function showScimList<Row>(
  spec: ScimListCommand<Row>,
  { attributes, ...query }: ListQuery,
  { output, columns }: ListFlags,
  { terminal, uaaResource }: Pick<Services, 'terminal' | 'uaaResource'>,
): Promise<void> {
  const resource = await uaaResource(spec.resource);
  const flags = { ...(output && { output }), ...(columns && { columns }) };
  await (attributes === undefined
    ? showList(spec, resource.list(query), flags, terminal)
    : showList(
        attributeList(spec.noun, attributes, terminal),
        resource.select({ ...query, attributes }),
        flags,
        terminal,
      ));
}

/** @throws {TpksError} `usage` if the filter is given twice. */
export function toListQuery(
  argument: string | undefined,
  { attributes, filter, sortBy, descending, start, count, limit }: ListFlags,
  toFields = toAttributeNames,
): ListQuery {
  if (argument !== undefined && filter !== undefined) {
    throw new TpksError('usage', 'The filter is given twice', {
      hint: 'give it as the argument or as --filter, not as both',
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

/** A list with one column per requested field. The UAA ignores fields that it does not know. */
function attributeList(
  noun: string,
  fields: readonly string[],
  { note }: Services['terminal'],
): List<Resource> {
  return {
    noun,
    columns: fields.map((field) => ({ head: field, cell: (row) => formatField(row, field) })),
    nameOf: (row) => formatField(row, fields[0] ?? ''),
    above: (rows) => {
      const empty = fields.filter((field) => rows.every((row) => isNullish(ownValue(row, field))));
      if (rows.length > 0 && empty.length > 0)
        note(`The UAA sent no value for ${empty.join(', ')}`);
      return [];
    },
  };
}

function formatField(row: Resource, field: string): string {
  return formatValue(withReadableTimes(ownValue(row, field), field));
}

function formatValue(value: unknown): string {
  return Array.isArray(value) ? value.map(formatValue).join(',') : displayText(value);
}

function isNullish(value: unknown): boolean {
  return value === undefined || value === null;
}
