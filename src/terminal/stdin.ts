import type { Readable } from 'node:stream';
import { readAll, stdinReadTwiceError } from './read-all.js';

/** Reads all of stdin for one input. */
export interface StdinReader {
  /**
   * Reads all of stdin, for `--password-stdin` and `-`. Later calls for the same input return the same
   * text.
   * @param name - the option, argument or variable that is on stdin, e.g. `--password-stdin`.
   * @param maximumBytes - 16 MiB if absent.
   * @throws {TpksError} `usage` if another input is on stdin, and as {@link readAll}.
   */
  readonly readStdin: (name: string, maximumBytes?: number) => Promise<string>;
  /** The input that `readStdin` has read, e.g. `--file`; `undefined` if stdin was not read. */
  readonly stdinName: () => string | undefined;
}

/** @param open - opens stdin, on first use. */
export function createStdinReader(open: () => Readable): StdinReader {
  let input: { readonly name: string; readonly text: Promise<string> } | undefined;
  return {
    async readStdin(name, maximumBytes) {
      input ??= { name, text: readAll(open(), maximumBytes) };
      if (input.name !== name) throw stdinReadTwiceError([input.name, name]);
      return input.text;
    },
    stdinName: () => input?.name,
  };
}

/** Formats why the user cannot be prompted; empty if stdin was not read. */
export function formatStdinUse({ stdinName }: Pick<StdinReader, 'stdinName'>): string {
  const name = stdinName();
  return name === undefined ? '' : `: stdin was read for ${name}`;
}
