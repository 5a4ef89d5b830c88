import { plainText } from '../../json-value.js';
import type { Span } from '../../terminal/terminal.js';
import type { Column, List } from './list.js';

/** `Plan Name` is `plan-name`. */
function columnKey(head: string): string {
  return head
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** What `--columns`, `--sort-by` and `--filter` accept. A column without a head cannot be named. */
export function columnKeys<Row>({ columns }: List<Row>): readonly string[] {
  return columns.map(({ head }) => columnKey(head)).filter((key) => key !== '');
}

/** The column that a key names. */
export function findColumn<Row>({ columns }: List<Row>, key: string): Column<Row> | undefined {
  return key === '' ? undefined : columns.find(({ head }) => columnKey(head) === key.toLowerCase());
}

/**
 * Finds the value of a column, or of one of the server's own fields (`a.b` for nested ones). The key
 * is resolved once, not for each row.
 * @returns a function from a row to its value, which is `undefined` if the row does not have it.
 */
export function valueReader<Row>(list: List<Row>, key: string): (row: Row) => string | undefined {
  const column = findColumn(list, key);
  if (column !== undefined) return (row) => textOf(column.cell(row));
  const path = key.split('.');
  return (row) => {
    let value: unknown = row;
    for (const part of path) {
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, part)
          ? Reflect.get(value, part)
          : undefined;
    }
    if (value === undefined || value === null) return undefined;
    return plainText(value);
  };
}

function textOf(span: Span): string {
  return typeof span === 'string' ? span : span.text;
}

/** A suggestion for a misspelled word, in commander's form; empty if no known word is similar. */
export function didYouMean(word: string, known: readonly string[]): string {
  const typed = word.toLowerCase();
  const distances = known.map((each) => ({ each, distance: editDistance(typed, each) }));
  const [best] = distances.sort((one, other) => one.distance - other.distance);
  const limit = Math.min(typed.length - 1, Math.max(2, Math.floor(typed.length / 3)));
  if (best === undefined || best.distance > limit) return '';
  return ` (Did you mean ${best.each}?)`;
}

/** How many letters must be inserted, deleted or replaced to turn one word into the other. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let index = 0; index < one.length; index += 1) {
    const next = [index + 1];
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (one[index] === other[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
