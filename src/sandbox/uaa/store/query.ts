import type { Collection, Order } from '../../storage.js';

/** The value of a row in a column. In a `time` column, it is in epoch milliseconds. */
type Cell = string | number | boolean | undefined;

/** A property of a resource that can be used in filters and for sorting. */
export interface Column<Row> {
  readonly type: 'text' | 'number' | 'boolean' | 'time';
  readonly getValue: (row: Row) => Cell;
  /** Whether to use an index, which is useful if few rows have the same value. */
  readonly isIndexed?: true;
}

/** Columns by lower-case name. */
export type Table<Row> = Readonly<Record<string, Column<Row>>>;

interface Query {
  /** If blank, all rows match. */
  readonly filter: string;
  readonly sortBy: string;
  readonly isAscending: boolean;
}

/** The rows of a resource, and the columns for queries. */
export interface Source<Row> {
  readonly rows: Collection<Row>;
  readonly filterTable: Table<Row>;
  /** The same as `filterTable` for most resources. */
  readonly sortTable: Table<Row>;
}

export interface QueryResult<Row> {
  readonly total: number;
  /** @param start - index of the first row, starting at 0. */
  readonly page: (start: number, count: number) => readonly Row[];
}

/**
 * Runs a query. Without a filter, only the rows of the requested page are read. With `eq` on an
 * indexed column, or with several such comparisons joined by `or`, only the matching rows are read.
 * Other filters read every row.
 * @throws InvalidFilterError if the filter or the sort column is invalid for the table.
 */
export function findRows<Row>(
  source: Source<Row>,
  { filter: text, sortBy, isAscending }: Query,
): QueryResult<Row> {
  const { rows, filterTable, sortTable } = source;
  const columns = sortBy.split(',').map((name) => findColumn(sortTable, name));
  const compare = createComparison(columns);
  const order =
    columns.length === 1 ? rows.getOrder(columns[0], compare) : rows.sort(rows.all(), compare);
  if (text.trim() === '') return createResult(rows.size(), order, isAscending);

  const filter = parseRowFilter(text);
  const matches = createRowFilter(filterTable, filter);
  const candidates = new Set<Row>();
  const found = addIndexedRows(candidates, source, filter)
    ? rows.sort(candidates, compare).filter(matches)
    : order.filter(matches);
  return createResult(found.length, found, isAscending);
}

/** Like {@link parseFilter}, but also accepts single quotes, because old clients use them. */
function parseRowFilter(text: string): Filter {
  try {
    return parseFilter(text);
  } catch {
    return parseFilter(text.replaceAll("'", '"'));
  }
}

function createResult<Row>(
  total: number,
  sorted: Pick<Order<Row>, 'slice'>,
  isAscending: boolean,
): QueryResult<Row> {
  return {
    total,
    page(start, count) {
      const end = Math.min(start + count, total);
      if (start >= end) return [];
      if (isAscending) return sorted.slice(start, end);
      return sorted.slice(total - end, total - start).toReversed();
    },
  };
}

function findColumn<Row>(table: Table<Row>, name: string): Column<Row> {
  const key = name.trim().toLowerCase();
  const column = Object.hasOwn(table, key) ? table[key] : undefined;
  if (!column) throw new InvalidFilterError(`Unknown attribute ${name}`);
  return column;
}

/** Finds the column for an attribute in a filter. Metadata can have the prefix `meta.`. */
function findFilterColumn<Row>(table: Table<Row>, attribute: string): Column<Row> {
  return findColumn(table, attribute.replace(/^meta\.(?=(version|created|lastModified)$)/i, ''));
}

/**
 * Uses indexes to find all rows that match a filter, and possibly others, and adds them to `found`.
 * @returns false if no index can be used.
 */
function addIndexedRows<Row>(found: Set<Row>, source: Source<Row>, filter: Filter): boolean {
  const addPart = (part: Filter): boolean => addIndexedRows(found, source, part);
  if (filter.kind === 'and') return addPart(filter.left) || addPart(filter.right);
  if (filter.kind === 'or') return addPart(filter.left) && addPart(filter.right);
  if (filter.kind === 'present' || filter.operator !== 'eq') return false;
  const column = findFilterColumn(source.filterTable, filter.attribute);
  if (!column.isIndexed) return false;
  const index = source.rows.getIndex(column, (row) => toKey(column.getValue(row))?.toString());
  for (const row of index(String(filter.value).toLowerCase())) found.add(row);
  return true;
}

/**
 * Creates a function that tests whether a row matches a filter.
 * @throws InvalidFilterError if the filter names an unknown column, or compares a column with a
 *   value of another type.
 */
function createRowFilter<Row>(table: Table<Row>, filter: Filter): (row: Row) => boolean {
  if (filter.kind === 'and' || filter.kind === 'or') {
    const left = createRowFilter(table, filter.left);
    const right = createRowFilter(table, filter.right);
    return filter.kind === 'and'
      ? (row) => left(row) && right(row)
      : (row) => left(row) || right(row);
  }
  const column = findFilterColumn(table, filter.attribute);
  if (filter.kind === 'present') return (row) => column.getValue(row) !== undefined;
  const expected = convertValue(column, filter.value);
  const matches = operations[filter.operator];
  return (row) => {
    const cell = toKey(column.getValue(row));
    return cell !== undefined && matches(cell, expected);
  };
}

