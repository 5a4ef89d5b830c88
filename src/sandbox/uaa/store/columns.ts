import { InvalidFilterError, parseFilter, type Filter, type Operator } from './filter.js';

/** A value of a row; an instant is epoch milliseconds in a `time` column. */
export type Cell = string | number | boolean | undefined;

/** One column of the database table of a resource. */
export interface Column<Row> {
  /** `name` is a text that is sorted without regard to case. */
  readonly type: 'text' | 'name' | 'number' | 'boolean' | 'time';
  readonly getValue: (row: Row) => Cell;
  /** Lists cannot be sorted by it. */
  readonly isUnsortable?: true;
  /** Compared as if the value in the filter were empty. */
  readonly isSecret?: true;
  /** Few rows share a value, so an index is used to find them. */
  readonly isIndexed?: true;
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
export function findSortColumn<Row>(table: Table<Row>, name: string): Column<Row> {
  const column = getColumn(table, name.toLowerCase());
  if (!column || column.isUnsortable) throw new InvalidFilterError(`no column ${name}`);
  return column;
}

/** Compares rows by a column; rows without a value come first. */
export function createRowComparison<Row>({
  getValue: of,
  type,
}: Column<Row>): (a: Row, b: Row) => number {
  const key = (row: Row): Cell => {
    const cell = of(row);
    return type === 'name' && typeof cell === 'string' ? cell.toLowerCase() : cell;
  };
  return (a, b) => compareCells(key(a), key(b));
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

/** `meta.created` is the column `created`. */
export function findColumn<Row>(table: Table<Row>, attribute: string): Column<Row> {
  const column = getColumn(table, attribute.toLowerCase().replace(/^meta\./, ''));
  if (!column) throw new InvalidFilterError(`no column ${attribute}`);
  return column;
}

function getColumn<Row>({ columns, aliases }: Table<Row>, name: string): Column<Row> | undefined {
  const alias = Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name;
  return Object.hasOwn(columns, alias) ? columns[alias] : undefined;
}

function createComparison<Row>(
  { type, isSecret: secret }: Column<Row>,
  operator: Operator,
  value: string | number | boolean,
): (cell: Cell) => boolean {
  if (type === 'text' || type === 'name') {
    return createTextComparison(operator, secret ? '' : toComparableText(value));
  }
  const instant = typeof value === 'string' ? parseInstant(value) : undefined;
  if (typeof value === 'string' && instant === undefined) {
    throw new InvalidFilterError(`a ${type} cannot be compared with a text`);
  }
  if (operator === 'co' || operator === 'sw') return () => false;
  if (type === 'time' && instant !== undefined) return createOrderComparison(operator, instant);
  if (type === 'number' && instant === undefined) {
    return createOrderComparison(operator, Math.trunc(Number(value)));
  }
  if (type === 'boolean' && instant === undefined)
    return createOrderComparison(operator, Boolean(value));
  throw new InvalidFilterError(`a ${type} cannot be compared with ${String(value)}`);
}

/** The text that a filter compares cells with; case does not matter. */
export function toComparableText(value: string | number | boolean): string {
  const instant = typeof value === 'string' ? parseInstant(value) : undefined;
  return (instant === undefined ? formatUnquoted(value) : formatInstant(instant)).toLowerCase();
}

/** The text of a cell; `eq` compares it with `comparedText`. */
export function toCellText(cell: Cell): string | undefined {
  return cell === undefined ? undefined : String(cell).toLowerCase();
}

/** How the database formats unquoted values when it compares them with a text. */
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
  const fits = createOrderComparison(operator, value);
  return (cell) => fits(String(cell).toLowerCase());
}

function createOrderComparison(
  operator: keyof typeof orderTests,
  value: Cell,
): (cell: Cell) => boolean {
  const fits = orderTests[operator];
  return (cell) => fits(compareCells(cell, value));
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

/** As lenient as the server's parser: fields may overflow, and anything after the Z is ignored. */
function parseInstant(value: string): number | undefined {
  const fields = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)\.(\d+)Z/.exec(value)?.slice(1).map(Number);
  const [year = 0, month = 0, ...rest] = fields ?? [];
  return fields && Date.UTC(year, month - 1, ...rest);
}

/** SQL's LIKE: `%` and `_` match any text and any character. */
export function createLikePattern(value: string): RegExp {
  const pattern = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${pattern.replaceAll('%', '.*').replaceAll('_', '.')}$`, 's');
}
