import { TpksError } from '../../base/errors.js';
import { toPlainText } from '../../base/json-value.js';
import type { Clock } from '../../base/clock.js';
import { formatTable, type Line, type Span, textOf } from '../../platform/terminal/lines.js';
import { fitLines, fitTable } from '../../platform/terminal/screen.js';
import type { OutputFormat, Terminal } from '../../platform/terminal/terminal.js';
import { formatAge } from '../format-time.js';
import { didYouMean } from '../did-you-mean.js';

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row, now: Date) => Span;
  /** Shown only with `--output wide` or `csv`, or if `--columns` names it: everywhere, or only `onTerminal`. */
  readonly wide?: true | 'onTerminal';
  /** The value that `--sort-by` and `--filter` compare and CSV contains; if absent, the text of the cell. */
  readonly value?: (row: Row) => string;
  /**
   * If the table is wider than the terminal, columns with a lower rank are kept first. Of two columns with the same
   * rank, the left one is kept first. By default, the rank is the position of the column.
   */
  readonly rank?: number;
  /** Whether cells are shortened only as a last resort, in columns that the user has chosen. For ids, which are useless if shortened. */
  readonly isWhole?: true;
}

/** A column on a terminal. Its heading is in upper case. */
export interface TerminalColumn<Row> extends Column<Row> {
  /** The name that `--columns` accepts and the help lists, if it is not derived from the heading. */
  readonly key?: string;
}

/** Creates the column with the age of a resource. @param read - returns when it was created or started. */
export function ageColumn<Row>(read: (row: Row) => Date | undefined): TerminalColumn<Row> {
  return {
    head: 'Age',
    cell: (row, now) => {
      const time = read(row);
      return time === undefined ? '' : formatAge(time, now);
    },
    value: (row) => read(row)?.toISOString() ?? '',
    rank: 2,
  };
}

/** Describes how a kind of resource is listed. */
export interface List<Row> {
  /** The kind of resource in messages, e.g. `cluster`. */
  readonly noun: string;
  readonly columns: readonly Column<Row>[];
  /**
   * The columns that a terminal shows: the name, the status, what users compare, and the age. If absent, a
   * terminal shows `columns`. Headings are in upper case.
   */
  readonly terminalColumns?: readonly TerminalColumn<Row>[];
  /**
   * Whether the user has chosen the columns, as with `--columns`. If so, cells are shortened further before a column
   * is dropped.
   */
  readonly hasChosenColumns?: true;
  /** Returns what `--output name` prints for a row. */
  readonly nameOf: (row: Row) => string;
  /** JSON fields that `--filter` and `--sort-by` accept even if no row has them. */
  readonly optionalFields?: readonly string[];
  /** Formats the rows for a terminal, unless the user chooses the columns. If absent, they are shown as a table. */
  readonly formatForTerminal?: (rows: readonly Row[], width: number) => readonly Line[];
  readonly linesAbove?: (rows: readonly Row[]) => readonly Line[];
  readonly emptyLine?: Line;
  /** Returns what `-o json` prints for the selected rows; by default, the rows. */
  readonly toJson?: (rows: readonly Row[]) => unknown;
  /** Use the layout of the `pks` CLI: an empty line above the table, JSON indented by 3 spaces. */
  readonly isPks?: true;
}

export interface ListFlags extends SelectionFlags {
  readonly output?: OutputFormat;
  readonly columns?: readonly string[];
}

/**
 * Formats rows as a table, including the lines above it.
 * @param flags - only `--columns` and `--output wide` have an effect.
 * @throws {TpksError} `usage` for an unknown column.
 */
export function formatListTable<Row>(
  list: List<Row>,
  rows: readonly Row[],
  flags: ListFlags,
  now: Date,
): Line[] {
  return tableLines(list, rows, selectColumns(list, flags), now);
}

