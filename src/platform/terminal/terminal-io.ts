import type { Readable, Writable } from 'node:stream';

/** A stream of key presses. Only a terminal has `setRawMode`. */
export type Keyboard = Readable & {
  readonly isTTY?: boolean;
  readonly setRawMode?: (raw: boolean) => unknown;
};

/** An output stream; the size is known if it is a terminal. */
export type Screen = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** The caller must listen for the `error` events of stdout and stderr. */
export interface TerminalIo {
  readonly stdin: Keyboard;
  readonly stdout: Screen;
  readonly stderr: Screen;
  /** File descriptor of stdout. If present, short texts are written without loading streams. */
  readonly stdoutDescriptor?: number;
}
