import { InvalidArgumentError } from 'commander';
import type { List } from './list.js';
import { createValueReader } from './list-keys.js';

/** The flags that select and sort the rows of a list. */
export interface SelectionFlags {
  /** A column or a field of the JSON output. */
  readonly sortBy?: string | undefined;
  readonly filter?: readonly Filter[];
}

interface Filter {
  readonly key: string;
  readonly value: string;
}

/** Creates a predicate that accepts the rows that match all filters. */
export function rowFilter<Row>(
  list: List<Row>,
  { filter = [] }: SelectionFlags,
): (row: Row) => boolean {
  const filters = filter.map(({ key, value }) => ({ read: createValueReader(list, key), value }));
  return (row) => filters.every(({ read, value }) => (read(row) ?? '') === value);
}

/** Returns the rows that match all filters, in the requested order. */
export function selectRows<Row>(
  list: List<Row>,
  rows: readonly Row[],
  flags: SelectionFlags,
): Row[] {
  const { sortBy } = flags;
  const selected = rows.filter(rowFilter(list, flags));
  if (sortBy === undefined) return selected;
  const read = createValueReader(list, sortBy);
  const collator = new Intl.Collator('en', { numeric: true });
  return selected
    .map((row) => ({ row, value: read(row) ?? '' }))
    .sort((a, b) => collator.compare(a.value, b.value))
    .map(({ row }) => row);
}

/** Tracks which of the requested keys no row has. Such keys are probably typos. */
export function createKeyTracker<Row>(list: List<Row>, { filter = [], sortBy }: SelectionFlags) {
  const keys = [...filter.map(({ key }) => key), ...(sortBy === undefined ? [] : [sortBy])];
  let isEmpty = true;
  let missing = keys.map((key) => ({ key, read: createValueReader(list, key) }));
  return {
    track: (row: Row): void => {
      isEmpty = false;
      if (missing.length > 0) missing = missing.filter(({ read }) => read(row) === undefined);
    },
    /** Returns the keys that no row has; nothing if there are no rows. */
    listMissing: () => (isEmpty ? [] : missing.map(({ key }) => key)),
  };
}

/** Parses a `--filter` and appends it to the previous ones. @throws {InvalidArgumentError} */
export function collectFilter(text: string, previous: readonly Filter[] = []): Filter[] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('expected KEY=VALUE, e.g. status=failed');
  return [...previous, { key: text.slice(0, equals), value: text.slice(equals + 1) }];
}
