import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';

/** A temporary folder. */
export interface FileFolder {
  readonly path: string;
  /** Writes a file, and creates its parent folders. @returns the path of the file. */
  readonly write: (name: string, content: string | Uint8Array) => string;
}

/** Creates a temporary folder, which is removed after the tests of the file. */
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
