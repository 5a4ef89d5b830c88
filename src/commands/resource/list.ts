import { TpksError } from '../../base/errors.js';
import { formatTable, type Line } from '../../platform/terminal/lines.js';
import type { OutputFormat, Terminal } from '../../platform/terminal/terminal.js';
import { didYouMean } from '../did-you-mean.js';
import { columnKeys, findColumn } from './list-keys.js';
import type { Column, List } from './list-spec.js';
import { rejectUnknownKeys, selectRows, type SelectionFlags } from './row-selection.js';

export interface ListFlags extends SelectionFlags {
  readonly output?: OutputFormat;
  readonly columns?: readonly string[];
}

/**
 * Formats rows as a table, including the lines above it.
 *
 * @param flags - only `--columns` and `--output wide` have an effect.
 * @throws {TpksError} `usage` for an unknown column.
 */
export function formatListTable<Row>(
  list: List<Row>,
  rows: readonly Row[],
  flags: ListFlags = {},
): Line[] {
  return tableLines(list, rows, selectColumns(list, flags));
}

/**
 * Prints the rows that match the flags, in the requested order and output format.
 *
 * @throws {TpksError} `usage` for an unknown column, and for a key of `--filter` or `--sort-by` that no
 *   row has. If the list is empty, the key must be a column or a known field.
 */
export async function showList<Row>(
  list: List<Row>,
  rows: readonly Row[],
  flags: ListFlags,
  terminal: Terminal,
): Promise<void> {
  const columns = selectColumns(list, flags);
  // Without this error, an empty list caused by a typo would look like a valid result.
  rejectUnknownKeys(list, rows, flags);
  const selected = selectRows(list, rows, flags);
  let text: readonly Line[] = [];
  if (flags.output === 'name') text = selected.map(list.nameOf);
  // Lines above a table can print notes.
  else if (!terminal.wantsJson()) text = tableLines(list, selected, columns);
  await terminal.show({
    json: selected,
    indent: list.isPks === true ? 3 : 2,
    text,
    // The rows are server data, but the text for an empty list is our own.
    namesCommands: selected.length === 0,
  });
}

/**
 * Validates the options of a list before any request is sent.
 * @throws {TpksError} `usage` for an unknown column.
 */
export function validateColumns<Row>(list: List<Row>, flags: ListFlags): void {
  selectColumns(list, flags);
}

function selectColumns<Row>(
  list: List<Row>,
  { output, columns: requestedKeys }: ListFlags,
): readonly Column<Row>[] {
  if (requestedKeys === undefined) {
    return list.columns.filter(({ wide }) => output === 'wide' || wide !== true);
  }
  return requestedKeys.map((key) => {
    const column = findColumn(list, key);
    if (column !== undefined) return column;
    const keys = columnKeys(list);
    const suggestion = didYouMean(key, keys);
    throw new TpksError('usage', `Unknown column: ${JSON.stringify(key)}${suggestion}`, {
      hint: `choose from ${keys.join(', ')}`,
    });
  });
}

function tableLines<Row>(
  { linesAbove = () => [], emptyLine, isPks }: List<Row>,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): Line[] {
  if (rows.length === 0 && emptyLine !== undefined) return [emptyLine];
  return [
    ...(isPks === true ? [''] : []),
    ...linesAbove(rows),
    ...formatTable(
      columns.map(({ head }) => head),
      rows.map((row) => columns.map(({ cell }) => cell(row))),
    ),
  ];
}
