import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { bin, programWords } from './spawned.js';

/** A test program that runs as a separate process. */
export interface RunningProgram {
  readonly pid: number;
  /** Waits for the next line of its output; rejects if it exits first. */
  readonly line: () => Promise<string>;
  /** Waits until it exits, and returns the exit code and the lines that were not read before. */
  readonly end: () => Promise<{ readonly code: number | null; readonly lines: readonly string[] }>;
  /** Kills it with SIGKILL, and waits until it has exited. */
  readonly kill: () => Promise<void>;
}

/**
 * Starts tpks or a bundled program, which shares the stderr of this process.
 * @param env - added to the environment of this process.
 */
export function spawnProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningProgram {
  const [command, ...words] = program === bin ? programWords() : [process.execPath, program];
  const child = spawn(command, [...words, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve).once('error', reject);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid ?? 0,
    line: async () => {
      const next = await lines.next();
      if (next.done === true) throw new Error(`${program} exited without printing a line`);
      return next.value;
    },
    end: async () => {
      const left: string[] = [];
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
        left.push(next.value);
      }
      return { code: await exit, lines: left };
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}
