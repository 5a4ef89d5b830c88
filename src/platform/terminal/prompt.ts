import { Buffer } from 'node:buffer';
import process from 'node:process';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { TpksError, errorMessage } from '../../base/errors.js';
import { toPrintable } from '../../base/sanitize.js';
import type { Keyboard } from './terminal-io.js';

const ctrlC = 0x03;
const ctrlD = 0x04;
const ctrlE = 0x05;
const ctrlU = 0x15;
const ctrlZ = 0x1a;
const ctrlBackslash = 0x1c;
const lowerQ = 0x71;
const upperQ = 0x51;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

export interface PromptOptions {
  /** The prompt with its punctuation, e.g. `Password: `. */
  readonly message: string;
  /** Whether to show each typed character as `*`. */
  readonly hidden?: boolean;
  /** Whether to ignore what was typed before the prompt is shown, so that it cannot be the answer. */
  readonly discardsTypedInput?: boolean;
  /** Hint of the error if the user cannot be prompted, e.g. `use --password-stdin`. */
  readonly hint: string;
}

/** Prompts the user and reads one line. */
export type Prompt = (
  question: Pick<PromptOptions, 'message' | 'hidden' | 'discardsTypedInput'>,
) => Promise<string>;

/**
 * Creates a function that prompts the user on a terminal and reads one line. Each character of hidden input
 * is shown as `*`. Input after the line, such as the other lines of a paste, is for the next prompt. The
 * function throws {@link TpksError} `cancelled` on Ctrl-C, on Ctrl-D, and if the terminal is closed.
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
  return async ({ message, hidden = false, discardsTypedInput = false }) => {
    // Set before the modules are loaded, so that keys typed in the meantime are not echoed.
    keyboard.setRawMode?.(true);
    // Loaded here because each takes 3 ms in the standalone binary, and few commands prompt.
    const [{ PassThrough }, { read }] = await Promise.all([import('node:stream'), import('read')]);
    if (discardsTypedInput) {
      input.clear();
      await discardPending(keyboard);
    }
    const keys = new PassThrough();
    const press = (key: number) => keys.emit('data', Buffer.of(key));
    const end = { isReached: keyboard.readableEnded };
    // The library would wait forever at the end of input.
    const onEnd = () => {
      end.isReached = true;
      press(ctrlC);
    };
    const signals = watchSignals(keyboard, {
      onInterrupt: () => screen.write('\n'),
      onContinue: () => {
        // Shows the prompt again and clears the input.
        for (const key of [ctrlE, ctrlU]) press(key);
      },
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

/** The keys that end a command that runs until the user stops it. */
export interface QuitKeys {
  /**
   * Runs work until the user presses `q` or Ctrl-C. The terminal does not show what the user types meanwhile.
   * @returns `undefined` if the user pressed a key; the work may then still be running.
   */
  readonly runUntilQuit: <T>(work: () => Promise<T>) => Promise<T | undefined>;
  /** Does not read keys while the work, e.g. a prompt, reads the keyboard. */
  readonly suspend: <T>(work: () => Promise<T>) => Promise<T>;
}

export function createQuitKeys(open: () => Keyboard): QuitKeys {
  let reader: ReturnType<typeof createKeyReader> | undefined;
  return {
    async runUntilQuit(work) {
      let quit: () => void = () => undefined;
      const quitPressed = new Promise<undefined>((resolve) => {
        quit = () => {
          resolve(undefined);
        };
      });
      reader = createKeyReader(open(), quit);
      reader.start();
      try {
        return await Promise.race([work(), quitPressed]);
      } finally {
        reader.stop();
        reader = undefined;
      }
    },
    async suspend(work) {
      reader?.stop();
      try {
        return await work();
      } finally {
        reader?.start();
      }
    },
  };
}

