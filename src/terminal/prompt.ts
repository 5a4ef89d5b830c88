import process from 'node:process';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { TpksError, errorMessage } from '../errors.js';
import { printable } from './sanitize.js';
import type { Question } from './terminal.js';

/** A stream of key presses; `setRawMode` exists if it is a terminal. */
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
 * Asks on a terminal and reads one line; each character of a hidden answer is shown as `*`.
 *
 * @param screen - where the question is shown; not stdout, which is for the result.
 * @throws {TpksError} `cancelled` on Ctrl-C, on Ctrl-D, and if the terminal is closed.
 */
export async function prompt(
  { prompt: text, hidden = false }: Question,
  { keyboard, screen }: { keyboard: Keyboard; screen: Writable },
): Promise<string> {
  // Before anything is loaded, so that keys typed in the meantime are not echoed.
  keyboard.setRawMode?.(true);
  const { keys, hasEnded, startAnew, release } = forwardKeys(keyboard);
  const comeBack = () => {
    // Node assumes that the terminal is still raw, but the shell has changed it.
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
      // Otherwise the library would leave the echo to the terminal if the screen is not one.
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
 * Passes the keys of a keyboard to the library. It would wait forever at the end of input, so the
 * end is passed as Ctrl-C. Ctrl-Z is left out, because the library would receive no further keys.
 * Each key is passed separately, because Node's readline edits longer pieces incorrectly.
 */
function forwardKeys(keyboard: Keyboard) {
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
    /** Shows the question again, with an empty answer. */
    startAnew: () => {
      for (const key of [ctrlE, ctrlU]) keys.write(Buffer.of(key));
    },
    release: () => {
      keyboard.off('data', onData).off('end', onEnd).off('error', onEnd);
      keyboard.pause();
    },
  };
}