/** Converts a value in a filter to the type of a column. */
function convertValue<Row>({ type }: Column<Row>, value: FilterValue): Exclude<Cell, undefined> {
  if (type === 'text') return String(value).toLowerCase();
  if (type === 'time' && typeof value === 'string') {
    const time = /^\d+-\d+-\d+T[\d:]+\.\d+Z/.test(value) ? Date.parse(value) : NaN;
    if (!Number.isNaN(time)) return time;
  }
  if (type === 'time' || typeof value === 'string') {
    throw new InvalidFilterError(`A ${type} cannot be compared with ${String(value)}`);
  }
  if (type === 'boolean') return Boolean(value);
  if (Math.abs(Number(value)) >= 2 ** 63) throw new InvalidFilterError('Number out of range');
  return Math.trunc(Number(value));
}

type Comparison = (cell: Exclude<Cell, undefined>, value: Exclude<Cell, undefined>) => boolean;

const operations: Readonly<Record<Operator, Comparison>> = {
  eq: (cell, value) => cell === value,
  gt: (cell, value) => cell > value,
  ge: (cell, value) => cell >= value,
  lt: (cell, value) => cell < value,
  le: (cell, value) => cell <= value,
  // Only strings can contain other strings.
  co: (cell, value) =>
    typeof cell === 'string' && createLikePattern(`%${String(value)}%`).test(cell),
  sw: (cell, value) =>
    typeof cell === 'string' && createLikePattern(`${String(value)}%`).test(cell),
};

/** Converts an SQL `LIKE` pattern, in which `%` matches any text, and `_` matches any character. */
export function createLikePattern(text: string): RegExp {
  const pattern = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${pattern.replace(/%+/g, '.*').replaceAll('_', '.')}$`, 's');
}

/** Converts a cell so that strings are compared case-insensitively. */
function toKey(cell: Cell): Cell {
  return typeof cell === 'string' ? cell.toLowerCase() : cell;
}

function createComparison<Row>(columns: readonly Column<Row>[]): (a: Row, b: Row) => number {
  return (a, b) => {
    for (const { getValue } of columns) {
      const order = compareCells(toKey(getValue(a)), toKey(getValue(b)));
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** Rows without a value come first. */
function compareCells(a: Cell, b: Cell): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  return a < b ? -1 : 1;
}

/** A parsed SCIM filter. */
export type Filter =
  | { readonly kind: 'and'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'present'; readonly attribute: string }
  | {
      readonly kind: 'compare';
      readonly attribute: string;
      readonly operator: Operator;
      /** A string if the value is quoted. */
      readonly value: FilterValue;
    };

type FilterValue = string | number | boolean;

const operators = ['eq', 'co', 'sw', 'gt', 'ge', 'lt', 'le'] as const;

type Operator = (typeof operators)[number];

/** Thrown for a filter that cannot be parsed, or that is invalid for the columns of a table. */
export class InvalidFilterError extends Error {}

/**
 * Parses a SCIM 1.0 filter. `and` has precedence over `or`, and keywords are case-insensitive.
 * @throws InvalidFilterError
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-scim-api-01#section-3.2.2.1
 */
export function parseFilter(text: string): Filter {
  // Parentheses, quoted texts and words.
  const tokens: string[] = text.match(/[()]|"(?:[^"\\]|\\.)*"|[^ ()]+/gs) ?? [];
  if (tokens.length > maximumTokens) throw new InvalidFilterError('The filter is too long');
  const filter = parseCombination(tokens, 'or');
  if (tokens.length > 0) throw new InvalidFilterError(`Unexpected ${String(tokens[0])}`);
  return filter;
}

const maximumTokens = 10_000;

/** Parses and removes the tokens of one or more terms that are joined by `kind`. */
function parseCombination(tokens: string[], kind: 'and' | 'or'): Filter {
  const parsePart = (): Filter =>
    kind === 'or' ? parseCombination(tokens, 'and') : parseTerm(tokens);
  let filter = parsePart();
  while (tokens[0]?.toLowerCase() === kind) {
    tokens.shift();
    filter = { kind, left: filter, right: parsePart() };
  }
  return filter;
}

function parseTerm(tokens: string[]): Filter {
  const first = tokens.shift() ?? '';
  if (first === '(') {
    const filter = parseCombination(tokens, 'or');
    if (tokens.shift() !== ')') throw new InvalidFilterError('Missing closing parenthesis');
    return filter;
  }
  const attribute = parseAttribute(first);
  const word = tokens.shift()?.toLowerCase();
  if (word === 'pr') return { kind: 'present', attribute };
  const operator = operators.find((name) => name === word);
  if (!operator) throw new InvalidFilterError(`Unknown operator ${String(word)}`);
  return { kind: 'compare', attribute, operator, value: parseValue(tokens.shift() ?? '') };
}

/** Returns the attribute without the URN of its schema. */
function parseAttribute(word: string): string {
  const attribute = /^(?:.+:)?([\w$-]+(?:\.[\w$.-]+)?)$/.exec(word)?.[1];
  if (attribute === undefined) throw new InvalidFilterError(`Invalid attribute ${word}`);
  return attribute;
}

function parseValue(token: string): FilterValue {
  if (/^(true|false)$/i.test(token)) return token.toLowerCase() === 'true';
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(token)) return Number(token);
  try {
    if (token.startsWith('"')) return JSON.parse(token) as string;
  } catch {
    // Reported below.
  }
  throw new InvalidFilterError(`Invalid value ${token}`);
}
