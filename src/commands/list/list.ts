import { Option, type Command } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import { TpksError } from '../../errors.js';
import { jsonList } from '../../terminal/json-list.js';
import { printable } from '../../terminal/sanitize.js';
import { table } from '../../terminal/table.js';
import type { Line, Span, Terminal } from '../../terminal/terminal.js';

/** One column of a list. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => Span;
  /** Shown by `--output wide` or `--columns` alone. */
  readonly wide?: true;
}

/** How a kind of thing looks as a list. */
export interface List<Row> {
  readonly columns: readonly Column<Row>[];
  /** What `--output name` prints. */
  readonly nameOf: (row: Row) => string;
  /** Lines above the table. */
  readonly above?: (rows: readonly Row[]) => readonly Line[];
}

const outputs = ['table', 'wide', 'json', 'yaml', 'name'] as const;

export interface ListFlags {
  readonly output?: (typeof outputs)[number];
  readonly columns?: readonly string[];
}

/** The options that every list of the PKS API has. */
export function addListOptions<Row>(command: Command, { columns }: List<Row>): Command {
  const keys = columns.map(({ head }) => keyOf(head));
  const choice = new Option('--columns <list>', 'show these columns, in this order');
  return command
    .addOption(new Option('-o, --output <form>', 'how to print the list').choices(outputs))
    .addOption(withCompleter(choice, () => Promise.resolve(keys)).argParser(toWords))
    .addHelpText('after', `\nColumns: ${keys.join(', ')}`);
}

/**
 * The table as the original prints it, an empty line above.
 *
 * @param flags - `--columns` and `--output wide` count; any other output is the caller's.
 * @throws {TpksError} `usage` for a column that the list does not have.
 */
export function listTable<Row>(
  list: List<Row>,
  rows: readonly Row[],
  flags: ListFlags = {},
): Line[] {
  return lines(list, rows, chosenColumns(list, flags));
}

/**
 * Whether a list is printed item by item, so that it is never completely in memory. A table cannot be:
 * the width of a column depends on its longest cell.
 */
export function isStreamed({ output = 'table' }: ListFlags, terminal: Terminal): boolean {
  return terminal.wantsJson() || !['table', 'wide'].includes(output);
}

/**
 * Shows a list in the form that the flags choose.
 * @param rows - read one by one if {@link isStreamed}, otherwise collected first.
 * @throws {TpksError} `usage` for a column that the list does not have.
 */
export async function showList<Row>(
  list: List<Row>,
  rows: AsyncIterable<Row> | readonly Row[],
  flags: ListFlags,
  terminal: Terminal,
): Promise<void> {
  const chosen = chosenColumns(list, flags);
  switch (terminal.wantsJson() ? 'json' : flags.output) {
    case 'json':
      return terminal.writeAll(jsonList(rows, 3));
    case 'yaml':
      return terminal.writeAll(yamlList(rows));
    case 'name':
      return terminal.writeAll(nameLines(list, rows));
    case 'table':
    case 'wide':
    case undefined: {
      const all: Row[] = [];
      for await (const row of rows) all.push(row);
      return terminal.show({ json: all, text: lines(list, all, chosen) });
    }
  }
}

async function* yamlList(rows: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<string> {
  const { asYaml } = await import('../uaa/as-yaml.js');
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
  rows: AsyncIterable<Row> | Iterable<Row>,
): AsyncGenerator<string> {
  for await (const row of rows) yield `${printable(nameOf(row))}\n`;
}

/**
 * Finds the value of a column, or of one of the server's own fields (`a.b` for nested ones). The key
 * is resolved once, not for each row.
 * @returns a function from a row to its value, which is `undefined` if the row does not have it.
 */
export function valueReader<Row>(
  { columns }: List<Row>,
  key: string,
): (row: Row) => string | undefined {
  const column = columns.find(({ head }) => keyOf(head) === key);
  if (column !== undefined) return (row) => textOf(column.cell(row));
  const path = key.split('.');
  return (row) => {
    let value: unknown = row;
    for (const part of path) {
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, part)
          ? Reflect.get(value, part)
          : undefined;
    }
    if (value === undefined || value === null) return undefined;
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
}

function chosenColumns<Row>(
  { columns }: List<Row>,
  { output, columns: wanted }: ListFlags,
): readonly Column<Row>[] {
  if (wanted === undefined) {
    return columns.filter(({ wide }) => output === 'wide' || wide !== true);
  }
  return wanted.map((key) => {
    const found = columns.find(({ head }) => keyOf(head) === key.toLowerCase());
    if (found !== undefined) return found;
    throw new TpksError('usage', `There is no column ${JSON.stringify(key)}`, {
      hint: `the columns are ${columns.map(({ head }) => keyOf(head)).join(', ')}`,
    });
  });
}

function lines<Row>(
  { above = () => [] }: List<Row>,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): Line[] {
  return [
    '',
    ...above(rows),
    ...table(
      columns.map(({ head }) => head),
      rows.map((row) => columns.map(({ cell }) => cell(row))),
    ),
  ];
}

/** `Plan Name` is asked for as `plan-name`. */
function keyOf(head: string): string {
  return head
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .replace(/^-|-$/g, '');
}

function textOf(span: Span): string {
  return typeof span === 'string' ? span : span.text;
}

function toWords(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}
