import process from 'node:process';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { TpksError, errorMessage } from '../errors.js';
import { printable } from './sanitize.js';
import type { Question } from './terminal.js';

/** A stream of key presses; `setRawMode` is there when it comes from a terminal. */
export type Keyboard = Readable & {
  readonly isTTY?: boolean;
  readonly setRawMode?: (raw: boolean) => unknown;
};

const ctrlC = 0x03;
const ctrlD = 0x04;
const ctrlE = 0x05;
const ctrlU = 0x15;
const ctrlZ = 0x1a;

/**
 * Asks on a terminal and reads one line; of a hidden answer each character shows as `*`.
 *
 * @param screen - where the question is shown; not stdout, which belongs to the answer.
 * @throws {TpksError} `cancelled` on Ctrl-C, Ctrl-D, and when the terminal goes away.
 */
export async function prompt(
  { prompt: text, hidden = false }: Question,
  { keyboard, screen }: { keyboard: Keyboard; screen: Writable },
): Promise<string> {
  // Before anything is loaded: what is typed meanwhile must not be echoed either.
  keyboard.setRawMode?.(true);
  const { keys, hasEnded, startAnew, release } = tap(keyboard);
  const comeBack = () => {
    // Node believes that the terminal is still raw, but the shell has changed it meanwhile.
    keyboard.setRawMode?.(false);
    keyboard.setRawMode?.(true);
    startAnew();
  };
  process.on('SIGCONT', comeBack);
  try {
    const { read } = await import('read');
    return await read({
      input: keys,
      output: screen,
      // Else the library would leave the echo to the terminal whenever the screen is none.
      terminal: true,
      prompt: printable(text),
      silent: hidden,
      ...(hidden ? { replace: '*' } : {}),
    });
  } catch (error) {
    if (errorMessage(error) !== 'canceled') throw error;
    screen.write('\n');
    throw new TpksError('cancelled', hasEnded() ? 'The input ended before an answer' : 'Cancelled');
  } finally {
    process.off('SIGCONT', comeBack);
    release();
    keyboard.setRawMode?.(false);
  }
}

/**
 * The keys of a keyboard, on their way to the library. It waits for ever at the end of input, so
 * that end becomes a Ctrl-C, which it does know; Ctrl-Z, after which it hears nothing any more, is
 * left out. Each key goes alone, since Node's readline edits wrongly within a longer piece.
 */
function tap(keyboard: Keyboard) {
  const keys = new PassThrough();
  let ended = false;
  const onEnd = () => {
    ended = true;
    keys.write(Buffer.of(ctrlC));
  };
  const onData = (chunk: Buffer | string) => {
    for (const byte of Buffer.from(chunk)) {
      if (byte === ctrlD) {
        onEnd();
        return;
      }
      if (byte !== ctrlZ) keys.write(Buffer.of(byte));
    }
  };
  keyboard.on('data', onData).on('end', onEnd).on('error', onEnd).resume();
  return {
    keys,
    hasEnded: () => ended,
    /** Shows the question once more, with nothing typed. */
    startAnew: () => {
      for (const key of [ctrlE, ctrlU]) keys.write(Buffer.of(key));
    },
    release: () => {
      keyboard.off('data', onData).off('end', onEnd).off('error', onEnd);
      keyboard.pause();
    },
  };
}
