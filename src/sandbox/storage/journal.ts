import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { parseJson } from '../body.js';
import { damagedFileError, withPath } from '../file-errors.js';
import { readRegularFile, maximumStateFileBytes } from '../read-file.js';
import type { StorageChange, StoredCollection } from './storage.js';

/** Rows by key, for each collection name. */
export type Contents = Map<string, Map<string, unknown>>;

export interface Journal {
  /** Contents of the file when it was opened; empty for a new snapshot. */
  readonly contents: Contents;
  /** Number of changes in the file; each row of a snapshot counts as one change. */
  readonly length: () => number;
  /** Appends all changes as one record. */
  readonly append: (changes: readonly StorageChange[]) => void;
}

/** First line of each journal. Files with another header are rejected. */
const header = '{"format":"tpks sandbox journal","version":2}\n';

/**
 * Reads a journal, which consists of a header and one JSON line per record. A record is a list of
 * changes. A change is `[collection, key, row]`, or `[collection, key]` if the row was deleted.
 * `[collection]` means that the collection exists, even if it has no rows.
 *
 * If the last line has no line break, the process was killed while writing it. The line is removed,
 * because its changes were never acknowledged.
 *
 * @returns undefined if the file does not exist.
 * @throws {Error} if the file is damaged; the message names the file and the line.
 */
export function openJournal(path: string): Journal | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readRegularFile(path, maximumStateFileBytes);
  const end = bytes.lastIndexOf('\n') + 1;
  if (bytes.subarray(0, header.length).toString('latin1') !== header) {
    throw unreadableError(path, 'line 1 is not the journal header of this version of tpks');
  }
  const contents: Contents = new Map();
  let length = 0;
  let line = 2;
  for (let start = header.length; start < end; line += 1) {
    const next = bytes.indexOf('\n', start) + 1;
    const record = parseRecord(bytes.toString('utf8', start, next));
    if (!record) throw unreadableError(path, `line ${String(line)} is not a journal record`);
    for (const change of record) applyChange(contents, change);
    length += record.length;
    start = next;
  }
  if (end < bytes.length) truncateSync(path, end);
  return createJournal(path, contents, length, end);
}

/**
 * Atomically replaces a journal with a new one that has one record per row.
 *
 * @param collections - contents of the new journal.
 */
export function writeSnapshot(path: string, collections: readonly StoredCollection[]): Journal {
  const newPath = `${path}.new`;
  const file = openSync(newPath, 'w', 0o600);
  let length = 0;
  let size = 0;
  try {
    withPath(path, () => {
      for (const text of joinIntoChunks(formatSnapshot(collections))) {
        // Unlike `writeSync`, this fails if the disk has space only for a part of the text.
        writeFileSync(file, text);
        size += Buffer.byteLength(text);
      }
      // Otherwise, the rename could reach the disk before the data, and a crash would lose everything.
      fsyncSync(file);
    });
  } catch (error) {
    rmSync(newPath, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  renameSync(newPath, path);
  for (const collection of collections) length += collection.size() + 1;
  return createJournal(path, new Map(), length, size);
}

function createJournal(path: string, contents: Contents, changes: number, bytes: number): Journal {
  let [length, size] = [changes, bytes];
  let isTorn = false;
  return {
    contents,
    length: () => length,
    append(added) {
      const record = added.map(({ name, key, row }) =>
        row === undefined ? [name, key] : [name, key, row],
      );
      const line = `${JSON.stringify(record)}\n`;
      // A failed append, e.g. on a full disk, may have written part of a line.
      if (isTorn) truncateSync(path, size);
      isTorn = true;
      withPath(path, () => appendFileSync(path, line));
      isTorn = false;
      size += Buffer.byteLength(line);
      length += added.length;
    },
  };
}

function* formatSnapshot(collections: readonly StoredCollection[]): Iterable<string> {
  yield header;
  for (const { name, rows } of collections) {
    yield `${JSON.stringify([[name]])}\n`;
    for (const [key, row] of rows()) yield `${JSON.stringify([[name, key, row]])}\n`;
  }
}

const chunkCharacters = 256 * 1024;

function* joinIntoChunks(lines: Iterable<string>): Iterable<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < chunkCharacters) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

type RecordedChange = readonly [name: string, key?: string, row?: unknown];

function parseRecord(line: string): readonly RecordedChange[] | undefined {
  const record = parseJson(line);
  return Array.isArray(record) && record.every(isRecordedChange) ? record : undefined;
}

function isRecordedChange(value: unknown): value is RecordedChange {
  if (!Array.isArray(value) || value.length < 1 || value.length > 3) return false;
  return value.slice(0, 2).every((part) => typeof part === 'string');
}

function applyChange(contents: Contents, [name, key, row]: RecordedChange): void {
  const rows = contents.get(name) ?? new Map<string, unknown>();
  contents.set(name, rows);
  if (key === undefined) return;
  if (row === undefined) rows.delete(key);
  else rows.set(key, row);
}

/** Creates the error for a journal that cannot be read. */
export function unreadableError(path: string, problem: string): Error {
  return damagedFileError(`Cannot read ${path}: ${problem}`, path);
}
