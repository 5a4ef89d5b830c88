import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AdvisedError, quote, readRegularFile } from './files.js';
import { isObject, parseJson } from './json.js';

/** Describes how the rows of one resource are stored. */
interface Declaration<Row> {
  /** Name in the file, e.g. `users`. */
  readonly name: string;
  readonly key: (row: Row) => string;
  /** Returns the initial rows of a collection that was never stored. */
  readonly seed?: () => readonly Row[];
}

/** Stores the rows of one server. */
export interface Storage {
  readonly collection: <Row>(declaration: Declaration<Row>) => Collection<Row>;
  /**
   * Schedules the changes to be saved. Servers call it before they send a response.
   * @throws {Error} from node:fs while the file cannot be written; the changes are kept in memory.
   */
  readonly commit: () => void;
}

/** The rows of all servers of a sandbox. */
export interface State {
  /** Returns the storage for the server with this name. */
  readonly getStorage: (server: string) => Storage;
  /** Saves all changes now. @throws {Error} from node:fs if the file cannot be written. */
  readonly save: () => void;
  /** Saves all changes, and ignores later ones. @throws {Error} like `save`. */
  readonly close: () => void;
}

/** Writing the whole file takes time, so the changes of several requests are saved together. */
const saveMilliseconds = 200;

/** Minimum pause between two saves, as a multiple of the time that the last one took. */
const pauseFactor = 5;

/**
 * Opens the state in a folder. All rows are in one file, which is replaced atomically.
 * @param folder - if undefined, the rows are only in memory.
 * @throws {AdvisedError} if the file is damaged or was written by another version.
 */
export function openState(folder?: string): State {
  const path = folder === undefined ? undefined : join(folder, 'state.json');
  /** Functions that return the rows of a collection, by collection name, e.g. `uaa/users`. */
  const lists = new Map<string, () => readonly unknown[]>();
  if (folder !== undefined) rejectOlderFiles(folder);
  for (const [name, rows] of Object.entries(readRows(path))) lists.set(name, () => rows);

  let hasChanges = false;
  let hasFailed = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let lastDuration = 0;

  const noteChange = (): void => void (hasChanges = true);

  function save(): void {
    clearTimeout(timer);
    timer = undefined;
    if (path === undefined || !hasChanges) return;
    const startedAt = performance.now();
    hasFailed = true;
    writeRows(path, Object.fromEntries(Array.from(lists, ([name, list]) => [name, list()])));
    hasFailed = false;
    hasChanges = false;
    lastDuration = performance.now() - startedAt;
  }

  function saveInBackground(): void {
    try {
      save();
    } catch {
      // The next commit tries again, and reports the error to a client.
    }
  }

  function commit(): void {
    if (path === undefined || isClosed) return;
    if (hasFailed) save();
    if (hasChanges) {
      timer ??= setTimeout(
        saveInBackground,
        Math.max(saveMilliseconds, pauseFactor * lastDuration),
      );
    }
  }

  return {
    getStorage: (server) => ({
      collection<Row>({ name, key, seed = () => [] }: Declaration<Row>) {
        const listName = `${server}/${name}`;
        // The version of the file ensures that its rows are valid.
        const rows = lists.get(listName)?.() as readonly Row[] | undefined;
        const collection = createCollection(key, rows ?? seed(), noteChange);
        lists.set(listName, collection.all);
        if (rows === undefined) noteChange();
        return collection;
      },
      commit,
    }),
    save,
    close() {
      isClosed = true;
      save();
    },
  };
}

export function createMemoryStorage(): Storage {
  return openState().getStorage('memory');
}

/** Wraps a handler so that its changes are committed before its response is sent. */
export function withCommit<Request, Response>(
  { commit }: Pick<Storage, 'commit'>,
  handle: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const response = await handle(request);
    commit();
    return response;
  };
}

/** Rows in the order of creation, by the name of their collection. */
type Rows = Readonly<Record<string, readonly unknown[]>>;

/** Version of the file format. Increase it after an incompatible change to the rows. */
const version = 3;

function readRows(path: string | undefined): Rows {
  if (path === undefined || !existsSync(path)) return {};
  const file = parseJson(readRegularFile(path).toString());
  const isReadable = isObject(file) && file['version'] === version && isObject(file['rows']);
  if (isReadable) return file['rows'] as Rows;
  throw new AdvisedError(
    `Cannot read ${path}: it is damaged or was written by another version of tpks`,
    `move the file away, then start the sandbox again: mv ${quote(path)} ${quote(`${path}.bad`)}`,
  );
}

function writeRows(path: string, rows: Rows): void {
  const newPath = `${path}.new`;
  try {
    writeFileSync(newPath, JSON.stringify({ version, rows }), { mode: 0o600 });
    renameSync(newPath, path);
  } catch (error) {
    rmSync(newPath, { force: true });
    throw Object.assign(error as Error, { path });
  }
}

/** Written by tpks 0.2.0, except the last one, which is from tpks 0.1.0. */
const olderFiles = [
  'uaa/journal.ndjson',
  'broker/journal.ndjson',
  'kubernetes/journal.ndjson',
  'uaa/users.json',
];

function rejectOlderFiles(folder: string): void {
  const olderFile = olderFiles.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (olderFile === undefined) return;
  const data = ['uaa', 'broker', 'kubernetes'].map((name) => quote(join(folder, name)));
  throw new AdvisedError(
    `${olderFile} was written by an older version of tpks`,
    `use an empty folder: tpks sandbox --dir PATH; or delete the old data: rm -rf ${data.join(' ')}`,
  );
}

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
   * Returns the index with this ID. The first call creates it.
   * @param id - compared with `===`.
   * @param valueOf - returns the indexed value, or undefined to leave the row out of the index.
   */
  readonly getIndex: (id: unknown, valueOf: (row: Row) => string | undefined) => Index<Row>;
  /**
   * Returns the sorted rows with this ID. They are sorted again on the first use after a change.
   * @param id - compared with `===`.
   * @param compare - rows that compare as equal are in the order of creation.
   */
  readonly getOrder: (id: unknown, compare: Compare<Row>) => Order<Row>;
  /** Sorts rows. Equal rows stay in the given order. */
  readonly sort: (rows: Iterable<Row>, compare: Compare<Row>) => readonly Row[];
}

/** Returns the rows with this value, in the order in which they got the value. */
type Index<Row> = (value: string) => readonly Row[];

type Compare<Row> = (a: Row, b: Row) => number;

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
    const rowsWithValue = byValue.get(value) ?? new Map<string, Row>();
    byValue.set(value, rowsWithValue.set(key, next));
  }

  for (const [key, row] of rows) update(key, undefined, row);
  return { update, find: (value) => [...(byValue.get(value)?.values() ?? [])] };
}
