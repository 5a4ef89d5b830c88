import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A value that is read and replaced as a whole. */
export interface Kept<T> {
  readonly read: () => T;
  readonly write: (value: T) => void;
}

/**
 * Where stores keep what they know.
 *
 * @param name - of the store, e.g. `clusters`.
 * @param start - what it holds at first.
 */
export type Keep = <T>(name: string, start: () => readonly T[]) => Kept<readonly T[]>;

/** Until the process ends. */
export const keepInMemory: Keep = (_name, start) => {
  let value = start();
  return {
    read: () => value,
    write: (next) => {
      value = next;
    },
  };
};

/**
 * In a folder, one JSON file a store: what was written is there after a crash too.
 *
 * @param folder - made if it is not there, at the first write.
 * @throws {Error} when a file is there that no sandbox has written; it names the file.
 */
export function keepIn(folder: string): Keep {
  return <T>(name: string, start: () => readonly T[]): Kept<readonly T[]> => {
    const path = join(folder, `${name}.json`);
    const memory = keepInMemory<T>(name, () => stored<T>(path) ?? start());
    return {
      read: memory.read,
      write: (next) => {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeFileSync(`${path}.new`, JSON.stringify({ version, items: next }), { mode: 0o600 });
        renameSync(`${path}.new`, path);
        memory.write(next);
      },
    };
  };
}

/** Of the shape of what is in the files; another one cannot be read. */
const version = 1;

function stored<T>(path: string): readonly T[] | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const items = itemsIn<T>(text);
  if (items) return items;
  throw new Error(`${path} was not written by this sandbox: delete it or choose another --dir`);
}

/** What this process wrote under this version is of the type it was written as. */
function itemsIn<T>(text: string): readonly T[] | undefined {
  try {
    const file: unknown = JSON.parse(text);
    if (typeof file !== 'object' || file === null) return undefined;
    if (Reflect.get(file, 'version') !== version) return undefined;
    const items: unknown = Reflect.get(file, 'items');
    return Array.isArray(items) ? items : undefined;
  } catch {
    return undefined;
  }
}
