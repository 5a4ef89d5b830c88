import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';

export interface FileFolder {
  readonly path: string;
  /** @returns the path of the file that was written. */
  readonly write: (name: string, content: string | Uint8Array) => string;
}

/** A folder for files that tests write, gone after them. */
export function fileFolder(): FileFolder {
  const path = mkdtempSync(join(tmpdir(), 'tpks-files-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    write: (name, content) => {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
  };
}
