import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openJournal, unreadable, writeSnapshot } from './journal.js';
import { readOldRows } from './old-file.js';
import {
  createStorage,
  type Declaration,
  type Storage,
  type StorageChange,
  type StoredCollection,
} from './storage.js';

/** A journal with this many changes per row, and at least `minimumChanges`, is rewritten. */
const changesPerRow = 3;
const minimumChanges = 10_000;

/**
 * Stores rows in a folder, so that they outlive the process, even if it is killed: all changes of
 * a commit are one record at the end of `journal.ndjson`. A journal that is much longer than what
 * it describes is replaced by a snapshot. Files that tpks 0.1.0 wrote are read and, by the first
 * commit, replaced.
 *
 * @param folder - created by the first commit if it does not exist.
 * @throws {Error} when the journal is damaged; it names the file and the line.
 */
export function storageIn(folder: string): Storage {
  const path = join(folder, 'journal.ndjson');
  const oldPath = (name: string): string => join(folder, `${name}.json`);
  let journal = openJournal(path);
  /** Collections from the journal that no declaration has claimed yet. */
  const unclaimed = journal?.contents ?? new Map<string, ReadonlyMap<string, unknown>>();
  let needsSnapshot = journal === undefined;

  function read<Row>(declaration: Declaration<Row>): readonly Row[] | undefined {
    const { name, isRow } = declaration;
    const rows = unclaimed.get(name);
    unclaimed.delete(name);
    if (!rows) {
      const wasStored = journal !== undefined;
      needsSnapshot = true;
      return wasStored ? undefined : readOldRows(oldPath(name), declaration);
    }
    for (const [key, row] of rows) {
      if (isRow(row)) continue;
      throw unreadable(
        path,
        `${JSON.stringify(key)} in ${name} is not valid in this version of tpks`,
      );
    }
    return [...rows.values()].filter(isRow);
  }

  function write(changes: readonly StorageChange[], declared: readonly StoredCollection[]): void {
    const others = Array.from(unclaimed, ([name, rows]) => ({
      name,
      rows: () => rows,
      size: () => rows.size,
    }));
    const collections = [...declared, ...others];
    const rows = collections.reduce((sum, { size }) => sum + size(), 0);
    const limit = Math.max(changesPerRow * rows, minimumChanges);
    if (journal && !needsSnapshot && journal.length() <= limit) {
      journal.append(changes);
      return;
    }
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    journal = writeSnapshot(path, collections);
    needsSnapshot = false;
    for (const { name } of declared) rmSync(oldPath(name), { force: true });
  }

  return createStorage({ read, write });
}