function createKeyReader(keyboard: Keyboard, quit: () => void) {
  let signals: ReturnType<typeof watchSignals> | undefined;
  const onData = (chunk: Buffer | string) => {
    for (const key of Buffer.from(chunk)) {
      if ([ctrlC, lowerQ, upperQ].includes(key)) quit();
      else if (key === ctrlZ) signals?.sendToJob('SIGTSTP');
      else if (key === ctrlBackslash) signals?.sendToJob('SIGQUIT');
    }
  };
  const ignoreError = () => undefined;
  return {
    start: () => {
      keyboard.setRawMode?.(true);
      signals = watchSignals(keyboard);
      keyboard.on('data', onData).on('error', ignoreError).resume();
    },
    stop: () => {
      signals?.release();
      keyboard.off('data', onData).off('error', ignoreError).pause();
      keyboard.setRawMode?.(false);
    },
  };
}

/** Reads and ignores what the terminal has received so far. */
async function discardPending(keyboard: Keyboard): Promise<void> {
  const ignore = () => undefined;
  keyboard.on('data', ignore).resume();
  await sleep(pendingMilliseconds);
  keyboard.off('data', ignore).pause();
}

/** Long enough for a paste to arrive, but too short for the user to read the prompt and answer it. */
const pendingMilliseconds = 100;

/** Creates a buffer for the input that no prompt has read yet. */
function createInput() {
  let bytes = Buffer.alloc(0);
  let previous: number | undefined;
  return {
    clear: () => {
      bytes = Buffer.alloc(0);
    },
    add: (chunk: Buffer | string) => {
      bytes = Buffer.concat([bytes, Buffer.from(chunk)]);
    },
    /** Forwards single bytes, as readline mishandles chunks, while `accept` returns `true`. */
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

interface SignalListeners {
  /** Called before a signal ends the process. */
  readonly onInterrupt?: () => void;
  /** Called when a stopped process continues, e.g. to show a prompt again. */
  readonly onContinue?: () => void;
}

/**
 * Leaves raw mode before a signal from another program ends or stops the process, because the terminal would
 * otherwise not show what the user types next.
 */
function watchSignals(keyboard: Keyboard, listeners: SignalListeners = {}) {
  let isReleased = false;
  const enterRawMode = () => {
    if (isReleased) return;
    // The runtime assumes that the terminal is still in raw mode, but a shell may have changed it.
    keyboard.setRawMode?.(false);
    keyboard.setRawMode?.(true);
    process.off('SIGTSTP', onStop).on('SIGTSTP', onStop);
  };
  const stop = (processId: number) => {
    // Without a listener, the signal has its usual effect.
    process.off('SIGTSTP', onStop);
    keyboard.setRawMode?.(false);
    process.kill(processId, 'SIGTSTP');
    // This runs when the job continues. If no shell could continue it, the system ignores the signal, and this
    // runs immediately.
    setTimeout(enterRawMode, 10);
  };
  const onStop = () => {
    stop(process.pid);
  };
  const onContinue = () => {
    enterRawMode();
    listeners.onContinue?.();
  };
  const onInterrupt = () => {
    keyboard.setRawMode?.(false);
    listeners.onInterrupt?.();
  };
  const onQuit = (signal: NodeJS.Signals) => {
    onInterrupt();
    process.off(signal, onQuit);
    process.kill(process.pid, signal);
  };
  process
    .on('SIGINT', onInterrupt)
    .on('SIGTERM', onInterrupt)
    .on('SIGHUP', onQuit)
    .on('SIGQUIT', onQuit)
    .on('SIGTSTP', onStop)
    .on('SIGCONT', onContinue);
  return {
    /**
     * Stops or ends this job, as Ctrl-Z and Ctrl-\ do outside raw mode. The signal goes to the whole
     * process group, because the shell waits for all of it. The job continues when the shell sends SIGCONT.
     */
    sendToJob: (signal: 'SIGTSTP' | 'SIGQUIT') => {
      if (keyboard !== process.stdin || process.platform === 'win32') return;
      if (signal === 'SIGTSTP') stop(0);
      else process.kill(0, signal);
    },
    release: () => {
      isReleased = true;
      process
        .off('SIGINT', onInterrupt)
        .off('SIGTERM', onInterrupt)
        .off('SIGHUP', onQuit)
        .off('SIGQUIT', onQuit)
        .off('SIGTSTP', onStop)
        .off('SIGCONT', onContinue);
    },
  };
}