/** Formats rows as a table that fits a terminal. */
export function formatTerminalTable<Row>(
  list: List<Row>,
  rows: readonly Row[],
  flags: ListFlags,
  { now, width }: { readonly now: Date; readonly width: number },
): readonly Line[] {
  if (rows.length === 0) return fitLines([list.emptyLine ?? `No ${list.noun}s found`], width);
  if (list.formatForTerminal !== undefined && flags.columns === undefined) {
    return list.formatForTerminal(rows, width);
  }
  const columns = selectTerminalColumns(list, flags);
  return fitTable(
    columns.map(({ head, rank, isWhole }, index) => ({
      head: head.toUpperCase(),
      rank: rank ?? index,
      isWhole,
    })),
    rows.map((row) => columns.map(({ cell }) => cell(row, now))),
    { width, isChosen: list.hasChosenColumns ?? flags.columns !== undefined },
  );
}

interface ListDeps {
  readonly terminal: Terminal;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Prints the rows that match the flags, in the requested order and output format.
 * @throws {TpksError} `usage` for an unknown column, and for a key of `--filter` or `--sort-by` that no
 *   row has. An empty list accepts every key.
 */
export async function showList<Row>(
  list: List<Row>,
  rows: readonly Row[],
  flags: ListFlags,
  { terminal, clock }: ListDeps,
): Promise<void> {
  const columns = selectColumns(list, flags);
  // Without this error, an empty result caused by a typo would look like a valid one.
  rejectUnknownKeys(list, rows, flags);
  const selected = selectRows(list, rows, flags);
  if (flags.output === 'csv' && !terminal.wantsJson()) {
    const cells = selected.map((row) => columns.map((column) => csvCell(column, row, clock.now())));
    const csv = formatCsv([columns.map(({ head }) => head), ...cells]);
    return terminal.writeUntrusted([Buffer.from(csv)]);
  }
  // The list's own `emptyLine` says that no objects exist.
  const shown =
    rows.length > 0 && list.emptyLine !== undefined
      ? { ...list, emptyLine: `No ${list.noun} matches --filter` }
      : list;
  let text: readonly Line[] = [];
  if (flags.output === 'name') text = selected.map(list.nameOf);
  else if (!terminal.wantsJson() && !terminal.usesScreen())
    text = tableLines(shown, selected, columns, clock.now());
  await terminal.show({
    json: list.toJson?.(selected) ?? selected,
    indent: list.isPks === true ? 3 : 2,
    text,
    screen: (width) => formatTerminalTable(shown, selected, flags, { now: clock.now(), width }),
    // The rows are server data, but the text for an empty list is our own.
    namesCommands: selected.length === 0,
  });
}

/** Times are absolute in CSV, so that spreadsheets can sort them. */
function csvCell<Row>({ value, cell }: Column<Row>, row: Row, now: Date): string {
  return value?.(row) ?? textOf(cell(row, now));
}

/** Checks `--columns` before any request. @throws {TpksError} `usage` for an unknown column. */
export function validateColumns<Row>(list: List<Row>, flags: ListFlags): void {
  selectColumns(list, flags);
}

function selectColumns<Row>(
  list: List<Row>,
  { output, columns: requestedKeys }: ListFlags,
): readonly Column<Row>[] {
  if (requestedKeys === undefined) {
    const isWide = output === 'wide' || output === 'csv';
    return list.columns.filter(({ wide }) => isWide || wide !== true);
  }
  return requestedKeys.map((key) => findColumn(list, key) ?? rejectUnknownColumn(list, key));
}

/** @throws {TpksError} `usage` */
function rejectUnknownColumn<Row>(list: List<Row>, key: string): never {
  const keys = columnKeys(list);
  const suggestion = didYouMean(key, keys);
  throw new TpksError('usage', `Unknown column: ${JSON.stringify(key)}${suggestion}`, {
    hint: `choose from ${keys.join(', ')}`,
  });
}

function selectTerminalColumns<Row>(
  list: List<Row>,
  { output, columns: requestedKeys }: ListFlags,
): readonly TerminalColumn<Row>[] {
  const columns: readonly TerminalColumn<Row>[] = list.terminalColumns ?? list.columns;
  if (requestedKeys === undefined) {
    return columns.filter(({ wide }) => output === 'wide' || wide === undefined);
  }
  return requestedKeys.map(
    (key) =>
      columns.find((column) => matchesKey(column, key)) ??
      findColumn(list, key) ??
      rejectUnknownColumn(list, key),
  );
}

function tableLines<Row>(
  { linesAbove = () => [], emptyLine, isPks }: List<Row>,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  now: Date,
): Line[] {
  if (rows.length === 0 && emptyLine !== undefined) return [emptyLine];
  return [
    ...(isPks === true ? [''] : []),
    ...linesAbove(rows),
    ...formatTable(
      columns.map(({ head }) => head),
      rows.map((row) => columns.map(({ cell }) => cell(row, now))),
    ),
  ];
}

/** The flags that select and sort the rows of a list. */
export interface SelectionFlags {
  /** A column or a field of the JSON output. */
  readonly sortBy?: string | undefined;
  readonly filter?: readonly Filter[];
}

/** What `--filter` selects: `key=value` or `key!=value`. */
export interface Filter {
  readonly key: string;
  /** `*` matches any characters, and `?` one character. */
  readonly value: string;
  /** Whether the rows must not match the value. */
  readonly isNegated?: boolean;
}

/** Formats a filter as it is typed. */
export function formatFilter({ key, value, isNegated = false }: Filter): string {
  return `${key}${isNegated ? '!=' : '='}${value}`;
}

/** Returns the rows that match all filters, in the requested order. */
export function selectRows<Row>(
  list: List<Row>,
  rows: readonly Row[],
  { filter = [], sortBy }: SelectionFlags,
): Row[] {
  const filters = filter.map(({ key, value, isNegated = false }) => ({
    read: createValueReader(list, key),
    pattern: createPattern(value),
    isNegated,
  }));
  const selected = rows.filter((row) =>
    filters.every(({ read, pattern, isNegated }) => pattern.test(read(row) ?? '') !== isNegated),
  );
  if (sortBy === undefined) return selected;
  const read = createValueReader(list, sortBy);
  const collator = new Intl.Collator('en', { numeric: true });
  return selected
    .map((row) => ({ row, value: read(row) ?? '' }))
    .sort((a, b) => collator.compare(a.value, b.value))
    .map(({ row }) => row);
}

function createPattern(value: string): RegExp {
  const [start = '', ...parts] = value
    .split(/\*+/)
    .map((part) => part.replaceAll(/[\\^$.+()[\]{}|/]/g, String.raw`\$&`).replaceAll('?', '.'));
  const end = parts.pop();
  // A lookahead does not backtrack, so that many `*` do not take exponential time.
  const middle = parts.map((part, index) => `(?=(.*?${part}))\\${index + 1}`).join('');
  return new RegExp(`^${start}${end === undefined ? '' : `${middle}.*${end}`}$`, 'su');
}

/** An option with a key that is neither a column nor a field of a row; probably a typo. */
interface UnknownKey {
  readonly option: '--filter' | '--sort-by';
  readonly key: string;
}

const maximumFields = 40;

/**
 * Rejects keys that no row has. An empty list accepts every key.
 * @throws {TpksError} `usage` for a key of `--filter` or `--sort-by` that no row has.
 */
export function rejectUnknownKeys<Row>(
  list: List<Row>,
  rows: readonly Row[],
  { filter = [], sortBy }: SelectionFlags,
): void {
  if (rows.length === 0) return;
  const keys: readonly UnknownKey[] = [
    ...filter.map(({ key }) => ({ option: '--filter' as const, key })),
    ...(sortBy === undefined ? [] : [{ option: '--sort-by' as const, key: sortBy }]),
  ];
  const missing = keys.find(
    ({ key }) =>
      findColumn(list, key) === undefined &&
      list.optionalFields?.includes(key) !== true &&
      !rows.some((row) => hasField(row, key)),
  );
  if (missing === undefined) return;
  const fields = new Set(rows.flatMap((row) => Object.keys(Object(row) as object)));
  throw unknownKeyError(list, missing, [...fields].slice(0, maximumFields));
}

function unknownKeyError<Row>(
  list: List<Row>,
  { option, key }: UnknownKey,
  fields: readonly string[],
): TpksError {
  const keys = columnKeys(list);
  const others = [...fields, ...(list.optionalFields ?? [])].filter(
    (field) => !keys.includes(field),
  );
  const suggestion = didYouMean(key, [...keys, ...others]);
  const fieldsText =
    others.length === 0 ? '' : `, or a JSON field: ${[...new Set(others)].sort().join(', ')}`;
  return new TpksError('usage', `Unknown key in ${option}: ${JSON.stringify(key)}${suggestion}`, {
    hint: `choose from ${keys.join(', ')}${fieldsText}`,
  });
}

/** Converts a column heading to a key, e.g. `Plan Name` to `plan-name`. */
function columnKey(head: string): string {
  return head
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** The keys that `--columns` accepts. A column without a heading has none. */
export function columnKeys<Row>({ columns, terminalColumns = [] }: List<Row>): readonly string[] {
  const keys = [
    ...columns.map(({ head }) => columnKey(head)),
    ...terminalColumns.map(({ key, head }) => key ?? columnKey(head)),
  ];
  return [...new Set(keys)].filter((key) => key !== '');
}

function findColumn<Row>(
  { columns, terminalColumns = [] }: List<Row>,
  key: string,
): Column<Row> | undefined {
  return [...columns, ...terminalColumns].find((column) => matchesKey(column, key));
}

/** The heading on a terminal can differ from the key; both are accepted. */
function matchesKey<Row>({ head, key }: TerminalColumn<Row>, typed: string): boolean {
  return typed !== '' && [columnKey(head), key].includes(typed.toLowerCase());
}

/**
 * Creates a function that reads the value of a column, or of a field of the JSON output (`a.b` for a
 * nested field), from a row. It returns `undefined` if the row does not have the field.
 * The column is looked up once, not for each row.
 */
export function createValueReader<Row>(
  list: List<Row>,
  key: string,
): (row: Row) => string | undefined {
  const column = findColumn(list, key);
  if (column?.value !== undefined) return column.value;
  if (column !== undefined) return (row) => textOf(column.cell(row, new Date(0)));
  return (row) => {
    let value: unknown = row;
    for (const part of key.split('.')) value = readOwn(value, part);
    return value === undefined || value === null ? undefined : toPlainText(value);
  };
}

/**
 * Whether a row has a field (`a.b` for a nested one). A field without a value, such as `null`, counts
 * as well, because its nested fields are unknown.
 */
function hasField(row: unknown, key: string): boolean {
  let value = row;
  for (const part of key.split('.')) {
    if (value === null || value === undefined) return true;
    if (typeof value !== 'object' || !Object.hasOwn(value, part)) return false;
    value = Reflect.get(value, part);
  }
  return true;
}

function readOwn(value: unknown, key: string): unknown {
  const hasKey = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  return hasKey ? Reflect.get(value, key) : undefined;
}

/**
 * Formats rows as CSV with CRLF line endings.
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function formatCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map(escapeCsvCell).join(',')}\r\n`).join('');
}

/** Spreadsheets run cells that start with one of these characters as formulas. @see https://owasp.org/www-community/attacks/CSV_Injection */
const formulaStart = /^[=+\-@\t\r]/;

function escapeCsvCell(text: string): string {
  const cell = formulaStart.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
