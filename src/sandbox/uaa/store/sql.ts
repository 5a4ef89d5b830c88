import { parseInstant } from './columns.js';
import type { Filter } from './filter.js';

/** A query as the real server sends it to its database. */
interface SqlQuery {
  readonly table: string;
  readonly columns: readonly string[];
  readonly filter: Filter | undefined;
  /** Column names by the SCIM names that they replace in filters. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly sortBy: string;
  readonly isAscending: boolean;
}

/**
 * Formats a query, for the message of a database error.
 *
 * @param offset - index of the first row, starting at 0.
 * @see UAA 4.30.0 `SimpleSearchQueryConverter` and `JdbcPagingList`
 */
export function formatSql(query: SqlQuery, offset: number): string {
  const { table, columns, filter, aliases, sortBy, isAscending } = query;
  const zone = 'LOWER(identity_zone_id) = LOWER(?)';
  const condition = filter ? `(${formatFilter(filter, aliases)} AND ${zone})` : zone;
  return (
    `select ${columns.join(',')} from ${table} where (${condition}) ` +
    `ORDER BY ${sortBy} ${isAscending ? 'ASC' : 'DESC'} limit 200 offset ${String(offset)}`
  );
}

const sqlOperators = { eq: '=', co: 'LIKE', sw: 'LIKE', gt: '>', ge: '>=', lt: '<', le: '<=' };

function formatFilter(filter: Filter, aliases: SqlQuery['aliases']): string {
  if (filter.kind === 'and' || filter.kind === 'or') {
    const [left, right] = [filter.left, filter.right].map((part) => formatFilter(part, aliases));
    return `(${String(left)} ${filter.kind.toUpperCase()} ${String(right)})`;
  }
  const name = (aliases[filter.attribute] ?? filter.attribute).replace('meta.', '');
  if (filter.kind === 'present') return `${name} IS NOT NULL`;
  const operator = sqlOperators[filter.operator];
  const isText = typeof filter.value === 'string' && parseInstant(filter.value) === undefined;
  return isText ? `LOWER(${name}) ${operator} LOWER(?)` : `${name} ${operator} ?`;
}
