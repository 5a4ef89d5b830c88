import { InvalidArgumentError } from 'commander';
import type { List } from './list.js';
import { valueReader } from './list-keys.js';

/** Which rows of a list to show, and in which order. */
export interface SelectionFlags {
  /** A column, or one of the server's own fields. */
  readonly sortBy?: string | undefined;
  readonly filter?: readonly Filter[];
}

interface Filter {
  readonly key: string;
  readonly value: string;
}

/** Returns a test for the rows that all filters match. */
export function rowFilter<Row>(
  list: List<Row>,
  { filter = [] }: SelectionFlags,
): (row: Row) => boolean {
  const wanted = filter.map(({ key, value }) => ({ read: valueReader(list, key), value }));
  return (row) => wanted.every(({ read, value }) => (read(row) ?? '') === value);
}

/** The rows that all filters select, in the requested order. */
export function selectRows<Row>(
  list: List<Row>,
  rows: readonly Row[],
  flags: SelectionFlags,
): Row[] {
  const { sortBy } = flags;
  const selected = rows.filter(rowFilter(list, flags));
  if (sortBy === undefined) return selected;
  const read = valueReader(list, sortBy);
  const order = new Intl.Collator('en', { numeric: true });
  return selected
    .map((row) => ({ row, value: read(row) ?? '' }))
    .sort((one, other) => order.compare(one.value, other.value))
    .map(({ row }) => row);
}

/** Finds requested keys that no row has, which are probably typos. */
export function createKeyTracker<Row>(list: List<Row>, { filter = [], sortBy }: SelectionFlags) {
  const keys = [...filter.map(({ key }) => key), ...(sortBy === undefined ? [] : [sortBy])];
  let isEmpty = true;
  let unseen = keys.map((key) => ({ key, read: valueReader(list, key) }));
  return {
    see: (row: Row): void => {
      isEmpty = false;
      if (unseen.length > 0) unseen = unseen.filter(({ read }) => read(row) === undefined);
    },
    /** Keys that no row has; empty if there are no rows. */
    unknown: () => (isEmpty ? [] : unseen.map(({ key }) => key)),
  };
}

/** Adds one `--filter` to those before it. @throws {InvalidArgumentError} */
export function collectFilter(text: string, all: readonly Filter[] = []): Filter[] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('write a filter as KEY=VALUE, e.g. status=failed');
  return [...all, { key: text.slice(0, equals), value: text.slice(equals + 1) }];
}
