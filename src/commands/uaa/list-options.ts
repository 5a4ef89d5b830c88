import { Option, type Command } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import { TpksError } from '../../errors.js';
import type { ListQuery } from '../../uaa/scim.js';
import { countingNumber, wordList } from './arguments.js';
import { toAttributes } from './attributes.js';

/** Flags that every list of UAA takes. */
export interface ListFlags {
  readonly attributes?: readonly string[];
  readonly filter?: string;
  readonly sortBy?: string;
  readonly descending?: true;
  readonly start?: number;
  readonly count?: number;
  readonly limit?: number;
}

/** What differs from list to list. */
interface ListWords {
  /** An example of a filter. */
  readonly filter: string;
  /** By which it can be sorted, for completion. */
  readonly columns: readonly string[];
  /** Examples of fields. */
  readonly fields?: string;
  /** The column by which it is sorted where nobody says. */
  readonly sortedBy?: string;
}

export function addListOptions(
  command: Command,
  { filter, columns, fields = 'id,meta.created', sortedBy = 'created' }: ListWords,
): Command {
  return command
    .argument('[filter]', `which ones, in SCIM's syntax, e.g. '${filter}'`)
    .option('-a, --attributes <list>', `only these fields, e.g. ${fields}`, wordList)
    .addOption(new Option('--filter <filter>', 'the same as the argument').hideHelp())
    .addOption(
      withCompleter(
        new Option('--sort-by <column>', `a column of UAA, e.g. ${sortedBy} (the default)`),
        () => Promise.resolve(columns),
      ),
    )
    .option('--descending', 'the last one first')
    .option('--start <number>', 'begin with this one; 1 is the first', countingNumber)
    .option('--limit <number>', 'at most so many; all if absent', countingNumber)
    .addOption(
      new Option('--count <number>', 'the same as --limit')
        .argParser(countingNumber)
        .conflicts('limit')
        .hideHelp(),
    );
}

/** @throws {TpksError} `usage` when the filter is given twice. */
export function toListQuery(argument: string | undefined, flags: ListFlags): ListQuery {
  const { attributes, filter, sortBy, descending, start, count, limit } = flags;
  if (argument !== undefined && filter !== undefined) {
    throw new TpksError('usage', 'The filter is given twice', {
      hint: 'give it as the argument or as --filter, not as both',
    });
  }
  return {
    filter: argument ?? filter,
    attributes: attributes && toAttributes(attributes),
    sortBy,
    descending,
    start,
    limit: limit ?? count,
  };
}
