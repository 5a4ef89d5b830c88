import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
      const draft = `${target}.${String(performance.now()).replace('.', '')}`;
      try {
        if (textOf(target) !== text) {
          mkdirSync(directory, { recursive: true, mode: 0o700 });
          // A killed process leaves its draft behind. Deleting one that is still in use is harmless.
          for (const file of filesIn(directory)) {
            const old = join(directory, file);
            if (draftEnding.test(file) && withoutDraft(old) === target) remove(old);
          }
          writeFileSync(draft, text, { mode: 0o600 });
          renameSync(draft, target);
        }
      } catch {
        remove(draft);
      }
    },
    forget: async (context) => {
      const end = await ending(context);
      const files = filesIn(directory).filter((file) => withoutDraft(file).endsWith(end));
      for (const file of files) remove(join(directory, file));
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

const draftEnding = /\.\d+$/;

/** The name of the file that a draft will become. */
function withoutDraft(file: string): string {
  return file.replace(draftEnding, '');
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
