import { InvalidFilterError, parseFilter, type Filter, type Operator } from './filter.js';

/** The value of a row in a column. In a `time` column, it is in epoch milliseconds. */
export type Cell = string | number | boolean | undefined;

/** One column of the database table of a resource. */
export interface Column<Row> {
  /** A `name` is text that is sorted case-insensitively. */
  readonly type: 'text' | 'name' | 'number' | 'boolean' | 'time';
  readonly getValue: (row: Row) => Cell;
  /** Whether sorting by this column is an error. */
  readonly isUnsortable?: true;
  /** Whether filters cannot use this column, or can use it only through an alias. */
  readonly isUnfilterable?: true | 'except by alias';
  /** Whether a number has 64 bits instead of 32. */
  readonly isLarge?: true;
  /** Whether the value in a filter is ignored, so the column is compared with an empty string. */
  readonly isSecret?: true;
  /** Whether rows are found through an index, because few rows share a value. */
  readonly isIndexed?: true;
}

/** Columns that can be used in filters and for sorting, and SCIM aliases for some of them. */
export interface Table<Row> {
  /** Columns by lower-case name. */
  readonly columns: Readonly<Record<string, Column<Row>>>;
  /** Column names by SCIM name, which is case-sensitive. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The database table of the real server. Lists can be sorted by the number of a column in it. */
  readonly database?: { readonly table: string; readonly columns: readonly string[] };
}

/**
 * Finds the columns to sort by.
 *
 * @param names - names of columns or their numbers in the database table, separated by commas.
 * @returns undefined if a number is out of range. The real server fails only when it runs the query.
 * @throws InvalidFilterError if a column does not exist.
 */
export function findSortColumns<Row>(
  table: Table<Row>,
  names: string,
): readonly Column<Row>[] | undefined {
  const columns = names.split(',').map((text) => {
    const name = text.trim();
    const isNumber = /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) < 2 ** 31;
    if (isNumber && table.database) return findColumnByNumber(table, text);
    const column = getColumn(table, name);
    if (!column || column.isUnsortable) throw new InvalidFilterError(`no column ${name}`);
    return column;
  });
  return columns.every((column) => column !== undefined) ? columns : undefined;
}

function findColumnByNumber<Row>(table: Table<Row>, text: string): Column<Row> | undefined {
  // With a sign, a number is an expression, which has the same value for each row.
  if (/^[+-]/.test(text)) return constantColumn;
  const name = table.database?.columns[Number(text) - 1];
  return name === undefined ? undefined : getColumn(table, name);
}

const constantColumn: Column<unknown> = { type: 'number', getValue: () => 0 };

/** Creates a function that compares rows by a column. Rows without a value come first. */
export function createRowComparison<Row>({
  getValue,
  type,
}: Column<Row>): (a: Row, b: Row) => number {
  const key = (row: Row): Cell => {
    const cell = getValue(row);
    return type === 'name' && typeof cell === 'string' ? cell.toLowerCase() : cell;
  };
  return (a, b) => compareCells(key(a), key(b));
}

/**
 * Parses a filter. Accepts single quotes instead of double quotes, because old clients use them.
 *
 * @throws InvalidFilterError
 */
export function parseRowFilter(text: string): Filter {
  try {
    return parseFilter(text);
  } catch {
    return parseFilter(text.replaceAll("'", '"'));
  }
}

/**
 * Creates a function that tests whether a row matches a filter.
 *
 * @throws InvalidFilterError if the filter names an unknown column, or compares a column with a value of
 *   another type.
 */
export function createRowFilter<Row>(table: Table<Row>, filter: Filter): (row: Row) => boolean {
  if (filter.kind === 'and' || filter.kind === 'or') {
    const left = createRowFilter(table, filter.left);
    const right = createRowFilter(table, filter.right);
    return filter.kind === 'and'
      ? (row) => left(row) && right(row)
      : (row) => left(row) || right(row);
  }
  const column = findColumn(table, filter.attribute);
  if (filter.kind === 'present') return (row) => column.getValue(row) !== undefined;
  const matches = createComparison(column, filter.operator, filter.value);
  return (row) => {
    const cell = column.getValue(row);
    return cell !== undefined && matches(cell);
  };
}

/**
 * Finds the column for an attribute in a filter.
 *
 * @throws InvalidFilterError if the column does not exist.
 */
