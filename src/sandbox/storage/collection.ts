/** Rows by key. Lookups by key and by index do not depend on the number of rows. */
export interface Collection<Row> {
  readonly size: () => number;
  readonly get: (key: string) => Row | undefined;
  /** All rows, in the order of creation. */
  readonly all: () => readonly Row[];
  /** Adds a row, or replaces the row with the same key. */
  readonly put: (row: Row) => void;
  /** @returns whether the row existed. */
  readonly delete: (key: string) => boolean;
  /**
   * Returns the index with this id. The first call creates it.
   *
   * @param id - compared with `===`.
   * @param valueOf - returns the indexed value, or undefined to leave the row out of the index.
   */
  readonly getIndex: (id: unknown, valueOf: (row: Row) => string | undefined) => Index<Row>;
  /**
   * Returns the order with this id. It sorts the rows when it is first used after a change.
   *
   * @param id - compared with `===`.
   * @param compare - rows that compare as equal are in the order of creation.
   */
  readonly getOrder: (id: unknown, compare: Compare<Row>) => Order<Row>;
  /** Sorts rows. Equal rows stay in the given order. */
  readonly sort: (rows: Iterable<Row>, compare: Compare<Row>) => readonly Row[];
}

/** Returns the rows with this value, in the order in which they got it. */
export type Index<Row> = (value: string) => readonly Row[];

export type Compare<Row> = (a: Row, b: Row) => number;

/** All rows of a collection, sorted. */
export interface Order<Row> {
  readonly slice: (start: number, end: number) => readonly Row[];
  readonly filter: (matches: (row: Row) => boolean) => readonly Row[];
  /** Returns the rows before the first row that does not match. */
  readonly takeWhile: (matches: (row: Row) => boolean) => readonly Row[];
}

/**
 * @param initialRows - in the order of creation.
 * @param onChange - called after each change.
 */
export function createCollection<Row>(
  keyOf: (row: Row) => string,
  initialRows: Iterable<Row>,
  onChange: () => void,
): Collection<Row> {
  const rows = new Map<string, Row>();
  const indexes = new Map<unknown, RowIndex<Row>>();
  const sortedRows = new Map<unknown, readonly Row[]>();
  for (const row of initialRows) rows.set(keyOf(row), row);

  function change(key: string, next: Row | undefined): void {
    const before = rows.get(key);
    for (const index of indexes.values()) index.update(key, before, next);
    if (next === undefined) rows.delete(key);
    else rows.set(key, next);
    sortedRows.clear();
    onChange();
  }

  function getSorted(id: unknown, compare: Compare<Row>): readonly Row[] {
    const sorted = sortedRows.get(id) ?? [...rows.values()].sort(compare);
    sortedRows.set(id, sorted);
    return sorted;
  }

  return {
    size: () => rows.size,
    get: (key) => rows.get(key),
    all: () => [...rows.values()],
    put: (row) => change(keyOf(row), row),
    delete(key) {
      const existed = rows.has(key);
      if (existed) change(key, undefined);
      return existed;
    },
    getIndex(id, valueOf) {
      const index = indexes.get(id) ?? createIndex(valueOf, rows);
      indexes.set(id, index);
      return index.find;
    },
    getOrder: (id, compare) => ({
      slice: (start, end) => getSorted(id, compare).slice(start, end),
      filter: (matches) => getSorted(id, compare).filter(matches),
      takeWhile(matches) {
        const sorted = getSorted(id, compare);
        const end = sorted.findIndex((row) => !matches(row));
        return end < 0 ? sorted : sorted.slice(0, end);
      },
    }),
    sort: (selected, compare) => [...selected].sort(compare),
  };
}

interface RowIndex<Row> {
  readonly update: (key: string, before: Row | undefined, next: Row | undefined) => void;
  readonly find: Index<Row>;
}

function createIndex<Row>(
  valueOf: (row: Row) => string | undefined,
  rows: ReadonlyMap<string, Row>,
): RowIndex<Row> {
  const byValue = new Map<string, Map<string, Row>>();

  function update(key: string, before: Row | undefined, next: Row | undefined): void {
    const oldValue = before && valueOf(before);
    const value = next && valueOf(next);
    if (oldValue !== undefined && oldValue !== value) byValue.get(oldValue)?.delete(key);
    if (next === undefined || value === undefined) return;
    const found = byValue.get(value) ?? new Map<string, Row>();
    byValue.set(value, found.set(key, next));
  }

  for (const [key, row] of rows) update(key, undefined, row);
  return { update, find: (value) => [...(byValue.get(value)?.values() ?? [])] };
}
