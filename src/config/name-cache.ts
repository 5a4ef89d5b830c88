import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../disk/bounded-read.js';
import { jsonOrNothing } from '../http/decode.js';

/** What the names are of. */
export type NameKind =
  | 'clusters'
  | 'compute-profiles'
  | 'kubernetes-profiles'
  | 'network-profiles'
  | 'owners'
  | 'plans'
  | 'tasks';

/** Names that the last run of a list saw, for completion; losing them costs nothing. */
export interface NameCache {
  /** @returns nothing when there is no cache. Never throws. */
  readonly read: (context: string) => Promise<readonly string[]>;
  /** Never throws: a full or read-only disk is no reason to fail a list. */
  readonly write: (context: string, names: readonly string[]) => Promise<void>;
  /** Forgets all names of a context, of every kind. */
  readonly forget: (context: string) => Promise<void>;
}

/** A list of 100,000 clusters fits. */
const maximumBytes = 16 * 1024 * 1024;

export function createNameCache(directory: string, kind: NameKind): NameCache {
  const path = async (context: string): Promise<string> =>
    join(directory, `${kind}${await ending(context)}`);
  return {
    read: async (context) => namesIn(textOf(await path(context))),
    write: async (context, names) => {
      const target = await path(context);
      const text = JSON.stringify(names);
      if (textOf(target) === text) return;
      try {
        // Loaded on first use: completion only reads.
        const [{ ensureFolder }, { replaceFile }] = await Promise.all([
          import('../disk/folder.js'),
          import('../disk/reserved-file.js'),
        ]);
        await ensureFolder(directory);
        await replaceFile(target, text);
      } catch {
        // The next list tries again.
      }
    },
    forget: async (context) => {
      const end = await ending(context);
      for (const file of filesIn(directory)) {
        // A killed writer has left a temporary file.
        if (file.replace(/\.[\w-]+\.tmp$/, '').endsWith(end)) remove(join(directory, file));
      }
    },
  };
}

/** Longest name of a context, in bytes, that fits into a file name as hexadecimal digits. */
const longestName = 100;

/**
 * The end of the name of a context's files. Short names are not hashed, because `node:crypto` alone
 * would cost a completion several milliseconds.
 */
async function ending(context: string): Promise<string> {
  const bytes = Buffer.from(context);
  if (bytes.length <= longestName) return `-${bytes.toString('hex')}`;
  const { fileNameOf } = await import('../disk/file-name.js');
  return `-${fileNameOf(context)}`;
}

function filesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function namesIn(text: string): readonly string[] {
  const names = jsonOrNothing(text);
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

function textOf(path: string): string {
  try {
    return readText(path, { maximumBytes });
  } catch {
    return '';
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A leftover cache contains only names.
  }
}
