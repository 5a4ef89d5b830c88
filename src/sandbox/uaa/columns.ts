import { InvalidFilter, parseFilter } from './filter.js';
import type { Filter, Operator } from './filter.js';

/** A value of a row; an instant is epoch milliseconds in a `time` column. */
export type Cell = string | number | boolean | undefined;

/** One column of the table that a resource is kept in. */
export interface Column<Row> {
  /** `name` is a text whose case does not matter when rows are put in order. */
  readonly type: 'text' | 'name' | 'number' | 'boolean' | 'time';
  readonly of: (row: Row) => Cell;
  /** Answers are not to be put in order by it. */
  readonly unsortable?: true;
  /** Compared as if the filter had named the empty text. */
  readonly secret?: true;
}

/** Columns by name in lower case. */
export type Columns<Row> = Readonly<Record<string, Column<Row>>>;

/** How a table is asked: its columns, and the SCIM names that stand for some of them. */
export interface Table<Row> {
  readonly columns: Columns<Row>;
  /** SCIM name in lower case to column name. */
  readonly aliases: Readonly<Record<string, string>>;
}

/**
 * @returns what tells whether a row fits; a blank filter fits every row.
 * @throws InvalidFilter also when the filter names no column of the table, or compares a column
 *   with a value of another type.
 */
export function filterRows<Row>(table: Table<Row>, text: string): (row: Row) => boolean {
  return text.trim() === '' ? () => true : compile(table, parse(text));
}

/**
 * @returns what puts rows in order by a column; rows without a value come first.
 * @throws InvalidFilter when there is no such column.
 */
export function sortRows<Row>(table: Table<Row>, sortBy: string): (a: Row, b: Row) => number {
  const name = sortBy.toLowerCase();
  const column = table.columns[table.aliases[name] ?? name];
  if (!column || column.unsortable) throw new InvalidFilter(`no column ${sortBy}`);
  const { of, type } = column;
  const key = (row: Row): Cell => {
    const cell = of(row);
    return type === 'name' && typeof cell === 'string' ? cell.toLowerCase() : cell;
  };
  return (a, b) => compare(key(a), key(b));
}

/** A filter in single quotes is a habit of old clients: they count as double ones. */
function parse(text: string): Filter {
  try {
    return parseFilter(text);
  } catch {
    return parseFilter(text.replaceAll("'", '"'));
  }
}

function compile<Row>(table: Table<Row>, filter: Filter): (row: Row) => boolean {
  if (filter.kind === 'and' || filter.kind === 'or') {
    const left = compile(table, filter.left);
    const right = compile(table, filter.right);
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

/** `meta.created` is the column `created`; an alias wins. */
function findColumn<Row>({ columns, aliases }: Table<Row>, attribute: string): Column<Row> {
  const name = attribute.toLowerCase();
  const column = columns[aliases[name] ?? name.replace(/^meta\./, '')];
  if (!column) throw new InvalidFilter(`no column ${attribute}`);
  return column;
}

function comparison<Row>(
  { type, secret }: Column<Row>,
  operator: Operator,
  value: string | number | boolean,
): (cell: Cell) => boolean {
  const isText = type === 'text' || type === 'name';
  if (typeof value === 'string') {
    const instant = toInstant(value);
    if (instant !== undefined) {
      if (type === 'time') return ordering(operator, instant);
    } else if (isText) {
      return textComparison(operator, secret ? '' : value.toLowerCase());
    }
    throw new InvalidFilter(`a ${type} cannot be compared with ${value}`);
  }
  // The database compares a text with a number's own spelling, which no name has.
  if (isText) return () => false;
  if (typeof value === 'number' && type === 'number') return ordering(operator, Math.trunc(value));
  if (typeof value === 'boolean' && type === 'boolean') return ordering(operator, value);
  throw new InvalidFilter(`a ${type} cannot be compared with ${String(value)}`);
}

function textComparison(operator: Operator, value: string): (cell: Cell) => boolean {
  if (operator === 'co' || operator === 'sw') {
    const pattern = like(operator === 'co' ? `%${value}%` : `${value}%`);
    return (cell) => pattern.test(String(cell).toLowerCase());
  }
  const fits = ordering(operator, value);
  return (cell) => fits(String(cell).toLowerCase());
}

/** SQL's LIKE: `%` and `_` in a filter's value stand for any text and any character. */
function like(value: string): RegExp {
  const pattern = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${pattern.replaceAll('%', '.*').replaceAll('_', '.')}$`, 's');
}

function ordering(operator: Operator, value: Cell): (cell: Cell) => boolean {
  const test = orderings[operator];
  if (!test) throw new InvalidFilter(`${operator} is for texts`);
  return (cell) => test(compare(cell, value));
}

const orderings: Readonly<Partial<Record<Operator, (order: number) => boolean>>> = {
  eq: (order) => order === 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

function compare(a: Cell, b: Cell): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  return a < b ? -1 : 1;
}

function toInstant(value: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}
