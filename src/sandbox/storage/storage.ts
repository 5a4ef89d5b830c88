import { isObject } from '../body.js';
import { createCollection, type Collection, type RowChange } from './collection.js';

/** Describes how the rows of one resource are stored. */
export interface Declaration<Row> {
  /** Name in the journal, e.g. `users`. */
  readonly name: string;
  readonly key: (row: Row) => string;
  /** A value read from disk is a valid row if it is an object with at least these members. */
  readonly requiredMembers: readonly (keyof Row & string)[];
  /** Returns the initial rows of a collection that was never stored. */
  readonly seed?: () => readonly Row[];
  /** Converts the items of a tpks 0.1.0 file to rows, in the order of creation. */
  readonly fromOldItems?: (items: readonly unknown[]) => readonly unknown[];
}

/** Stores the rows of one server. */
export interface Storage {
  /**
   * Opens a collection.
   *
   * @throws {Error} if the stored rows are invalid; the message names the file.
   */
  readonly collection: <Row>(declaration: Declaration<Row>) => Collection<Row>;
  /** Deletes all rows of the open collections whose names start with a prefix, and closes them. */
  readonly drop: (prefix: string) => void;
  /**
   * Atomically writes all changes since the last commit to disk. A server calls it before it sends
   * a response. If the write fails, the next call writes the same changes again.
   *
   * @throws {Error} from node:fs if the write fails.
   */
  readonly commit: () => void;
  /** Runs `work`, and undoes its changes if it throws. */
  readonly transaction: <T>(work: () => T) => T;
}

/** A collection as a snapshot writes it. */
export interface StoredCollection {
  readonly name: string;
  readonly rows: () => Iterable<readonly [key: string, row: unknown]>;
  readonly size: () => number;
}

interface OpenCollection extends StoredCollection {
  readonly clear: () => void;
}

/** A row that was put or deleted in the collection `name`. */
export interface StorageChange extends RowChange {
  readonly name: string;
}

/** Reads and writes the rows of a storage. */
export interface Disk {
  /** @returns rows in the order of creation; undefined if the collection was never stored. */
  readonly read: <Row>(declaration: Declaration<Row>) => Iterable<Row> | undefined;
  /** @param collections - all collections, with the changes applied. */
  readonly write: (
    changes: readonly StorageChange[],
    collections: readonly StoredCollection[],
  ) => void;
}

export function createStorage({ read, write }: Disk): Storage {
  const collections: OpenCollection[] = [];
  const changes: StorageChange[] = [];

  return {
    collection<Row>(declaration: Declaration<Row>) {
      const { name, key, seed = () => [] } = declaration;
      const rows = read(declaration) ?? seed();
      const collection = createCollection(key, rows, (change) => {
        changes.push({ name, ...change });
      });
      collections.push({
        name,
        rows: () => collection.all().map((row) => [key(row), row] as const),
        size: collection.size,
        clear() {
          for (const row of collection.all()) collection.delete(key(row));
        },
      });
      return collection;
    },
    drop(prefix) {
      const dropped = collections.filter(({ name }) => name.startsWith(prefix));
      for (const collection of dropped) {
        collection.clear();
        collections.splice(collections.indexOf(collection), 1);
      }
    },
    commit() {
      if (changes.length === 0) return;
      write(changes, collections);
      changes.length = 0;
    },
    transaction(work) {
      const changeCount = changes.length;
      try {
        return work();
      } catch (error) {
        for (const { undo } of changes.splice(changeCount).reverse()) undo();
        throw error;
      }
    },
  };
}

/** Creates a storage that keeps rows in memory only. */
export function createMemoryStorage(): Storage {
  return createStorage({ read: () => undefined, write: () => undefined });
}

/** Wraps a handler so that its changes are stored before its response is sent. */
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

/** Returns the value if it is a list; otherwise an empty list. */
export function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Whether a value read from disk is a valid row. */
export function isRow<Row>(value: unknown, { requiredMembers }: Declaration<Row>): value is Row {
  return isObject(value) && requiredMembers.every((member) => member in value);
}
