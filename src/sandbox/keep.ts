import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A value that is read and replaced as a whole. */
export interface Kept<T> {
  readonly read: () => T;
  readonly write: (value: T) => void;
}

export interface Keepsake<T> {
  /** Of the store, e.g. `clusters`. */
  readonly name: string;
  /** What it holds at first. */
  readonly start: () => readonly T[];
  /** Tells what this store has written from anything else. */
  readonly isItem: (value: unknown) => value is T;
}

/** Where stores keep what they know. */
export type Keep = <T>(keepsake: Keepsake<T>) => Kept<readonly T[]>;

/** Until the process ends. */
export const keepInMemory: Keep = ({ start }) => {
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
  return (keepsake) => {
    const path = join(folder, `${keepsake.name}.json`);
    const start = () => stored(path, keepsake.isItem) ?? keepsake.start();
    const memory = keepInMemory({ ...keepsake, start });
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

/** Values by a name of each; every change of it is kept. */
export interface KeptMap<V> {
  readonly get: (key: string) => V | undefined;
  readonly values: () => readonly V[];
  readonly entries: () => readonly (readonly [key: string, value: V])[];
  readonly set: (key: string, value: V) => void;
  /** @returns whether there was one. */
  readonly delete: (key: string) => boolean;
  /** Puts these in the place of all that is there. */
  readonly replace: (entries: readonly (readonly [key: string, value: V])[]) => void;
}

/** A map that is empty at first. @param isValue - see `Keepsake.isItem` */
export function keptMap<V>(
  keep: Keep,
  name: string,
  isValue: (value: unknown) => value is V,
): KeptMap<V> {
  const isItem = (item: unknown): item is readonly [string, V] =>
    Array.isArray(item) && typeof item[0] === 'string' && isValue(item[1]);
  const kept = keep<readonly [string, V]>({ name, start: () => [], isItem });
  let map = new Map(kept.read());
  const replace = (entries: Iterable<readonly [string, V]>): void => {
    const next = new Map(entries);
    kept.write([...next]);
    map = next;
  };
  return {
    get: (key) => map.get(key),
    values: () => [...map.values()],
    entries: () => [...map],
    set: (key, value) => replace(new Map(map).set(key, value)),
    delete(key) {
      const wasThere = map.has(key);
      if (wasThere) replace([...map].filter(([other]) => other !== key));
      return wasThere;
    },
    replace,
  };
}

/** Of the shape of what is in the files; another one cannot be read. */
const version = 1;

function stored<T>(path: string, isItem: Keepsake<T>['isItem']): readonly T[] | undefined {
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  const items = itemsIn(text);
  if (items?.every(isItem)) return items;
  throw new Error(`${path} was not written by this sandbox: delete it or choose another --dir`);
}

function itemsIn(text: string): readonly unknown[] | undefined {
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

/** Whether a value is an object that has these members. */
export function hasMembers(value: unknown, ...members: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && members.every((member) => member in value);
}
