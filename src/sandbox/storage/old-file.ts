import { existsSync } from 'node:fs';
import { isObject, parseJson } from '../body.js';
import { readRegularFile, stateFileBytes } from '../read-file.js';
import { isRow, listIn, type Declaration } from './storage.js';

/**
 * Reads a file of tpks 0.1.0, which wrote one file per collection: `{"version":1,"items":[…]}`.
 *
 * @returns rows in the order of creation; undefined if there is no such file.
 * @throws {Error} if the file contains anything else; the message names the file.
 */
export function readOldRows<Row>(
  path: string,
  declaration: Declaration<Row>,
): readonly Row[] | undefined {
  if (!existsSync(path)) return undefined;
  const { fromOldItems = rowsOfPairs } = declaration;
  const rows = rowsIn(readRegularFile(path, stateFileBytes).toString(), fromOldItems);
  if (rows?.every((row): row is Row => isRow(row, declaration))) return rows;
  throw new Error(`${path} was not written by this sandbox: delete it or choose another --dir`);
}

/** Most files contained pairs of a key and a row, some only rows. */
function rowsOfPairs(items: readonly unknown[]): readonly unknown[] {
  return items.map((item) => (Array.isArray(item) ? listIn(item)[1] : item));
}

const version = 1;

function rowsIn(
  text: string,
  fromItems: (items: readonly unknown[]) => readonly unknown[],
): readonly unknown[] | undefined {
  const file = parseJson(text);
  if (!isObject(file) || file['version'] !== version) return undefined;
  return Array.isArray(file['items']) ? fromItems(file['items']) : undefined;
}
