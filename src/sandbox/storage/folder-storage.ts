import { rmSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createFolder } from '../create-folder.js';
import { openJournal, unreadableError, writeSnapshot } from './journal.js';
import {
  createStorage,
  isRow,
  toList,
  type Declaration,
  type Storage,
  type StorageChange,
  type StoredCollection,
} from './storage.js';
import { isObject, parseJson } from '../body.js';
import { damagedFileError } from '../file-errors.js';
import { readRegularFile, maximumStateFileBytes } from '../read-file.js';

/** A journal is rewritten if it exceeds both this number of changes per row and `minimumChanges`. */
const changesPerRow = 3;
const minimumChanges = 10_000;

/**
 * Opens a storage in a folder. The rows survive the process, even if it is killed. Each commit
 * appends its changes to `journal.ndjson` as one record. When the journal has many more changes
 * than rows, a snapshot replaces it. Files of tpks 0.1.0 are read and replaced by the first commit.
 *
 * @param folder - created by the first commit if it does not exist.
 * @throws {Error} if the journal is damaged; the message names the file and the line.
 */
export function openFolderStorage(folder: string): Storage {
  const path = join(folder, 'journal.ndjson');
  const oldPath = (name: string): string => join(folder, `${name}.json`);
  let journal = openJournal(path);
  /** Collections in the journal that `collection` has not been called for yet. */
  const undeclared = journal?.contents ?? new Map<string, ReadonlyMap<string, unknown>>();
  let needsSnapshot = journal === undefined;

  function read<Row>(declaration: Declaration<Row>): readonly Row[] | undefined {
    const { name } = declaration;
    const rows = undeclared.get(name);
    undeclared.delete(name);
    if (!rows) {
      const wasStored = journal !== undefined;
      needsSnapshot = true;
      return wasStored ? undefined : readOldRows(oldPath(name), declaration);
    }
    return Array.from(rows.values(), (row, index) => {
      if (isRow(row, declaration)) return row;
      // The error gives the row number instead of the key, because the key may be a token.
      const description = `row ${String(index + 1)} of ${name}`;
      throw unreadableError(path, `${description} is not valid for this version of tpks`);
    });
  }

  function write(changes: readonly StorageChange[], declared: readonly StoredCollection[]): void {
    const otherCollections = Array.from(undeclared, ([name, rows]) => ({
      name,
      rows: () => rows,
      size: () => rows.size,
    }));
    const collections = [...declared, ...otherCollections];
    const rows = collections.reduce((sum, { size }) => sum + size(), 0);
    const limit = Math.max(changesPerRow * rows, minimumChanges);
    if (journal && !needsSnapshot && journal.length() <= limit) {
      journal.append(changes);
      return;
    }
    createFolder(folder);
    journal = writeSnapshot(path, collections);
    needsSnapshot = false;
    for (const { name } of declared) rmSync(oldPath(name), { force: true });
  }

  return createStorage({ read, write });
}

/**
 * Reads a collection in the format of tpks 0.1.0, which stored each collection in its own file:
 * `{"version":1,"items":[...]}`.
 *
 * @returns rows in the order of creation; undefined if the file does not exist.
 * @throws {Error} if the file has an unknown format; the message names the file.
 */
function readOldRows<Row>(path: string, declaration: Declaration<Row>): readonly Row[] | undefined {
  if (!existsSync(path)) return undefined;
  const { fromOldItems = extractRows } = declaration;
  const rows = parseOldRows(readRegularFile(path, maximumStateFileBytes).toString(), fromOldItems);
  if (rows?.every((row): row is Row => isRow(row, declaration))) return rows;
  throw damagedFileError(`${path} was not written by tpks sandbox`, path);
}

/** In tpks 0.1.0, most files contained pairs of a key and a row, and some only rows. */
function extractRows(items: readonly unknown[]): readonly unknown[] {
  return items.map((item) => (Array.isArray(item) ? toList(item)[1] : item));
}

const oldVersion = 1;

function parseOldRows(
  text: string,
  fromItems: (items: readonly unknown[]) => readonly unknown[],
): readonly unknown[] | undefined {
  const file = parseJson(text);
  if (!isObject(file) || file['version'] !== oldVersion) return undefined;
  return Array.isArray(file['items']) ? fromItems(file['items']) : undefined;
}
