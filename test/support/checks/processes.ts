import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether a process is running. A zombie is not, but keeps its PID. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** @throws Error if the condition is not met within this time. */
export async function waitUntil(condition: () => boolean, seconds = 30): Promise<void> {
  for (const deadline = Date.now() + seconds * 1000; !condition();) {
    if (Date.now() > deadline)
      throw new Error(`the condition was not met within ${String(seconds)} s`);
    await sleep(10);
  }
}
