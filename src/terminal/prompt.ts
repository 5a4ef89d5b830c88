import process from 'node:process';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { TpksError, errorMessage } from '../errors.js';
import { toPrintable } from './sanitize.js';
import type { PromptOptions } from './terminal.js';

/** A stream of key presses. `setRawMode` exists only if it is a terminal. */
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
 * Prompts the user on a terminal and reads one line. Each character of hidden input is shown as `*`.
 *
 * @param screen - where to show the prompt; not stdout, which is for the result.
 * @throws {TpksError} `cancelled` on Ctrl-C, on Ctrl-D, and if the terminal is closed.
 */
export async function prompt(
  { message: text, hidden = false }: PromptOptions,
  { keyboard, screen }: { keyboard: Keyboard; screen: Writable },
): Promise<string> {
  // Set before the library is loaded, so that keys typed in the meantime are not echoed.
  keyboard.setRawMode?.(true);
  const { keys, hasEnded, redraw, release } = forwardKeys(keyboard);
  const onContinue = () => {
    // Node assumes that the terminal is still in raw mode, but the shell has changed it.
    keyboard.setRawMode?.(false);
    keyboard.setRawMode?.(true);
    redraw();
  };
  // These signals come from other programs, because Ctrl-C sends none in raw mode.
  const onInterrupt = () => screen.write('\n');
  process.on('SIGCONT', onContinue).on('SIGINT', onInterrupt).on('SIGTERM', onInterrupt);
  try {
    const { read } = await import('read');
    return await read({
      input: keys,
      output: screen,
      // Otherwise the library would not control the echo if the screen is not a terminal.
      terminal: true,
      prompt: toPrintable(text),
      silent: hidden,
      ...(hidden ? { replace: '*' } : {}),
    });
  } catch (error) {
    if (errorMessage(error) !== 'canceled') throw error;
    screen.write('\n');
    throw new TpksError(
      'cancelled',
      hasEnded() ? 'The input ended before a value was entered' : 'Cancelled',
    );
  } finally {
    process.off('SIGCONT', onContinue).off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
    release();
    keyboard.setRawMode?.(false);
  }
}

/**
 * Stops this job, as Ctrl-Z does outside raw mode. Stops the whole process group, because the shell waits
 * for all of it. The prompt is shown again when the shell sends SIGCONT.
 */
function suspendJob(keyboard: Keyboard): void {
  if (keyboard !== process.stdin || process.platform === 'win32') return;
  keyboard.setRawMode?.(false);
  process.kill(0, 'SIGTSTP');
  // The system ignores the signal if there is no shell that could continue the job. If the job has
  // stopped, this runs afterwards.
  setTimeout(() => {
    if (!keyboard.isPaused()) keyboard.setRawMode?.(true);
  }, 10);
}

/**
 * Forwards key presses to the library. The library would wait forever at the end of input, so the end is
 * forwarded as Ctrl-C. Ctrl-Z is not forwarded, because the library would receive no further keys after it.
 * Each key is forwarded separately, because Node's readline handles longer chunks incorrectly.
 */
function forwardKeys(keyboard: Keyboard) {
  const keys = new PassThrough();
  let hasEnded = false;
  const onEnd = () => {
    hasEnded = true;
    keys.write(Buffer.of(ctrlC));
  };
  const onData = (chunk: Buffer | string) => {
    for (const byte of Buffer.from(chunk)) {
      if (byte === ctrlD) {
        onEnd();
        return;
      }
      if (byte === ctrlZ) suspendJob(keyboard);
      else keys.write(Buffer.of(byte));
    }
  };
  keyboard.on('data', onData).on('end', onEnd).on('error', onEnd).resume();
  return {
    keys,
    hasEnded: () => hasEnded,
    /** Shows the prompt again and clears the input. */
    redraw: () => {
      for (const key of [ctrlE, ctrlU]) keys.write(Buffer.of(key));
    },
    release: () => {
      keyboard.off('data', onData).off('end', onEnd).off('error', onEnd);
      keyboard.pause();
    },
  };
}
