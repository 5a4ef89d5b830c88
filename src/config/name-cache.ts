import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../disk/bounded-read.js';
import { tryParseJson } from '../http/decode.js';

/** The kind of resource that the names belong to. */
export type NameKind =
  | 'clients'
  | 'clusters'
  | 'compute-profiles'
  | 'groups'
  | 'kubernetes-profiles'
  | 'network-profiles'
  | 'owners'
  | 'plans'
  | 'tasks'
  | 'users';

/** Names that a list command printed last, for completion. The cache can be deleted at any time. */
export interface NameCache {
  /** @returns an empty list if there is no cache. Never throws. */
  readonly read: (context: string) => Promise<readonly string[]>;
  /** Never throws: a full or read-only disk must not make a list command fail. */
  readonly write: (context: string, names: readonly string[]) => Promise<void>;
  /** Deletes the names of a context, of every kind. */
  readonly forget: (context: string) => Promise<void>;
}

/** Large enough for the names of 100,000 clusters. */
const maximumBytes = 16 * 1024 * 1024;

export function createNameCache(directory: string, kind: NameKind): NameCache {
  const path = async (context: string): Promise<string> =>
    join(directory, `${kind}${await fileSuffix(context)}`);
  return {
    read: async (context) => parseNames(readCache(await path(context))),
    write: async (context, names) => {
      const target = await path(context);
      const text = JSON.stringify(names);
      if (readCache(target) === text) return;
      try {
        // Loaded on first use: completion only reads.
        const [{ ensureFolder }, { replaceFile }] = await Promise.all([
          import('../disk/folder.js'),
          import('../disk/reserved-file.js'),
        ]);
        await ensureFolder(directory);
        await replaceFile(target, text);
      } catch {
        // The next list command tries again.
      }
    },
    forget: async (context) => {
      const end = await fileSuffix(context);
      for (const file of listFiles(directory)) {
        // A process that was killed while writing leaves a temporary file.
        if (file.replace(/\.[\w-]+\.tmp$/, '').endsWith(end)) removeFile(join(directory, file));
      }
    },
  };
}

/** A longer name, in bytes, does not fit into a file name as hexadecimal digits. */
const maximumUnhashedBytes = 100;

/**
 * The end of the file names of a context. Short names are not hashed, because loading `node:crypto`
 * would make completion several milliseconds slower.
 */
async function fileSuffix(context: string): Promise<string> {
  const bytes = Buffer.from(context);
  if (bytes.length <= maximumUnhashedBytes) return `-${bytes.toString('hex')}`;
  const { toFileName } = await import('../disk/file-name.js');
  return `-${toFileName(context)}`;
}

function listFiles(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function parseNames(text: string): readonly string[] {
  const names = tryParseJson(text);
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

function readCache(path: string): string {
  try {
    return readText(path, { maximumBytes });
  } catch {
    return '';
  }
}

function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A cache that cannot be deleted does no harm: it contains only names.
  }
}
