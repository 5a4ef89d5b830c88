import type { FileInput } from '../../src/input/input-file.js';

/** A file that a user named. @param stdin - the content of stdin, for the path `-`. */
export function fileInput(path: string, stdin = ''): FileInput {
  return { path, readStdin: () => Promise.resolve(stdin) };
}
