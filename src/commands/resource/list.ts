import { TpksError } from '../../errors.js';
import { jsonList } from '../../terminal/sanitize.js';
import { printable } from '../../terminal/sanitize.js';
import { table } from '../../terminal/table.js';
import type { Line, OutputForm, Span, Terminal } from '../../terminal/terminal.js';
import { createKeyTracker, rowFilter, selectRows, type SelectionFlags } from './list-choice.js';
import { columnKeys, didYouMean, findColumn } from './list-keys.js';

/** One column of a list. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => Span;
  /** Shown only by `--output wide` or `--columns`. */
  readonly wide?: true;
}

/** How a kind of resource looks as a list. */
export interface List<Row> {
  /** What a row is, for messages: `cluster`. */
  readonly noun: string;
  readonly columns: readonly Column<Row>[];
  /** What `--output name` prints. */
  readonly nameOf: (row: Row) => string;
  /** Lines above the table. */
  readonly above?: (rows: readonly Row[]) => readonly Line[];
  /** Replaces a table without rows. */
  readonly empty?: Line;
  /** Prints like the original `pks`: an empty line above the table, and JSON indented by 3. */
  readonly isPks?: true;
}

export interface ListFlags extends SelectionFlags {
  readonly output?: OutputForm;
  readonly columns?: readonly string[];
}

/**
 * The table with the lines above it.
 *
 * @param flags - only `columns` and `--output wide` matter here.
 * @throws {TpksError} `usage` for a column that the list does not have.
 */
export function listTable<Row>(
  list: List<Row>,
  rows: readonly Row[],
  flags: ListFlags = {},
): Line[] {
  return tableLines(list, rows, selectColumns(list, flags));
}

/**
 * Whether a list is printed item by item, so that it is never completely in memory. A table cannot be:
 * the width of a column depends on its longest cell. Neither can a sorted list.
 */
export function isStreamed({ output = 'table', sortBy }: ListFlags, terminal: Terminal): boolean {
  return sortBy === undefined && (terminal.wantsJson() || !['table', 'wide'].includes(output));
}

/**
 * Shows the rows that the flags select, in the form that they choose.
 *
 * @param rows - read one by one if {@link isStreamed}, otherwise collected first.
 * @throws {TpksError} `usage` for a column that the list does not have.
 */
export async function showList<Row>(
  list: List<Row>,
  rows: AsyncIterable<Row> | Iterable<Row>,
  flags: ListFlags,
  terminal: Terminal,
): Promise<void> {
  const columns = selectColumns(list, flags);
  const keys = createKeyTracker(list, flags);
  // The reader of stdout may close it before the end, as `| head -1` does.
  let isComplete = false as boolean;
  const selected = async function* (): AsyncGenerator<Row> {
    const isSelected = rowFilter(list, flags);
    const collected: Row[] = [];
    for await (const row of rows) {
      keys.see(row);
      if (!isSelected(row)) continue;
      if (flags.sortBy === undefined) yield row;
      else collected.push(row);
    }
    yield* selectRows(list, collected, { sortBy: flags.sortBy });
    isComplete = true;
  };
  await showRows(list, selected(), columns, flags, terminal);
  if (!isComplete) return;
  // Without a warning, an empty list because of a typo would look like a result.
  for (const key of keys.unknown()) {
    const suggestion = didYouMean(key, columnKeys(list));
    terminal.warn(`No ${list.noun} has ${JSON.stringify(key)}${suggestion}`);
  }
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
      return terminal.writeAll(jsonList(rows, list.isPks === true ? 3 : 2));
    case 'yaml':
      return terminal.writeAll(yamlList(rows));
    case 'name':
      return terminal.writeAll(nameLines(list, rows));
    case 'table':
    case 'wide':
    case undefined: {
      const all: Row[] = [];
      for await (const row of rows) all.push(row);
      return terminal.show({ json: all, text: tableLines(list, all, columns) });
    }
  }
}

async function* yamlList(rows: AsyncIterable<unknown>): AsyncGenerator<string> {
  const { asYaml } = await import('../../terminal/as-yaml.js');
  let isEmpty = true;
  for await (const row of rows) {
    isEmpty = false;
    // Concatenated YAML lists of one item each form one list of all items.
    yield `${(await asYaml([row])).join('\n')}\n`;
  }
  if (isEmpty) yield '[]\n';
}

async function* nameLines<Row>(
  { nameOf }: List<Row>,
  rows: AsyncIterable<Row>,
): AsyncGenerator<string> {
  for await (const row of rows) yield `${printable(nameOf(row))}\n`;
}

function selectColumns<Row>(
  list: List<Row>,
  { output, columns: wanted }: ListFlags,
): readonly Column<Row>[] {
  if (wanted === undefined) {
    return list.columns.filter(({ wide }) => output === 'wide' || wide !== true);
  }
  return wanted.map((key) => {
    const found = findColumn(list, key);
    if (found !== undefined) return found;
    const keys = columnKeys(list);
    const suggestion = didYouMean(key, keys);
    throw new TpksError('usage', `There is no column ${JSON.stringify(key)}${suggestion}`, {
      hint: `the columns are ${keys.join(', ')}`,
    });
  });
}

function tableLines<Row>(
  { above = () => [], empty, isPks }: List<Row>,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): Line[] {
  if (rows.length === 0 && empty !== undefined) return [empty];
  return [
    ...(isPks === true ? [''] : []),
    ...above(rows),
    ...table(
      columns.map(({ head }) => head),
      rows.map((row) => columns.map(({ cell }) => cell(row))),
    ),
  ];
}
