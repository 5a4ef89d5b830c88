/**
 * Rows by key. Indexes and orders are updated with each change, so the cost of a lookup or a page
 * depends on the number of returned rows, not on the size of the collection.
 */
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
   * Returns the order with this id. The first call creates it.
   *
   * @param id - compared with `===`.
   * @param compare - rows that compare as equal are in the order of creation.
   */
  readonly getOrder: (id: unknown, compare: Compare<Row>) => Order<Row>;
  /** Sorts rows of this collection. Equal rows are in the order of creation. */
  readonly sort: (rows: Iterable<Row>, compare?: Compare<Row>) => readonly Row[];
}

/** Returns the rows with this value. */
export type Index<Row> = (value: string) => readonly Row[];

export type Compare<Row> = (a: Row, b: Row) => number;

/** All rows of a collection, sorted. */
export interface Order<Row> {
  readonly slice: (start: number, end: number) => readonly Row[];
  readonly filter: (matches: (row: Row) => boolean) => readonly Row[];
  /** Returns the rows before the first row that does not match. */
  readonly takeWhile: (matches: (row: Row) => boolean) => readonly Row[];
}

/** A row that was put or deleted. */
export interface RowChange {
  readonly key: string;
  /** Undefined if the row was deleted. */
  readonly row: unknown;
  readonly undo: () => void;
}

interface Entry<Row> {
  readonly row: Row;
  /** Position in the order of creation. */
  readonly sequence: number;
}

/** An index or an order that is updated with each change. */
interface View<Row> {
  readonly add: (entry: Entry<Row>) => void;
  readonly remove: (entry: Entry<Row>) => void;
}

/**
 * @param rows - initial rows, in the order of creation.
 * @param onChange - called after each change.
 */
export function createCollection<Row>(
  keyOf: (row: Row) => string,
  rows: Iterable<Row>,
  onChange: (change: RowChange) => void,
): Collection<Row> {
  const entries = new Map<string, Entry<Row>>();
  const indexes = new Map<unknown, IndexView<Row>>();
  const orders = new Map<unknown, OrderView<Row>>();
  let nextSequence = 0;

  const listViews = (): View<Row>[] => [...indexes.values(), ...orders.values()];

  function replaceEntry(key: string, next: Entry<Row> | undefined): void {
    const before = entries.get(key);
    for (const view of listViews()) {
      if (before) view.remove(before);
      if (next) view.add(next);
    }
    if (next) entries.set(key, next);
    else entries.delete(key);
  }

  function restore(key: string, before: Entry<Row> | undefined): void {
    replaceEntry(key, before);
    // A map moves a deleted key to the end when it is set again, so the order must be restored.
    const sorted = [...entries].sort(([, a], [, b]) => a.sequence - b.sequence);
    entries.clear();
    for (const [entryKey, entry] of sorted) entries.set(entryKey, entry);
  }

  function change(key: string, next: Entry<Row> | undefined): void {
    const before = entries.get(key);
    replaceEntry(key, next);
    onChange({ key, row: next?.row, undo: () => restore(key, before) });
  }

  function toEntry(row: Row): Entry<Row> {
    const sequence = entries.get(keyOf(row))?.sequence ?? nextSequence++;
    return { row, sequence };
  }

  for (const row of rows) entries.set(keyOf(row), toEntry(row));

  return {
    size: () => entries.size,
    get: (key) => entries.get(key)?.row,
    all: () => Array.from(entries.values(), ({ row }) => row),
    put: (row) => change(keyOf(row), toEntry(row)),
    delete(key) {
      const existed = entries.has(key);
      if (existed) change(key, undefined);
      return existed;
    },
    getIndex(id, valueOf) {
      const index = indexes.get(id) ?? createIndex(keyOf, valueOf, entries.values());
      indexes.set(id, index);
      return index.find;
    },
    getOrder(id, compare) {
      const order = orders.get(id) ?? createOrder(compare, entries.values());
      orders.set(id, order);
      return order;
    },
    sort: (selected, compare = () => 0) =>
      Array.from(selected, toEntry)
        .sort(compareEntriesBy(compare))
        .map(({ row }) => row),
  };
}

interface IndexView<Row> extends View<Row> {
  readonly find: Index<Row>;
}

function createIndex<Row>(
  keyOf: (row: Row) => string,
  valueOf: (row: Row) => string | undefined,
  entries: Iterable<Entry<Row>>,
): IndexView<Row> {
  const byValue = new Map<string, Map<string, Row>>();

  function add({ row }: Entry<Row>): void {
    const value = valueOf(row);
    if (value === undefined) return;
    const rows = byValue.get(value) ?? new Map<string, Row>();
    byValue.set(value, rows.set(keyOf(row), row));
  }

  function remove({ row }: Entry<Row>): void {
    const value = valueOf(row);
    const rows = value === undefined ? undefined : byValue.get(value);
    if (value === undefined || !rows) return;
    rows.delete(keyOf(row));
    if (rows.size === 0) byValue.delete(value);
  }

  for (const entry of entries) add(entry);
  return { add, remove, find: (value) => [...(byValue.get(value)?.values() ?? [])] };
}

interface OrderView<Row> extends View<Row>, Order<Row> {}

function createOrder<Row>(compare: Compare<Row>, entries: Iterable<Entry<Row>>): OrderView<Row> {
  const compareEntries = compareEntriesBy(compare);
  const sorted = [...entries].sort(compareEntries);
  /** Entries that are not in `sorted` yet. Sorting them together is faster than one by one. */
  const added: Entry<Row>[] = [];

  /** Returns the index of the entry, or the index at which it would be inserted. */
  function findPosition(entry: Entry<Row>): number {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = sorted[middle];
      if (other && compareEntries(other, entry) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Returns `sorted` with all entries. */
  function update(): Entry<Row>[] {
    const newEntries = added.splice(0);
    const isBatch = newEntries.length > maximumInsertions;
    for (const entry of newEntries) {
      sorted.splice(isBatch ? sorted.length : findPosition(entry), 0, entry);
    }
    return isBatch ? sorted.sort(compareEntries) : sorted;
  }

  return {
    add: (entry) => void added.push(entry),
    remove: (entry) => void update().splice(findPosition(entry), 1),
    slice: (start, end) => update().slice(start, end).map(toRow),
    filter: (matches) => update().map(toRow).filter(matches),
    takeWhile(matches) {
      const rows = update();
      const end = rows.findIndex(({ row }) => !matches(row));
      return rows.slice(0, end < 0 ? rows.length : end).map(toRow);
    },
  };
}

/** More entries than this are sorted with all others, instead of inserting each at its position. */
const maximumInsertions = 100;

function toRow<Row>({ row }: Entry<Row>): Row {
  return row;
}

function compareEntriesBy<Row>(compare: Compare<Row>) {
  return (a: Entry<Row>, b: Entry<Row>): number => compare(a.row, b.row) || a.sequence - b.sequence;
}
