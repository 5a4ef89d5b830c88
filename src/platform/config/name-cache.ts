import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NameKind } from '../../base/errors.js';
import { isSafeName } from '../../base/sanitize.js';
import { replaceFile } from '../disk/atomic-file.js';
import { readText } from '../disk/bounded-read.js';
import { ensureFolder, toFileName } from '../disk/private-files.js';

/** Large enough for the names of 100,000 clusters. */
const maximumBytes = 16 * 1024 * 1024;

/** Longer than a refresh takes. */
const refreshPauseMilliseconds = 60_000;

export type NameCache = ReturnType<typeof createNameCache>;

/**
 * Names that a list command printed last, for completion, except those that completion must not suggest.
 * One name per line, because scripts installed by tpks 0.2.0 read these files. Can be deleted at any time.
 * No function throws: a full or read-only disk must not make a list command fail.
 */
export function createNameCache(directory: string, kind: NameKind) {
  const pathOf = (context: string): string => join(directory, `${kind}${cacheSuffix(context)}.txt`);
  return {
    /** @returns an empty list if no names are cached. */
    read: (context: string) => parseNames(readCache(pathOf(context))),
    /** @returns when the list was written, in milliseconds; `undefined` if no names are cached. */
    readTime: (context: string) => {
      try {
        return statSync(pathOf(context)).mtimeMs;
      } catch {
        return undefined;
      }
    },
    write: async (context: string, names: readonly string[]) => {
      const path = pathOf(context);
      const text = formatNames(names);
      try {
        if (readCache(path) === text) {
          const now = new Date();
          utimesSync(path, now, now);
          return;
        }
        ensureFolder(directory);
        await replaceFile(path, text);
      } catch {
        // The next list command tries again.
      }
    },
    /** Reserves a refresh for this process: only one may fetch the names, at most once a minute. */
    claimRefresh: (context: string, time: Date) => {
      const marker = join(directory, `refresh-${kind}${cacheSuffix(context)}.txt`);
      try {
        ensureFolder(directory);
        const last = statSync(marker, { throwIfNoEntry: false });
        if (last !== undefined) {
          if (Math.abs(time.getTime() - last.mtimeMs) < refreshPauseMilliseconds) return false;
          rmSync(marker);
        }
        writeFileSync(marker, '', { mode: 0o600, flag: 'wx' });
        return true;
      } catch {
        return false;
      }
    },
    /** Deletes the names of a context, of every kind. */
    forget: (context: string) => {
      const end = cacheSuffix(context);
      for (const file of listFiles(directory)) {
        // A process that was killed while writing leaves a temporary file.
        if (file.replace(/(?:\.txt)?(?:\.[\w-]+\.tmp)?$/, '').endsWith(end))
          removeFile(join(directory, file));
      }
    },
  };
}

/** A longer name, in bytes, does not fit into a file name as hexadecimal digits. */
const maximumUnhashedBytes = 100;

/** The end of the file names of a context. Short names are not hashed, because `node:crypto` loads slowly. */
function cacheSuffix(context: string): string {
  const bytes = Buffer.from(context);
  if (bytes.length <= maximumUnhashedBytes) return `-${bytes.toString('hex')}`;
  return `-${toFileName(context)}`;
}

function listFiles(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function formatNames(names: readonly string[]): string {
  return names
    .filter(isSafeName)
    .map((name) => `${name}\n`)
    .join('');
}

function parseNames(text: string): readonly string[] {
  return text.split('\n').filter(isSafeName);
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
