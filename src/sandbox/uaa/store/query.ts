import type { Collection } from '../../storage/collection.js';
import {
  toCellText,
  createRowComparison,
  toComparableText,
  findColumn,
  parseRowFilter,
  createRowFilter,
  findSortColumn,
  type Table,
} from './columns.js';
import type { Filter } from './filter.js';

/** Parameters of a list request. */
export interface Query<Row> {
  /** Blank: all rows. */
  readonly filter: string;
  readonly sortBy: string;
  readonly isAscending: boolean;
  /** Whether a row exists for this request; if absent, all do. */
  readonly isVisible?: ((row: Row) => boolean) | undefined;
}

/** Rows, and how they can be queried. */
export interface Source<Row> {
  readonly rows: Collection<Row>;
  /** Columns for filters. */
  readonly filterTable: Table<Row>;
  /** Columns for orders; for most resources the same as for filters. */
  readonly sortTable: Table<Row>;
}

/** The rows that a query found. */
export interface QueryResult<Row> {
  readonly total: number;
  /** @param start - index of the first row, from 0. */
  readonly page: (start: number, count: number) => readonly Row[];
}

/**
 * Runs a query. A page of all rows reads only its own rows. `eq` on an indexed column, also several
 * joined by `or`, reads only the rows that it finds. Other filters read every row.
 *
 * @throws InvalidFilter for a filter or an order that is not valid for the table.
 */
export function findRows<Row>(
  source: Source<Row>,
  { filter: text, sortBy, isAscending, isVisible: where }: Query<Row>,
): QueryResult<Row> {
  const { rows, filterTable: filters, sortTable: orders } = source;
  const filter = text.trim() === '' ? undefined : parseRowFilter(text);
  const matchesFilter = filter ? createRowFilter(filters, filter) : () => true;
  const column = findSortColumn(orders, sortBy);
  const compare = createRowComparison(column);
  const sortRows = () => rows.orderedBy(column, compare);
  if (!filter && !where) return createResult(rows.size(), sortRows().slice, isAscending);

  const isIncluded = where ? (row: Row) => where(row) && matchesFilter(row) : matchesFilter;
  const candidates = new Set<Row>();
  const isIndexed = filter !== undefined && addIndexedRows(candidates, source, filter);
  const found = isIndexed
    ? rows.sorted(candidates, compare).filter(isIncluded)
    : sortRows().filter(isIncluded);
  return createResult(found.length, (start, end) => found.slice(start, end), isAscending);
}

function createResult<Row>(
  total: number,
  slice: (start: number, end: number) => readonly Row[],
  isAscending: boolean,
): QueryResult<Row> {
  return {
    total,
    page(start, count) {
      const end = Math.min(start + count, total);
      if (start >= end) return [];
      return isAscending ? slice(start, end) : slice(total - end, total - start).toReversed();
    },
  };
}

/**
 * Adds candidates to `found`: all rows that match a filter, and maybe others.
 *
 * @returns false if no index finds them.
 */
function addIndexedRows<Row>(found: Set<Row>, source: Source<Row>, filter: Filter): boolean {
  const add = (part: Filter): boolean => addIndexedRows(found, source, part);
  if (filter.kind === 'and') return add(filter.left) || add(filter.right);
  if (filter.kind === 'or') return add(filter.left) && add(filter.right);
  if (filter.kind === 'present' || filter.operator !== 'eq') return false;
  const column = findColumn(source.filterTable, filter.attribute);
  if (!column.isIndexed) return false;
  const index = source.rows.indexedBy(column, (row) => toCellText(column.getValue(row)));
  for (const row of index(toComparableText(filter.value))) found.add(row);
  return true;
}
