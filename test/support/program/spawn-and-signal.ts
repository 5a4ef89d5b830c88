import { waitUntil } from '../checks/processes.js';
import type { TestUser } from './cli.js';

/**
 * Runs a command in a separate process, and sends it a signal as soon as a condition is met.
 * @returns the result, and the time from the signal until the process exits.
 * @throws Error if the condition is not met within 30 s.
 */
export async function spawnAndSignal(
  { spawn }: TestUser,
  words: readonly string[],
  { signal, when }: { readonly signal: NodeJS.Signals; readonly when: () => boolean },
) {
  let signalSent = Promise.resolve(0);
  const running = spawn(words, {
    started: (child) => {
      signalSent = waitUntil(when).then(() => {
        child.kill(signal);
        return performance.now();
      });
    },
  });
  const sentAt = await signalSent;
  return { ...(await running), exitMilliseconds: performance.now() - sentAt };
}
