import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program of the tests that runs beside them. */
export interface RunningProgram {
  readonly pid: number;
  /** The next line of its output; rejects when it ends without one. */
  readonly line: () => Promise<string>;
  /** What it prints until it ends, by lines, and how it ends. */
  readonly end: () => Promise<{ readonly code: number | null; readonly lines: readonly string[] }>;
  /** `kill -9`, and waits for its end. */
  readonly kill: () => Promise<void>;
}

/** Starts a bundled program; its complaints go to ours. */
export function spawnProgram(program: string, args: readonly string[]): RunningProgram {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve).once('error', reject);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid ?? 0,
    line: async () => {
      const next = await lines.next();
      if (next.done === true) throw new Error(`${program} ended without a word`);
      return next.value;
    },
    end: async () => {
      const left: string[] = [];
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
        left.push(next.value);
      }
      return { code: await ended, lines: left };
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
