import { InvalidFilter, parseFilter, type Filter, type Operator } from './filter.js';

/** A value of a row; an instant is epoch milliseconds in a `time` column. */
export type Cell = string | number | boolean | undefined;

/** One column of the database table of a resource. */
export interface Column<Row> {
  /** `name` is a text that is sorted without regard to case. */
  readonly type: 'text' | 'name' | 'number' | 'boolean' | 'time';
  readonly of: (row: Row) => Cell;
  /** Lists cannot be sorted by it. */
  readonly unsortable?: true;
  /** Compared as if the value in the filter were empty. */
  readonly secret?: true;
  /** Few rows share a value, so an index is used to find them. */
  readonly indexed?: true;
}

/** Columns that filters and orders can name, and SCIM aliases for some of them. */
export interface Table<Row> {
  /** By name in lower case. */
  readonly columns: Readonly<Record<string, Column<Row>>>;
  /** SCIM name in lower case to column name. */
  readonly aliases: Readonly<Record<string, string>>;
}

/**
 * @returns the column to sort by.
 * @throws InvalidFilter if there is no such column.
 */
export function sortColumn<Row>(table: Table<Row>, name: string): Column<Row> {
  const column = columnOf(table, name.toLowerCase());
  if (!column || column.unsortable) throw new InvalidFilter(`no column ${name}`);
  return column;
}

/** Compares rows by a column; rows without a value come first. */
export function compareBy<Row>({ of, type }: Column<Row>): (a: Row, b: Row) => number {
  const key = (row: Row): Cell => {
    const cell = of(row);
    return type === 'name' && typeof cell === 'string' ? cell.toLowerCase() : cell;
  };
  return (a, b) => compare(key(a), key(b));
}

/**
 * Parses a filter. Single quotes, which old clients use, count as double quotes.
 *
 * @throws InvalidFilter
 */
export function parseRowFilter(text: string): Filter {
  try {
    return parseFilter(text);
  } catch {
    return parseFilter(text.replaceAll("'", '"'));
  }
}

/**
 * @returns whether a row matches a filter.
 * @throws InvalidFilter if the filter names an unknown column, or compares a column with a value of
 *   another type.
 */
export function rowFilter<Row>(table: Table<Row>, filter: Filter): (row: Row) => boolean {
  if (filter.kind === 'and' || filter.kind === 'or') {
    const left = rowFilter(table, filter.left);
    const right = rowFilter(table, filter.right);
    return filter.kind === 'and'
      ? (row) => left(row) && right(row)
      : (row) => left(row) || right(row);
  }
  const column = findColumn(table, filter.attribute);
  if (filter.kind === 'present') return (row) => column.of(row) !== undefined;
  const fits = comparison(column, filter.operator, filter.value);
  return (row) => {
    const cell = column.of(row);
    return cell !== undefined && fits(cell);
  };
}

/** `meta.created` is the column `created`. */
export function findColumn<Row>(table: Table<Row>, attribute: string): Column<Row> {
  const column = columnOf(table, attribute.toLowerCase().replace(/^meta\./, ''));
  if (!column) throw new InvalidFilter(`no column ${attribute}`);
  return column;
}

function columnOf<Row>({ columns, aliases }: Table<Row>, name: string): Column<Row> | undefined {
  const alias = Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name;
  return Object.hasOwn(columns, alias) ? columns[alias] : undefined;
}

function comparison<Row>(
  { type, secret }: Column<Row>,
  operator: Operator,
  value: string | number | boolean,
): (cell: Cell) => boolean {
  if (type === 'text' || type === 'name') {
    return textComparison(operator, secret ? '' : comparedText(value));
  }
  const instant = typeof value === 'string' ? toInstant(value) : undefined;
  if (typeof value === 'string' && instant === undefined) {
    throw new InvalidFilter(`a ${type} cannot be compared with a text`);
  }
  if (operator === 'co' || operator === 'sw') return () => false;
  if (type === 'time' && instant !== undefined) return ordering(operator, instant);
  if (type === 'number' && instant === undefined) {
    return ordering(operator, Math.trunc(Number(value)));
  }
  if (type === 'boolean' && instant === undefined) return ordering(operator, Boolean(value));
  throw new InvalidFilter(`a ${type} cannot be compared with ${String(value)}`);
}

/** The text that a filter compares cells with; case does not matter. */
export function comparedText(value: string | number | boolean): string {
  const instant = typeof value === 'string' ? toInstant(value) : undefined;
  return (instant === undefined ? formatted(value) : instantFormatted(instant)).toLowerCase();
}

/** The text of a cell; `eq` compares it with `comparedText`. */
export function cellText(cell: Cell): string | undefined {
  return cell === undefined ? undefined : String(cell).toLowerCase();
}

/** How the database formats unquoted values when it compares them with a text. */
function formatted(value: string | number | boolean): string {
  if (typeof value !== 'number') return String(value);
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${exponent.replace('+', '')}`;
}

function instantFormatted(instant: number): string {
  return new Date(instant).toISOString().replace('T', ' ').replace('Z', '000');
}

function textComparison(operator: Operator, value: string): (cell: Cell) => boolean {
  if (operator === 'co' || operator === 'sw') {
    const pattern = like(operator === 'co' ? `%${value}%` : `${value}%`);
    return (cell) => pattern.test(String(cell).toLowerCase());
  }
  const fits = ordering(operator, value);
  return (cell) => fits(String(cell).toLowerCase());
}

function ordering(operator: keyof typeof orderings, value: Cell): (cell: Cell) => boolean {
  const fits = orderings[operator];
  return (cell) => fits(compare(cell, value));
}

const orderings = {
  eq: (order: number) => order === 0,
  gt: (order: number) => order > 0,
  ge: (order: number) => order >= 0,
  lt: (order: number) => order < 0,
  le: (order: number) => order <= 0,
};

function compare(a: Cell, b: Cell): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  return a < b ? -1 : 1;
}

/** As lenient as the server's parser: fields may overflow, and anything after the Z is ignored. */
function toInstant(value: string): number | undefined {
  const fields = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)\.(\d+)Z/.exec(value)?.slice(1).map(Number);
  const [year = 0, month = 0, ...rest] = fields ?? [];
  return fields && Date.UTC(year, month - 1, ...rest);
}

/** SQL's LIKE: `%` and `_` match any text and any character. */
export function like(value: string): RegExp {
  const pattern = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${pattern.replaceAll('%', '.*').replaceAll('_', '.')}$`, 's');
}
