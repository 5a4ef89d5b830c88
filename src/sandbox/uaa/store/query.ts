import type { Collection, Order } from '../../storage/collection.js';
import {
  toCellText,
  createRowComparison,
  toComparableText,
  findColumn,
  parseRowFilter,
  createRowFilter,
  findSortColumns,
  type Column,
  type Table,
} from './columns.js';
import { InvalidFilterError, type Filter } from './filter.js';
import { formatSql } from './sql.js';

/** Parameters of a list request. */
export interface Query {
  /** If blank, all rows match. */
  readonly filter: string;
  readonly sortBy: string;
  readonly isAscending: boolean;
}

/** The rows of a resource, and the columns for queries. */
export interface Source<Row> {
  readonly rows: Collection<Row>;
  /** Columns that can be used in filters. */
  readonly filterTable: Table<Row>;
  /** Columns that can be used for sorting. For most resources, this is the same table. */
  readonly sortTable: Table<Row>;
}

/** The rows that a query found. */
export interface QueryResult<Row> {
  readonly total: number;
  /** @param start - index of the first row, starting at 0. */
  readonly page: (start: number, count: number) => readonly Row[];
}

/**
 * Runs a query. Without a filter, only the rows of the requested page are read. With `eq` on an indexed
 * column, or with several such comparisons joined by `or`, only the matching rows are read. Other
 * filters read every row.
 *
 * @throws InvalidFilterError if the filter or the sort column is invalid for the table.
 */
export function findRows<Row>(
  source: Source<Row>,
  { filter: text, sortBy, isAscending }: Query,
): QueryResult<Row> {
  const { rows, filterTable, sortTable } = source;
  const filter = text.trim() === '' ? undefined : parseRowFilter(text);
  const matchesFilter = filter && createRowFilter(filterTable, filter);
  const sortColumns = findSortColumns(sortTable, sortBy);
  if (!sortColumns) {
    const found = matchesFilter ? rows.all().filter(matchesFilter) : rows.all();
    return createFailingResult(found.length, (start) => {
      const { database = { table: '', columns: [] }, aliases } = sortTable;
      return formatSql({ ...database, filter, aliases, sortBy, isAscending }, start);
    });
  }
  const [column, ...otherColumns] = sortColumns;
  if (!column) throw new InvalidFilterError('no column to sort by');
  const compare = createSortComparison(sortColumns, isAscending);
  const getOrder = (): Pick<Order<Row>, 'slice' | 'filter'> =>
    otherColumns.length === 0 ? rows.getOrder(column, compare) : rows.sort(rows.all(), compare);
  if (!filter || !matchesFilter) return createResult(rows.size(), getOrder(), isAscending);

  const candidates = new Set<Row>();
  const isIndexed = addIndexedRows(candidates, source, filter);
  const found = isIndexed
    ? rows.sort(candidates, compare).filter(matchesFilter)
    : getOrder().filter(matchesFilter);
  return createResult(found.length, found, isAscending);
}

/** Creates the result of a query that the database rejects only if it has to return rows. */
function createFailingResult<Row>(
  total: number,
  toSql: (start: number) => string,
): QueryResult<Row> {
  return {
    total,
    page(start, count) {
      if (start < total && count > 0) throw new InvalidSqlError(toSql(start));
      return [];
    },
  };
}

/** Thrown for a query that the database cannot run. The message is the query. */
export class InvalidSqlError extends Error {}

/**
 * Creates a function that compares rows by several columns. In SQL, `DESC` applies only to the last of
 * them. For a descending order, the rows are read from the end, so the other columns are compared in
 * reverse.
 */
function createSortComparison<Row>(
  columns: readonly Column<Row>[],
  isAscending: boolean,
): (a: Row, b: Row) => number {
  const comparisons = columns.map(createRowComparison);
  const last = comparisons.length - 1;
  return (a, b) => {
    for (const [index, compare] of comparisons.entries()) {
      const order = compare(a, b);
      if (order !== 0) return index === last || isAscending ? order : -order;
    }
    return 0;
  };
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

/**
 * Uses indexes to add candidates to `found`: all rows that match a filter, and possibly others.
 *
 * @returns false if no index can be used.
 */
function addIndexedRows<Row>(found: Set<Row>, source: Source<Row>, filter: Filter): boolean {
  const addPart = (part: Filter): boolean => addIndexedRows(found, source, part);
  if (filter.kind === 'and') return addPart(filter.left) || addPart(filter.right);
  if (filter.kind === 'or') return addPart(filter.left) && addPart(filter.right);
  if (filter.kind === 'present' || filter.operator !== 'eq') return false;
  const column = findColumn(source.filterTable, filter.attribute);
  if (!column.isIndexed) return false;
  const index = source.rows.getIndex(column, (row) => toCellText(column.getValue(row)));
  for (const row of index(toComparableText(filter.value))) found.add(row);
  return true;
}
