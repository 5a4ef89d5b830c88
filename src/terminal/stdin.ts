import type { Readable } from 'node:stream';

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
      const loaded = import('./read-all.js');
      input ??= { name, text: loaded.then(({ readAll }) => readAll(open(), maximumBytes)) };
      if (input.name !== name) throw (await loaded).stdinReadTwiceError([input.name, name]);
      return input.text;
    },
    stdinName: () => input?.name,
  };
}
