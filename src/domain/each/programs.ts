import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../../base/errors.js';
import { describeDiskError } from '../../platform/disk/disk-error.js';

export type OutputName = 'stdout' | 'stderr';

export interface ProgramInput {
  /** Path of the program. No shell is used. */
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** After this time, the program is stopped. */
  readonly timeoutSeconds: number | undefined;
  /** Reads an output of the program. If it stops early, the output is closed. */
  readonly read: (name: OutputName, output: Readable) => Promise<void>;
}

export interface ProgramResult {
  /** `null` if a signal ended the program, or if it was not started. */
  readonly exitCode: number | null;
  /** Why the program failed, e.g. `exited with 1`; `undefined` if it succeeded. */
  readonly problem: string | undefined;
}

/** How long a program has to end after SIGTERM before it is killed. */
const defaultGraceMilliseconds = 5000;

export type Programs = ReturnType<typeof createPrograms>;

/** Runs programs, each in its own process group, so that they can be stopped with all processes that they start. */
export function createPrograms({ graceMilliseconds = defaultGraceMilliseconds } = {}) {
  const running = new Set<RunningProgram>();
  let stopReason: string | undefined;
  let isInterrupted = false;
  const stopAll = (reason: string) => {
    stopReason ??= reason;
    for (const program of running) program.stop(stopReason);
  };
  const stop = () => {
    isInterrupted = true;
    stopAll(interrupted);
  };
  const kill = () => {
    isInterrupted = true;
    stopReason ??= interrupted;
    for (const program of running) program.kill();
  };
  /** Like `stop`, because the output cannot be written. */
  const stopAfterOutputError = () => {
    stopAll(outputProblem);
  };
  return {
    /**
     * Runs a program with an empty stdin, until it has ended and all processes with its outputs have closed them.
     * @throws errors of `read`, after this program has been stopped. All others are stopped as well.
     */
    run: async (input: ProgramInput): Promise<ProgramResult> => {
      const { spawn } = await import('node:child_process');
      if (stopReason !== undefined) return { exitCode: null, problem: notStartedProblem };
      let child;
      try {
        child = spawn(input.file, input.args, {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: input.env,
          detached: process.platform !== 'win32',
          windowsHide: true,
        });
      } catch (error) {
        return startProblem(error);
      }
      if (child.pid === undefined) return startProblem((await once(child, 'error'))[0]);
      const program = new RunningProgram(child, graceMilliseconds);
      running.add(program);
      try {
        return await program.wait(input, stopAfterOutputError);
      } finally {
        running.delete(program);
      }
    },
    /** Stops all programs with SIGTERM, and kills those that are still running 5 seconds later. Starts no others. */
    stop,
    stopAfterOutputError,
    /** Kills all programs. Starts no others. */
    kill,
    isInterrupted: () => isInterrupted,
    /** Stops all programs on a signal that would end tpks, except SIGINT and SIGTERM, which the caller handles. */
    stoppingOnSignals: async <T>(work: () => Promise<T>): Promise<T> => {
      for (const signal of otherSignals) process.on(signal, stop);
      try {
        return await work();
      } finally {
        for (const signal of otherSignals) process.off(signal, stop);
      }
    },
  };
}

const interrupted = 'was interrupted';

export const notStartedProblem = 'was not started';

/** The problem of programs that are stopped after an error of `read`. */
export const outputProblem = 'was stopped, because the output could not be written';

/** The terminal sends these signals only to the process group of tpks. */
const otherSignals = ['SIGHUP', 'SIGQUIT'] as const;

type OutputProcess = ChildProcess & { readonly stdout: Readable; readonly stderr: Readable };

class RunningProgram {
  readonly #child: OutputProcess;
  readonly #graceMilliseconds: number;
  #problem: string | undefined;
  readonly #killed = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(child: OutputProcess, graceMilliseconds: number) {
    this.#child = child;
    this.#graceMilliseconds = graceMilliseconds;
  }

  async wait(
    { read, timeoutSeconds }: ProgramInput,
    onReadError: () => void,
  ): Promise<ProgramResult> {
    const child = this.#child;
    const end = new Promise<ProgramResult>((resolve) => {
      // E.g. a process of another user, started with sudo, cannot be stopped.
      child.on('error', () => undefined);
      child.on('close', (exitCode, signal) => {
        const problem = exitCode === 0 ? undefined : `exited with ${String(exitCode ?? signal)}`;
        resolve({ exitCode, problem: this.#problem ?? problem });
      });
    });
    const errors: unknown[] = [];
    const readUntilEnd = async (name: OutputName) => {
      try {
        await read(name, child[name]);
      } catch (error) {
        // `kill` closes the outputs.
        if (errorCode(error) === 'ERR_STREAM_PREMATURE_CLOSE') return;
        errors.push(error);
        onReadError();
      }
    };
    const limit =
      timeoutSeconds === undefined
        ? undefined
        : setTimeout(() => {
            this.stop(`did not finish within ${String(timeoutSeconds)} s`);
          }, timeoutSeconds * 1000);
    const outputs = Promise.all([readUntilEnd('stdout'), readUntilEnd('stderr')]);
    const killed = once(this.#killed.signal, 'abort');
    const result = await end;
    // A reader such as a pager can stop reading, and this would then wait forever.
    await Promise.race([outputs, killed]);
    clearTimeout(limit);
    // Processes that redirect their outputs may still be cleaning up.
    while (this.#timer !== undefined && !this.#killed.signal.aborted && this.#signal(0))
      await sleep(20);
    clearTimeout(this.#timer);
    if (errors.length > 0) throw errors[0];
    return result;
  }

  stop(problem: string): void {
    if (this.#timer !== undefined) return;
    this.#problem = problem;
    this.#signal('SIGTERM');
    this.#timer = setTimeout(() => {
      this.kill();
    }, this.#graceMilliseconds);
  }

  kill(): void {
    this.#problem ??= interrupted;
    this.#killed.abort();
    this.#signal('SIGKILL');
    // A process that has left the process group can keep the outputs open.
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }

  /** @returns `false` if all processes of the group have ended. */
  #signal(signal: NodeJS.Signals | 0): boolean {
    const { pid } = this.#child;
    if (pid === undefined) return false;
    try {
      return process.kill(-pid, signal);
    } catch {
      // On Windows, there are no process groups.
      return this.#child.kill(signal);
    }
  }
}

function startProblem(error: unknown): ProgramResult {
  return { exitCode: null, problem: `cannot be started: ${describeDiskError(error)}` };
}
