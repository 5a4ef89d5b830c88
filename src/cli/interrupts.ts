import { TpksError } from '../base/errors.js';

/** Registers a listener for SIGINT (Ctrl-C) and SIGTERM. */
export type OnInterrupt = (listener: (signal?: NodeJS.Signals) => void) => void;

/** How a run reacts to SIGINT (Ctrl-C) and SIGTERM. */
export interface Interrupts {
  /** Rejects on an interrupt, unless a command waits for it. */
  readonly cancelled: Promise<never>;
  /** Resolves on an interrupt, for commands that run until then. */
  readonly wait: () => Promise<void>;
  /** Runs a program that handles Ctrl-C, such as a pager. */
  readonly ignoringCtrlC: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** @param onInterrupt - registers a listener; `undefined` if signals are not delivered. */
export function listenForInterrupts(onInterrupt: OnInterrupt | undefined): Interrupts {
  let resolveWaiter: (() => void) | undefined;
  let ignoresCtrlC = false;
  const cancelled = new Promise<never>((_resolve, reject) => {
    onInterrupt?.((signal) => {
      if (ignoresCtrlC && signal === 'SIGINT') return;
      const resolveWait = resolveWaiter;
      // The command handles only the first interrupt, so that a second one can stop its cleanup.
      resolveWaiter = undefined;
      if (resolveWait) resolveWait();
      else reject(new TpksError('cancelled', 'Interrupted'));
    });
  });
  return {
    cancelled,
    wait: () => new Promise((resolve) => (resolveWaiter = resolve)),
    async ignoringCtrlC(work) {
      ignoresCtrlC = true;
      try {
        return await work();
      } finally {
        ignoresCtrlC = false;
      }
    },
  };
}
