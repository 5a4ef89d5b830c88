import { PassThrough, type Readable, type Writable } from 'node:stream';
import { TpksError, errorMessage } from '../errors.js';
import { watchPromptSignals } from './prompt-signals.js';
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
const ctrlBackslash = 0x1c;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Prompts the user and reads one line. */
export type Prompt = (question: Pick<PromptOptions, 'message' | 'hidden'>) => Promise<string>;

/**
 * Creates a function that prompts the user on a terminal and reads one line. Each character of hidden input
 * is shown as `*`. Input after the line, such as the other lines of a paste, is for the next prompt. The
 * function throws {@link TpksError} `cancelled` on Ctrl-C, on Ctrl-D, and if the terminal is closed.
 *
 * @param screen - where to show the prompt; not stdout, which is for the result.
 */
export function createPrompt({
  keyboard,
  screen,
}: {
  readonly keyboard: Keyboard;
  readonly screen: Writable;
}): Prompt {
  const input = createInput();
  return async ({ message, hidden = false }) => {
    // Set before the library is loaded, so that keys typed in the meantime are not echoed.
    keyboard.setRawMode?.(true);
    const keys = new PassThrough();
    const press = (key: number) => keys.emit('data', Buffer.of(key));
    const end = { isReached: false };
    // The library would wait forever at the end of input.
    const onEnd = () => {
      end.isReached = true;
      press(ctrlC);
    };
    const signals = watchPromptSignals(keyboard, screen, () => {
      // Shows the prompt again and clears the input.
      for (const key of [ctrlE, ctrlU]) press(key);
    });
    const onData = (chunk: Buffer | string) => {
      input.add(chunk);
      input.forward((key) => {
        if (key === ctrlD) onEnd();
        // The library would receive no further keys after it.
        else if (key === ctrlZ) signals.sendToJob('SIGTSTP');
        // The library would add it to the input.
        else if (key === ctrlBackslash) signals.sendToJob('SIGQUIT');
        else press(key);
        // The library pauses its input when it has read a line.
        return !keys.isPaused();
      });
    };
    keyboard.on('end', onEnd).on('error', onEnd);
    try {
      const { read } = await import('read');
      const answer = read({
        input: keys,
        output: screen,
        // Otherwise the library would not control the echo if the screen is not a terminal.
        terminal: true,
        prompt: toPrintable(message),
        silent: hidden,
        ...(hidden ? { replace: '*' } : {}),
      });
      if (end.isReached) onEnd();
      else onData('');
      if (!keys.isPaused()) keyboard.on('data', onData).resume();
      return await answer;
    } catch (error) {
      if (errorMessage(error) !== 'canceled') throw error;
      screen.write('\n');
      throw new TpksError(
        'cancelled',
        end.isReached ? 'The input ended before a value was entered' : 'Cancelled',
      );
    } finally {
      signals.release();
      keyboard.off('data', onData).off('end', onEnd).off('error', onEnd).pause();
      keyboard.setRawMode?.(false);
    }
  };
}

/** Creates a buffer for the input that no prompt has read yet. */
function createInput() {
  let bytes = Buffer.alloc(0);
  let previous: number | undefined;
  return {
    add: (chunk: Buffer | string) => {
      bytes = Buffer.concat([bytes, Buffer.from(chunk)]);
    },
    /**
     * Forwards each byte separately, because Node's readline handles longer chunks incorrectly.
     * @param accept - returns whether the prompt accepts more bytes.
     */
    forward: (accept: (key: number) => boolean) => {
      let position = 0;
      for (const key of bytes) {
        position += 1;
        // Carriage return and line feed are one line break, which must not end two prompts.
        const isSameLineBreak = key === lineFeed && previous === carriageReturn;
        previous = key;
        if (!isSameLineBreak && !accept(key)) break;
      }
      bytes = bytes.subarray(position);
    },
  };
}
