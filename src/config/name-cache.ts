import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonOrNothing } from '../http/decode.js';

/** Names that the last run of a list saw, for completion; losing them costs nothing. */
export interface NameCache {
  /** @returns nothing when there is no cache. Never throws. */
  readonly read: (context: string) => Promise<readonly string[]>;
  /** Never throws: a full or read-only disk is no reason to fail a list. */
  readonly write: (context: string, names: readonly string[]) => Promise<void>;
  readonly forget: (context: string) => Promise<void>;
}

/** @param kind - what the names are of, e.g. `clusters`. */
export function createNameCache(directory: string, kind: string): NameCache {
  // No hash: node:crypto alone would cost a completion several milliseconds.
  const path = (context: string): string =>
    join(directory, `${kind}-${Buffer.from(context).toString('hex').slice(0, 200)}`);
  return {
    read: async (context) => {
      const text = await readFile(path(context), 'utf8').catch(() => '');
      const names = jsonOrNothing(text);
      return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
    },
    write: async (context, names) => {
      const text = JSON.stringify(names);
      const target = path(context);
      const draft = `${target}.${String(performance.now()).replace('.', '')}`;
      try {
        if ((await readFile(target, 'utf8').catch(() => '')) === text) return;
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeFile(draft, text, { mode: 0o600 });
        await rename(draft, target);
      } catch {
        await rm(draft, { force: true }).catch(() => undefined);
      }
    },
    forget: async (context) => {
      await rm(path(context), { force: true }).catch(() => undefined);
    },
  };
}
