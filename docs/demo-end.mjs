/** Ends the demo. */
import { cleanUp } from './demo-commands.mjs';
import { print } from './demo-output.mjs';

let isEnding = false;

/** Ends the demo after a signal, or if the reader of its output has ended, e.g. `head`. */
export function stopOnSignals() {
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])) {
    process.on(signal, () => void end({ code }));
  }
  // This is the exit code of a process that SIGPIPE ends.
  process.stdout.on('error', () => void end({ code: 141 }));
}

/**
 * Stops everything that the demo has started, and exits. Only the first call has an effect.
 *
 * @param {object} options
 * @param {number} options.code - the exit code.
 * @param {string} [options.message] - printed first.
 */
export async function end({ code, message }) {
  if (isEnding) return;
  isEnding = true;
  process.exitCode = code;
  if (message !== undefined) print('', message);
  await cleanUp({ isComplete: code === 0 });
  // The steps of the demo would continue. At its own end, output may still have to be written.
  if (code > 1) process.exit();
}
