import type { Collection } from '../../storage/collection.js';
import {
  cellText,
  compareBy,
  comparedText,
  findColumn,
  parseRowFilter,
  rowFilter,
  sortColumn,
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
  readonly where?: ((row: Row) => boolean) | undefined;
}

/** Rows, and how they can be queried. */
export interface Source<Row> {
  readonly rows: Collection<Row>;
  /** Columns for filters. */
  readonly filters: Table<Row>;
  /** Columns for orders; for most resources the same as for filters. */
  readonly orders: Table<Row>;
}

/** The rows that a query found. */
export interface Found<Row> {
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
  { filter: text, sortBy, isAscending, where }: Query<Row>,
): Found<Row> {
  const { rows, filters, orders } = source;
  const filter = text.trim() === '' ? undefined : parseRowFilter(text);
  const fits = filter ? rowFilter(filters, filter) : () => true;
  const column = sortColumn(orders, sortBy);
  const compare = compareBy(column);
  const order = () => rows.orderedBy(column, compare);
  if (!filter && !where) return paged(rows.size(), order().slice, isAscending);

  const isWanted = where ? (row: Row) => where(row) && fits(row) : fits;
  const candidates = new Set<Row>();
  const isIndexed = filter !== undefined && addIndexed(candidates, source, filter);
  const found = isIndexed
    ? rows.sorted(candidates, compare).filter(isWanted)
    : order().filter(isWanted);
  return paged(found.length, (start, end) => found.slice(start, end), isAscending);
}

function paged<Row>(
  total: number,
  slice: (start: number, end: number) => readonly Row[],
  isAscending: boolean,
): Found<Row> {
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
function addIndexed<Row>(found: Set<Row>, source: Source<Row>, filter: Filter): boolean {
  const add = (part: Filter): boolean => addIndexed(found, source, part);
  if (filter.kind === 'and') return add(filter.left) || add(filter.right);
  if (filter.kind === 'or') return add(filter.left) && add(filter.right);
  if (filter.kind === 'present' || filter.operator !== 'eq') return false;
  const column = findColumn(source.filters, filter.attribute);
  if (!column.indexed) return false;
  const index = source.rows.indexedBy(column, (row) => cellText(column.of(row)));
  for (const row of index(comparedText(filter.value))) found.add(row);
  return true;
}
