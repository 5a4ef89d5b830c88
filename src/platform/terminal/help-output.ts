import type { Pager } from './pager.js';
import { createSink } from './sink.js';
import type { Screen } from './terminal-io.js';
import { mayBeTerminal, writeToDescriptor } from './write-descriptor.js';

export type HelpOutput = ReturnType<typeof createHelpOutput>;

/**
 * Creates the output for requested help. It collects the text and writes all of it at once.
 * @param stdout - opened only if writing to the descriptor is not sufficient.
 * @param descriptor - file descriptor of stdout; `undefined` for a stream that has none.
 * @param pager - shows text that is longer than the screen; without it, the text is only written.
 */
export function createHelpOutput(
  stdout: () => Screen,
  descriptor: number | undefined,
  pager?: Pager,
) {
  let text = '';
  return {
    /** Width of the terminal; `undefined` if stdout is not a terminal. */
    columns: () => (mayBeTerminal(descriptor) ? stdout().columns : undefined),
    write: (piece: string) => {
      text += piece;
    },
    /** @throws {TpksError} `storage` (exit code 7) if the text cannot be written, e.g. on a full disk. */
    flush: async () => {
      const all = text;
      text = '';
      if (pager !== undefined && mayBeTerminal(descriptor) && (await pager(all))) return;
      const rest = descriptor === undefined ? all : writeToDescriptor(descriptor, all);
      if (rest.length > 0) await createSink(stdout).write(rest);
    },
  };
}
