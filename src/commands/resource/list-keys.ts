import { toPlainText } from '../../base/json-value.js';
import type { Span } from '../../platform/terminal/lines.js';
import type { Column, List } from './list-spec.js';

/** Converts a column heading to a key, e.g. `Plan Name` to `plan-name`. */
function columnKey(head: string): string {
  return head
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** The keys that `--columns` accepts. A column without a heading has none. */
export function columnKeys<Row>({ columns }: List<Row>): readonly string[] {
  return columns.map(({ head }) => columnKey(head)).filter((key) => key !== '');
}

/** Finds the column with a key, ignoring case. */
export function findColumn<Row>({ columns }: List<Row>, key: string): Column<Row> | undefined {
  return key === '' ? undefined : columns.find(({ head }) => columnKey(head) === key.toLowerCase());
}

/**
 * Creates a function that reads the value of a column, or of a field of the JSON output (`a.b` for a
 * nested field), from a row. It returns `undefined` if the row does not have the field.
 *
 * The column is looked up once, not for each row.
 */
export function createValueReader<Row>(
  list: List<Row>,
  key: string,
): (row: Row) => string | undefined {
  const column = findColumn(list, key);
  if (column !== undefined) return (row) => textOf(column.cell(row));
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
export function hasField(row: unknown, key: string): boolean {
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

function textOf(span: Span): string {
  return typeof span === 'string' ? span : span.text;
}
