import { TpksError } from '../../errors.js';
import { toJsonListPieces, toPrintable } from '../../terminal/sanitize.js';
import { formatTable } from '../../terminal/table.js';
import { toYaml } from '../../terminal/yaml.js';
import type { Line, OutputFormat, Span, Terminal } from '../../terminal/terminal.js';
import { createKeyTracker, rowFilter, selectRows, type SelectionFlags } from './row-selection.js';
import { columnKeys, didYouMean, findColumn } from './list-keys.js';

/** One column of a list. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => Span;
  /** Shown only with `--output wide` or if `--columns` names it. */
  readonly wide?: true;
}

/** Describes how a kind of resource is listed. */
export interface List<Row> {
  /** The kind of resource in messages, e.g. `cluster`. */
  readonly noun: string;
  readonly columns: readonly Column<Row>[];
  /** Returns what `--output name` prints for a row. */
  readonly nameOf: (row: Row) => string;
  /**
   * JSON fields that `--filter` and `--sort-by` accept even if no row has them. If `undefined`, every key
   * is accepted for an empty list.
   */
  readonly fields?: readonly string[];
  /** Returns lines to print above the table. */
  readonly linesAbove?: (rows: readonly Row[]) => readonly Line[];
  /** Printed instead of an empty table. */
  readonly emptyLine?: Line;
  /** Use the layout of the `pks` CLI: an empty line above the table, JSON indented by 3 spaces. */
  readonly isPks?: true;
}

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
 * @param rows - printed as they arrive, unless they are sorted or shown in a table.
 * @throws {TpksError} `usage` for an unknown column, and for a key of `--filter` or `--sort-by` that no
 *   row has. If the list is empty, the key must be a column or a known field.
 */
export async function showList<Row>(
  list: List<Row>,
  rows: AsyncIterable<Row> | Iterable<Row>,
  flags: ListFlags,
  terminal: Terminal,
): Promise<void> {
  const columns = selectColumns(list, flags);
  const keys = createKeyTracker(list, flags);
  const selected = async function* (): AsyncGenerator<Row> {
    const isSelected = rowFilter(list, flags);
    const collected: Row[] = [];
    for await (const row of rows) {
      keys.track(row);
      if (!isSelected(row)) continue;
      if (flags.sortBy === undefined) yield row;
      else collected.push(row);
    }
    // Without this error, an empty list caused by a typo would look like a valid result.
    keys.rejectMissing();
    yield* selectRows(list, collected, { sortBy: flags.sortBy });
  };
  await showRows(list, selected(), columns, flags, terminal);
}

async function showRows<Row>(
  list: List<Row>,
  rows: AsyncIterable<Row>,
  columns: readonly Column<Row>[],
  { output }: ListFlags,
  terminal: Terminal,
): Promise<void> {
  switch (terminal.wantsJson() && output !== 'yaml' ? 'json' : output) {
    case 'json':
      return terminal.writeAll(toJsonListPieces(rows, list.isPks === true ? 3 : 2));
    case 'yaml':
      return terminal.writeAll(yamlList(rows));
    case 'name':
      return terminal.writeAll(nameLines(list, rows));
    case 'table':
    case 'wide':
    case undefined: {
      const all: Row[] = [];
      for await (const row of rows) all.push(row);
      return terminal.show({
        json: all,
        text: tableLines(list, all, columns),
        // The rows are server data, but the text for an empty list is our own.
        namesCommands: all.length === 0,
      });
    }
  }
}

async function* yamlList(rows: AsyncIterable<unknown>): AsyncGenerator<string> {
  let isEmpty = true;
  for await (const row of rows) {
    isEmpty = false;
    // YAML lists of one item each, concatenated, form one list of all items.
    yield `${(await toYaml([row])).join('\n')}\n`;
  }
  if (isEmpty) yield '[]\n';
}

async function* nameLines<Row>(
  { nameOf }: List<Row>,
  rows: AsyncIterable<Row>,
): AsyncGenerator<string> {
  for await (const row of rows) yield `${toPrintable(nameOf(row))}\n`;
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