export function findColumn<Row>(table: Table<Row>, attribute: string): Column<Row> {
  // Only these metadata can be used with the prefix.
  const name = /^meta\.(lastmodified|created|version)$/i.test(attribute)
    ? attribute.replace(/^meta\./, '')
    : attribute;
  const column = getColumn(table, name);
  const isAlias = Object.hasOwn(table.aliases, name);
  const { isUnfilterable } = column ?? {};
  if (!column || isUnfilterable === true || (isUnfilterable && !isAlias)) {
    throw new InvalidFilterError(`Invalid filter attributes:${attribute}`);
  }
  return column;
}

function getColumn<Row>({ columns, aliases }: Table<Row>, name: string): Column<Row> | undefined {
  const alias = Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name.toLowerCase();
  return Object.hasOwn(columns, alias) ? columns[alias] : undefined;
}

function createComparison<Row>(
  { type, isSecret, isLarge }: Column<Row>,
  operator: Operator,
  value: string | number | boolean,
): (cell: Cell) => boolean {
  if (type === 'text' || type === 'name') {
    return createTextComparison(operator, isSecret ? '' : toText(value));
  }
  const instant = typeof value === 'string' ? parseInstant(value) : undefined;
  if (typeof value === 'string' && instant === undefined) {
    throw new InvalidFilterError(`a ${type} cannot be compared with text`);
  }
  if (operator === 'co' || operator === 'sw') return () => false;
  if (type === 'time' && instant !== undefined) return createOrderComparison(operator, instant);
  if (type === 'number' && instant === undefined) {
    const number = Math.trunc(Number(value));
    const bits = isLarge ? 63 : 31;
    if (Math.abs(number) >= 2 ** bits) throw new InvalidFilterError('number out of range');
    return createOrderComparison(operator, number);
  }
  if (type === 'boolean' && instant === undefined) {
    return createOrderComparison(operator, Boolean(value));
  }
  throw new InvalidFilterError(`a ${type} cannot be compared with ${String(value)}`);
}

/** Converts a value in a filter to the text that `eq` compares cells with. */
export function toComparableText(value: string | number | boolean): string {
  return trimPadding(toText(value));
}

function toText(value: string | number | boolean): string {
  const instant = typeof value === 'string' ? parseInstant(value) : undefined;
  const text = instant === undefined ? formatUnquoted(value) : formatInstant(instant);
  return text.toLowerCase();
}

/** Converts a cell to the text that `eq` compares with the result of `toComparableText`. */
export function toCellText(cell: Cell): string | undefined {
  return cell === undefined ? undefined : trimPadding(String(cell).toLowerCase());
}

/** The real server's database ignores spaces at the end of texts when it compares them. */
export function trimPadding(text: string): string {
  return text.replace(/ +$/, '');
}

/** Formats an unquoted value as the database does when it compares the value with text. */
function formatUnquoted(value: string | number | boolean): string {
  if (typeof value !== 'number') return String(value);
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${exponent.replace('+', '')}`;
}

function formatInstant(instant: number): string {
  return new Date(instant).toISOString().replace('T', ' ').replace('Z', '000');
}

function createTextComparison(operator: Operator, value: string): (cell: Cell) => boolean {
  if (operator === 'co' || operator === 'sw') {
    const pattern = createLikePattern(operator === 'co' ? `%${value}%` : `${value}%`);
    return (cell) => pattern.test(String(cell).toLowerCase());
  }
  const matches = createOrderComparison(operator, trimPadding(value));
  return (cell) => matches(toCellText(cell));
}

function createOrderComparison(
  operator: keyof typeof orderTests,
  value: Cell,
): (cell: Cell) => boolean {
  const matches = orderTests[operator];
  return (cell) => matches(compareCells(cell, value));
}

const orderTests = {
  eq: (order: number) => order === 0,
  gt: (order: number) => order > 0,
  ge: (order: number) => order >= 0,
  lt: (order: number) => order < 0,
  le: (order: number) => order <= 0,
};

function compareCells(a: Cell, b: Cell): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  return a < b ? -1 : 1;
}

/**
 * Parses a timestamp as leniently as the real server: fields may be out of range, and anything after
 * the Z is ignored. Returns undefined for other text.
 */
export function parseInstant(value: string): number | undefined {
  const fields = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)\.(\d+)Z/.exec(value)?.slice(1).map(Number);
  const [year = 0, month = 0, ...rest] = fields ?? [];
  return fields && Date.UTC(year, month - 1, ...rest);
}

/** Converts an SQL LIKE pattern: `%` matches any text, and `_` matches any character. */
export function createLikePattern(value: string): RegExp {
  const pattern = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${pattern.replaceAll('%', '.*').replaceAll('_', '.')}$`, 's');
}
